/** Prices as a chart wants them: one row of times, and under it one row of prices per pool. */
import type { PricePool, Prices } from './answers.ts';

export interface PriceTable {
  /** Epoch seconds, rising. */
  times: number[];
  /** By pool, dollars an hour at each of those times; null before the first that is known. */
  rows: (number | null)[][];
}

export function toPriceTable({ pools, from, to }: Prices): PriceTable {
  const begin = new Date(from).getTime();
  const end = new Date(to).getTime();
  const all = pools.flatMap(({ points }) => points.map(([at]) => Math.max(begin, at)));
  const times = [...new Set([begin, ...all, end])].filter((at) => at <= end).sort((a, b) => a - b);
  return { times: times.map((at) => at / 1_000), rows: pools.map((pool) => toRow(pool, times)) };
}

function toRow({ points }: PricePool, times: number[]): (number | null)[] {
  const sorted = points.toSorted(([a], [b]) => a - b);
  let next = 0;
  let price: number | null = null;
  return times.map((at) => {
    for (let point = sorted[next]; point && point[0] <= at; point = sorted[next]) {
      price = point[1];
      next += 1;
    }
    return price;
  });
}

export function priceAt(pool: PricePool | undefined, at: number): number | null {
  return pool ? (toRow(pool, [at])[0] ?? null) : null;
}

/** The cheapest first, at the end of the time shown. */
export function byPrice({ pools, to }: Prices): { pool: PricePool; perHour: number }[] {
  const end = new Date(to).getTime();
  return pools
    .flatMap((pool) => {
      const perHour = priceAt(pool, end);
      return perHour === null ? [] : [{ pool, perHour }];
    })
    .toSorted((a, b) => a.perHour - b.perHour || a.pool.zone.localeCompare(b.pool.zone));
}
