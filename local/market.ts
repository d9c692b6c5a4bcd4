/** The market for instances: spot prices that change, on-demand prices that don't, capacity that comes and goes. */
import type { Timers } from './timers.ts';

export interface MarketPool {
  type: string;
  zone: string;
}

/** From `at` on (epoch milliseconds) the pool costs `perHour` dollars. */
export interface PriceChange {
  at: number;
  perHour: number;
}

/** One pool's price over time, oldest first; it may be without end. */
export interface PriceCourse {
  pool: MarketPool;
  changes: Iterable<PriceChange>;
}

type Listener = (pool: MarketPool) => void;

/** Prices in dollars an hour, times in epoch milliseconds. */
export interface Market {
  readonly zones: string[];
  readonly types: string[];
  /** Whether the pool has a price yet: EC2 has the type in that zone. */
  offers: (pool: MarketPool) => boolean;
  onDemand: (type: string) => number;
  spot: (pool: MarketPool, at: number) => number;
  /** The changes in [from, to], led by the one in force at `from`; newest first, as EC2 lists them. */
  history: (pool: MarketPool, from: number, to: number) => PriceChange[];
  hasCapacity: (pool: MarketPool, market: 'spot' | 'on-demand') => boolean;
  setSpot: (pool: MarketPool, at: number, perHour: number) => void;
  setCapacity: (pool: MarketPool, market: 'spot' | 'on-demand', there: boolean) => void;
  /** Told of each change of price or capacity. */
  onChange: (listener: Listener) => void;
}

export interface MarketOptions {
  zones: string[];
  /** On-demand and first spot price of each type; without a spot price its pools begin with their first change. */
  types: Record<string, { onDemand: number; spot?: number }>;
  start: number;
}

/** EC2 lists the prices of the last 90 days; what is older is let go of, so many changes at a time. */
const historyMs = 90 * 24 * 60 * 60_000;
const pruneAtOnce = 64;

export function toMarket({ zones, types, start }: MarketOptions): Market {
  const changes = new Map<string, Map<string, PriceChange[]>>();
  const without = new Set<string>();
  const listeners: Listener[] = [];
  const key = ({ type, zone }: MarketPool) => `${type} ${zone}`;
  for (const [type, { spot }] of Object.entries(types)) {
    const first = spot === undefined ? [] : [{ at: start, perHour: spot }];
    changes.set(type, new Map(zones.map((zone) => [zone, [...first]])));
  }
  const of = ({ type, zone }: MarketPool) => changes.get(type)?.get(zone) ?? [];

  return {
    zones,
    types: Object.keys(types),
    offers: (pool) => of(pool).length > 0,
    onDemand: (type) => types[type]?.onDemand ?? Number.NaN,
    spot: (pool, at) => of(pool).findLast((change) => change.at <= at)?.perHour ?? Number.NaN,
    history(pool, from, to) {
      const all = of(pool);
      const last = all.at(-1);
      // Most ask for the price in force, from now on.
      if (last && last.at <= from) return [last];
      const first = all.findLastIndex(({ at }) => at <= from);
      const known = all.slice(Math.max(0, first)).filter(({ at }) => at <= to);
      return known.reverse();
    },
    hasCapacity: (pool, market) => !without.has(`${market} ${key(pool)}`),
    setSpot(pool, at, perHour) {
      const all = of(pool);
      all.push({ at, perHour });
      const oldEnough = all[pruneAtOnce];
      if (oldEnough && oldEnough.at < at - historyMs) all.splice(0, pruneAtOnce);
      for (const tell of listeners) tell(pool);
    },
    setCapacity(pool, market, there) {
      if (there) without.delete(`${market} ${key(pool)}`);
      else without.add(`${market} ${key(pool)}`);
      for (const tell of listeners) tell(pool);
    },
    onChange: (listener) => listeners.push(listener),
  };
}

/** From now on each pool's price follows its course. Of each course only the next change is waited for. */
export function replay(market: Market, timers: Timers, courses: Iterable<PriceCourse>): void {
  for (const { pool, changes } of courses) {
    const course = changes[Symbol.iterator]();
    let next = course.next();
    let inForce: PriceChange | null = null;
    for (; !next.done && next.value.at <= timers.now; next = course.next()) inForce = next.value;
    if (inForce) market.setSpot(pool, timers.now, inForce.perHour);

    const follow = () => {
      if (next.done) return;
      const { at, perHour } = next.value;
      timers.at(at, () => {
        market.setSpot(pool, at, perHour);
        next = course.next();
        follow();
      });
    };
    follow();
  }
}
