/** The market for instances: spot prices that change, on-demand prices that don't, capacity that comes and goes. */

export interface MarketPool {
  type: string;
  zone: string;
}

interface PriceChange {
  at: number;
  perHour: number;
}

type Listener = (pool: MarketPool) => void;

/** Prices in dollars an hour, times in epoch milliseconds. */
export interface Market {
  readonly zones: string[];
  readonly types: string[];
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
  /** On-demand and first spot price of each type. */
  types: Record<string, { onDemand: number; spot: number }>;
  start: number;
}

export function toMarket({ zones, types, start }: MarketOptions): Market {
  const changes = new Map<string, PriceChange[]>();
  const without = new Set<string>();
  const listeners: Listener[] = [];
  const key = ({ type, zone }: MarketPool) => `${type} ${zone}`;
  for (const [type, { spot }] of Object.entries(types))
    for (const zone of zones) changes.set(key({ type, zone }), [{ at: start, perHour: spot }]);
  const of = (pool: MarketPool) => changes.get(key(pool)) ?? [];

  return {
    zones,
    types: Object.keys(types),
    offers: (pool) => changes.has(key(pool)),
    onDemand: (type) => types[type]?.onDemand ?? Number.NaN,
    spot: (pool, at) => of(pool).findLast((change) => change.at <= at)?.perHour ?? Number.NaN,
    history(pool, from, to) {
      const all = of(pool);
      const first = Math.max(
        0,
        all.findLastIndex(({ at }) => at <= from),
      );
      return all
        .slice(first)
        .filter(({ at }) => at <= to)
        .reverse();
    },
    hasCapacity: (pool, market) => !without.has(`${market} ${key(pool)}`),
    setSpot(pool, at, perHour) {
      of(pool).push({ at, perHour });
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
