/**
 * The set-up that the how-to of 2012 ends with, played beside the world: a persistent spot request for one pool with
 * the cap as its limit. Its server lives while the pool costs no more than that, and is relaunched when it may be.
 */
import { add, type Cost, nothing, toCost } from './billing.ts';
import type { MarketPool } from './market.ts';
import type { World } from './world.ts';

export interface PersistentRequest {
  readonly pool: MarketPool;
  /** AWS takes its server for want of capacity. */
  take: () => void;
  /** Its owner cancels it, or makes it anew. */
  setWanted: (wanted: boolean) => void;
  /** Up to this moment: how long it was wanted and how long it served, in milliseconds, and what it cost. */
  read: () => { wantedMs: number; upMs: number; cost: Cost };
}

/**
 * From a price that suits to a server that serves: EC2 looks at open requests every few minutes, then it boots. It is
 * what the given back-test of 2013 implies (m1.large 87.40 % up, with 82 times above the cap in 355 hours).
 */
export const relaunchMs = 5 * 60_000;

export function startPersistentRequest(
  { timers, market }: World,
  pool: MarketPool,
  limit: number,
  waitMs = relaunchMs,
): PersistentRequest {
  let cost = nothing;
  let [wantedMs, upMs] = [0, 0];
  let at = timers.now;
  let perHour = market.spot(pool, at);
  let wanted = true;
  const fits = () => wanted && market.spot(pool, timers.now) <= limit;
  /** When its server serves, or will; null while there is none. */
  let upFrom: number | null = fits() ? at : null;

  function charge(): void {
    const { now } = timers;
    const up = upFrom === null ? 0 : Math.max(0, now - Math.max(at, upFrom));
    cost = add(cost, toCost(up / 3_600_000, up ? (up / 3_600_000) * perHour : 0));
    upMs += up;
    if (wanted) wantedMs += now - at;
    at = now;
    perHour = market.spot(pool, now);
  }

  /** Losing the pool's capacity takes no server that runs; it only keeps a new one from coming. */
  function follow(): void {
    const { now } = timers;
    const hasCapacity = market.hasCapacity(pool, 'spot');
    const starting = upFrom !== null && upFrom > now;
    if (!fits() || (starting && !hasCapacity)) upFrom = null;
    else if (upFrom === null && hasCapacity) upFrom = now + waitMs;
  }

  market.onChange((changed) => {
    if (changed.type !== pool.type || changed.zone !== pool.zone) return;
    charge();
    follow();
  });
  return {
    pool,
    take() {
      charge();
      upFrom = null;
      follow();
    },
    setWanted(value) {
      charge();
      wanted = value;
      follow();
    },
    read() {
      charge();
      return { wantedMs, upMs, cost };
    },
  };
}
