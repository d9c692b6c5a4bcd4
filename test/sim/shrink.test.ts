/** A story that breaks a promise gets smaller, and still breaks it. */
import { describe, expect, it } from 'vitest';
import type { Pledge } from './promises.ts';
import { shrink } from './shrink.ts';
import { type Story, simulate } from './simulation.ts';
import { calm, storm, troublesOf } from './weather.ts';

/** No promise of ours: every replacement breaks it. */
const alone: Pledge = {
  promise: 'there is never a second server',
  isOpposite: ({ alive }) => alive > 1,
  forMs: 0,
};
/** This one takes an outage, so something must go wrong with a server. */
const alwaysUp: Pledge = {
  promise: 'there is never an outage of a minute',
  isOpposite: ({ wanted, serves }) => wanted && !serves,
  forMs: 60_000,
};

describe.each([alone, alwaysUp])('$promise', (pledge) => {
  const story: Story = { seed: 4, hours: 30, weather: storm, pledges: [pledge] };

  it('is broken by a story of some hours with a few kinds of trouble', async () => {
    const shrunk = await shrink(story, pledge.promise);
    expect(shrunk).not.toBeNull();
    if (!shrunk) return;
    const { hours, weather } = shrunk.story;
    expect(hours).toBeLessThan(5);
    expect(troublesOf(weather).length).toBeLessThan(troublesOf(storm).length);
    expect([...troublesOf(weather), ...shrunk.without].toSorted()).toEqual(
      troublesOf(storm).toSorted(),
    );

    const again = await simulate(shrunk.story);
    expect(again.broken[0]).toEqual(shrunk.broken);
    expect(shrunk.trace.length).toBeGreaterThan(0);
    const brokenAt = new Date(shrunk.broken.at).toISOString().slice(5, 23);
    expect((shrunk.trace.at(-1) ?? '').slice(0, 18) <= brokenAt).toBe(true);
  });
});

it('a promise that holds can not be shrunk', async () => {
  const story: Story = { seed: 1, hours: 3, weather: { ...calm, interruptionsPerHour: 0 } };
  expect(await shrink(story, 'launches stay under their guard')).toBeNull();
});

it('a break in the rest after the storm keeps the storm that it needs', async () => {
  const never = { ...calm, interruptionsPerHour: 0 };
  const pledges: Pledge[] = [
    {
      promise: 'it is over soon',
      isOpposite: ({ now }) => now > Date.UTC(2026, 10, 22, 6, 5),
      forMs: 0,
    },
  ];
  const shrunk = await shrink({ seed: 1, hours: 1, weather: never, pledges }, 'it is over soon');
  expect(shrunk?.story.hours).toBeGreaterThan(0.3);
});
