/** The promises, over thousands of simulated hours. A failure names the seed that shows it again. */
import { describe, expect, it } from 'vitest';
import { toRandom } from '../../local/random.ts';
import { bootMaxMs } from '../../shared/core/limits.ts';
import { toPledges } from './promises.ts';
import { toSetting } from './setting.ts';
import { type Outcome, type Story, simulate } from './simulation.ts';
import { calm, modern, storm, type Weather, weathers } from './weather.ts';

const minuteMs = 60_000;
const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const named = (name: string) => weathers.get(name) as Weather;

/** Empty, or what broke and how to see it again. */
function whatBreaks({ seed, broken }: Outcome, { hours, weather }: Omit<Story, 'seed'>): string[] {
  const again = `npm run sim -- --weather ${weather.name} --hours ${hours} --seed ${seed}`;
  return broken.map(({ at, promise }) => `${new Date(at).toISOString()} ${promise}; ${again}`);
}

describe('the promises hold', () => {
  it.each(seeds(10))(
    'in calm weather, without a moment of outage (seed %i, 20 h)',
    async (seed) => {
      const story = { hours: 20, weather: calm };
      const outcome = await simulate({ ...story, seed });
      expect(whatBreaks(outcome, story)).toEqual([]);
      expect(outcome.outageMs).toBe(0);
      // None in vain: one to begin with, and one for each that AWS took.
      expect(outcome.launches).toBe(outcome.interruptions + 1);
    },
  );

  it.each(seeds(15))('in a storm, and all comes to rest after it (seed %i, 50 h)', async (seed) => {
    const story = { hours: 50, weather: storm };
    expect(whatBreaks(await simulate({ ...story, seed }), story)).toEqual([]);
  });

  it.each(seeds(4))(
    'in the weather of today, up 0.9999 of the time (seed %i, 100 h)',
    async (seed) => {
      const story = { hours: 100, weather: modern };
      const outcome = await simulate({ ...story, seed });
      expect(whatBreaks(outcome, story)).toEqual([]);
      expect(1 - outcome.outageMs / outcome.wantedMs).toBeGreaterThanOrEqual(0.9999);
    },
  );

  it.each(seeds(8))(
    'on the prices of 2013, up 0.9995 of the time (seed %i, 100 h)',
    async (seed) => {
      const story = { hours: 100, weather: named('2013') };
      const outcome = await simulate({ ...story, seed });
      expect(whatBreaks(outcome, story)).toEqual([]);
      expect(1 - outcome.outageMs / outcome.wantedMs).toBeGreaterThan(0.9995);
    },
  );

  it.each(seeds(5))(
    'without any notice an outage is a boot and at most a minute more (seed %i, 50 h)',
    async (seed) => {
      // From launch to serving it takes 33 to 90 s here.
      const outageMs = 90_000 + minuteMs;
      // For as long the address, too, has no server.
      // … and WireGuard's clients.
      const gapMs = outageMs + calm.bounds.gapMs;
      const bounds = { ...calm.bounds, outageMs, gapMs, idleMs: outageMs, strangerMs: minuteMs };
      const weather = { ...calm, interruptionsPerHour: 0.2, noNotice: 1, bounds };
      const outcome = await simulate({ seed, hours: 50, weather });
      expect(outcome.broken).toEqual([]);
      expect(outcome.interruptions).toBeGreaterThan(0);
      expect(outcome.outageMs).toBeGreaterThan(0);
    },
  );
});

describe("the month's guard on demand", () => {
  const promise = "nothing is launched on demand once the month's dollars are spent";
  const tell = (seed: number, onDemandMax?: number) => {
    const setting = toSetting('steady', seed, toRandom(seed));
    const pledges = toPledges(storm.bounds).filter((pledge) => pledge.promise === promise);
    const story = { seed, hours: 50, weather: storm, pledges };
    return simulate({ ...story, setting: onDemandMax ? { ...setting, onDemandMax } : setting });
  };

  it.each(seeds(5))('holds in a storm that would pass it (seed %i, 50 h)', async (seed) => {
    const guarded = await tell(seed, 0.02);
    // At rest there may be no server: spot costs more than the cap, and on demand is spent.
    expect(guarded.broken.map((broken) => broken.promise)).not.toContain(promise);
    expect(guarded.costs['on-demand'].instance).toBeGreaterThan(0.019);
    expect((await tell(seed)).costs['on-demand'].instance).toBeGreaterThan(0.03);
  });
});

describe('the simulation', () => {
  it.each([...weathers.keys()])('tells the same story of the same seed (%s)', async (name) => {
    const story = { seed: 7, hours: 20, weather: named(name), keepTrace: true };
    expect(await simulate(story)).toEqual(await simulate(story));
  });

  it('tells another story of another seed', async () => {
    const [one, other] = [
      await simulate({ seed: 1, hours: 5, weather: storm }),
      await simulate({ seed: 2, hours: 5, weather: storm }),
    ];
    expect(one.digest).not.toBe(other.digest);
  });

  it('has every kind of trouble in a storm', async () => {
    const { trace } = await simulate({ seed: 1, hours: 100, weather: storm, keepTrace: true });
    const said = trace.join('\n');
    const kinds =
      'interruption rebalance drought price death maintenance meddling stray quota toggle outage'.split(
        ' ',
      );
    for (const kind of kinds) expect(said).toContain(` trouble: ${kind}\n`);
    expect(said).toContain(' EC2 Instance Rebalance Recommendation ');
    expect(said).toContain(' AWS Health Event ');
    expect(said).toMatch(/ dies at \w+\n/);
    expect(said).toContain(' failed: InternalError ');
  });

  it('is hard on the loop: interruptions, replacements and outages do occur in a storm', async () => {
    const outcome = await simulate({ seed: 1, hours: 50, weather: storm });
    expect(outcome.interruptions).toBeGreaterThan(5);
    expect(outcome.launches).toBeGreaterThan(outcome.interruptions);
    expect(outcome.outageMs).toBeGreaterThan(0);
    expect(outcome.longestOutageMs).toBeLessThan(outcome.outageMs);
    expect(outcome.moves).toBeGreaterThanOrEqual(outcome.movesInADay);
  });

  it('spends for servers what its hours cost, and less than others', async () => {
    const outcome = await simulate({ seed: 3, hours: 100, weather: modern });
    const { costs, alwaysOnDemand } = outcome;
    expect(costs.spot.hours + costs['on-demand'].hours).toBeGreaterThan(99.9);
    expect(costs.spot.instance + costs['on-demand'].instance).toBeLessThan(alwaysOnDemand.instance);
  });

  it('ends where it is when it is told to', async () => {
    const stop = new AbortController();
    const running = simulate({ seed: 1, hours: 5_000, weather: calm, signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    const outcome = await running;
    expect(outcome.hours).toBeLessThan(5_000);
    expect(outcome.broken).toEqual([]);
  });

  it('says so when a story does not come to rest', async () => {
    const never = { ...calm, interruptionsPerHour: 0, failedBoots: 1 };
    const { broken } = await simulate({ seed: 1, hours: bootMaxMs / 3_600_000, weather: never });
    expect(broken.map(({ promise }) => promise)).toContain(
      'while it is on the name points to a serving server',
    );
  });
});
