/** The promises, over more than a thousand simulated hours. A failure names the seed that shows it again. */
import { describe, expect, it } from 'vitest';
import { type Outcome, simulate } from './simulation.ts';
import { calm, storm, type Weather } from './weather.ts';

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Empty, or what broke and how to see it again. */
async function whatBreaks(seed: number, hours: number, weather: Weather): Promise<string[]> {
  const { broken } = await simulate(seed, hours, weather);
  const again = `npm run sim -- --weather ${weather.name} --hours ${hours} --seed ${seed} --trace`;
  return broken.map(({ at, promise }) => `${new Date(at).toISOString()} ${promise}; ${again}`);
}

describe('the promises hold', () => {
  it.each(seeds(10))(
    'in calm weather, without a moment of outage (seed %i, 30 h)',
    async (seed) => {
      expect(await whatBreaks(seed, 30, calm)).toEqual([]);
    },
  );

  it.each(seeds(15))('in a storm, and all comes to rest after it (seed %i, 50 h)', async (seed) => {
    expect(await whatBreaks(seed, 50, storm)).toEqual([]);
  });
});

describe('the simulation', () => {
  it('tells the same story of the same seed', async () => {
    const stories: Outcome[] = [];
    for (let run = 0; run < 2; run++) stories.push(await simulate(7, 20, storm, true));
    expect(stories[1]).toEqual(stories[0]);
  });

  it('tells another story of another seed', async () => {
    const [one, other] = [await simulate(1, 5, storm), await simulate(2, 5, storm)];
    expect(one.digest).not.toBe(other.digest);
  });

  it('is hard on the loop: interruptions, replacements and outages do occur in a storm', async () => {
    const { interruptions, launches, outageMs } = await simulate(1, 50, storm);
    expect(interruptions).toBeGreaterThan(5);
    expect(launches).toBeGreaterThan(interruptions);
    expect(outageMs).toBeGreaterThan(0);
  });
});
