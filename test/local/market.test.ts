/** The market for instances: prices that follow a course, and a history that stays bounded. */
import { describe, expect, it } from 'vitest';
import { type MarketPool, type PriceChange, replay, toMarket } from '../../local/market.ts';
import { toTimers } from '../../local/timers.ts';

const start = Date.UTC(2026, 10, 22);
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const inA = { type: 't3.nano', zone: 'us-east-1a' };
const inB = { type: 't3.nano', zone: 'us-east-1b' };

function setUp(spot?: number) {
  const timers = toTimers(start);
  const zones = ['us-east-1a', 'us-east-1b'];
  const types = { 't3.nano': { onDemand: 0.0052, ...(spot && { spot }) } };
  const market = toMarket({ zones, types, start });
  const told: [number, MarketPool][] = [];
  market.onChange((pool) => told.push([timers.now - start, pool]));
  return { timers, market, told };
}
const hourly = (perHours: number[]): PriceChange[] =>
  perHours.map((perHour, hour) => ({ at: start + hour * hourMs, perHour }));

describe('a replay', () => {
  it('changes each price at its time, and tells of it', () => {
    const { timers, market, told } = setUp();
    replay(market, timers, [
      { pool: inA, changes: hourly([0.001, 0.002, 0.003]) },
      { pool: inB, changes: hourly([0.004]) },
    ]);
    expect(market.spot(inA, timers.now)).toBe(0.001);
    timers.advance(start + hourMs - 1);
    expect(market.spot(inA, timers.now)).toBe(0.001);
    timers.advance(start + 10 * hourMs);
    expect(market.spot(inA, timers.now)).toBe(0.003);
    expect(market.spot(inB, timers.now)).toBe(0.004);
    expect(told).toEqual([
      [0, inA],
      [0, inB],
      [hourMs, inA],
      [2 * hourMs, inA],
    ]);
  });

  it('that begins in the middle begins with the price in force', () => {
    const { timers, market } = setUp();
    timers.advance(start + 1.5 * hourMs);
    replay(market, timers, [{ pool: inA, changes: hourly([0.001, 0.002, 0.003]) }]);
    expect(market.spot(inA, timers.now)).toBe(0.002);
    expect(market.history(inA, start, timers.now)).toEqual([{ at: timers.now, perHour: 0.002 }]);
  });

  it('waits for one change at a time, so that a course may be without end', () => {
    const { timers, market } = setUp();
    let read = 0;
    function* endless() {
      for (let hour = 0; ; hour++) {
        read++;
        yield { at: start + hour * hourMs, perHour: 0.001 + (hour % 2) * 0.001 };
      }
    }
    replay(market, timers, [{ pool: inA, changes: endless() }]);
    timers.advance(start + 5 * hourMs);
    expect(read).toBe(7);
  });
});

describe('a pool without a price', () => {
  it('is not offered until its course begins', () => {
    const { timers, market } = setUp();
    expect(market.offers(inA)).toBe(false);
    expect(market.spot(inA, timers.now)).toBeNaN();
    replay(market, timers, [{ pool: inA, changes: [{ at: start + hourMs, perHour: 0.001 }] }]);
    expect(market.offers(inA)).toBe(false);
    timers.advance(start + hourMs);
    expect(market.offers(inA)).toBe(true);
    expect(market.offers(inB)).toBe(false);
  });

  it('is not one if its type has a first price', () => {
    expect(setUp(0.0016).market.offers(inB)).toBe(true);
  });
});

it('the history holds ninety days, and is bounded', () => {
  const { timers, market } = setUp(0.001);
  for (let day = 1; day <= 1_000; day++) {
    timers.advance(start + day * dayMs);
    market.setSpot(inA, timers.now, 0.001 + (day % 7) / 10_000);
  }
  const { now } = timers;
  expect(market.history(inA, now - 89 * dayMs, now)).toHaveLength(90);
  expect(market.history(inA, 0, now).length).toBeLessThan(250);
  expect(market.history(inA, now - 1, now).map(({ at }) => (now - at) / dayMs)).toEqual([0, 1]);
});
