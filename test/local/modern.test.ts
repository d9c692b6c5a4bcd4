/** Prices in the manner of today: near their mean, never above on demand, the same from the same seed. */
import { describe, expect, it } from 'vitest';
import type { PriceChange } from '../../local/market.ts';
import { type ModernCourse, modernTypes, toModernCourses } from '../../local/prices/modern.ts';
import { toRandom } from '../../local/random.ts';

const start = Date.UTC(2026, 10, 22);
const dayMs = 24 * 60 * 60_000;
const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
const types = Object.keys(modernTypes);
const courses = (seed: number) => toModernCourses(toRandom(seed), types, zones, start);

/** So many days of it. */
function read({ changes }: ModernCourse, days: number): PriceChange[] {
  const all: PriceChange[] = [];
  for (const change of changes) {
    if (change.at > start + days * dayMs) return all;
    all.push(change);
  }
  return all;
}

const years = [1, 2, 3, 4].flatMap((seed) =>
  courses(seed).map((course) => ({ ...course, prices: read(course, 365) })),
);

describe.each(types)('%s', (type) => {
  const { mean = 0, onDemand = 0, interruptedMonthly } = modernTypes[type] ?? {};
  const its = years.filter(({ pool }) => pool.type === type);
  const prices = its.flatMap((course) => course.prices.map(({ perHour }) => perHour));

  it('stays near its mean', () => {
    const average = prices.reduce((sum, perHour) => sum + perHour, 0) / prices.length;
    expect(average / mean).toBeGreaterThan(0.9);
    expect(average / mean).toBeLessThan(1.1);
  });
  it('is never above on demand, and equals it at times', () => {
    expect(Math.max(...prices)).toBe(onDemand);
    expect(Math.min(...prices)).toBeGreaterThan(0.001);
    expect(prices.filter((perHour) => perHour === onDemand).length).toBeLessThan(
      prices.length / 100,
    );
  });
  it('is taken from its users as often as AWS says', () => {
    for (const { takenPerHour } of its) {
      const share = 1 - Math.exp(-takenPerHour * 730);
      expect(share).toBeGreaterThanOrEqual(interruptedMonthly?.[0] ?? 1);
      expect(share).toBeLessThanOrEqual(interruptedMonthly?.[1] ?? 0);
    }
  });
});

it('a price moves some times a day, and time goes on', () => {
  for (const { prices } of years) {
    expect(prices.length / 365).toBeGreaterThan(1);
    expect(prices.length / 365).toBeLessThan(6);
    expect(prices.every(({ at }, index) => index === 0 || at > (prices[index - 1]?.at ?? 0))).toBe(
      true,
    );
  }
});

it('the same seed gives the same prices, another one others, and each pool its own', () => {
  const month = (seed: number) => courses(seed).map((course) => read(course, 30));
  expect(month(1)).toEqual(month(1));
  expect(month(1)).not.toEqual(month(2));
  const [first, second] = month(1);
  expect(first).not.toEqual(second);
});

it('no prices are known of other types', () => {
  expect(() => toModernCourses(toRandom(1), ['m7i.large'], zones, start)).toThrow(
    'No modern prices are known of m7i.large',
  );
});
