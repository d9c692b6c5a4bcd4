/** The ladder: every pool worth asking for a server, best first: spot at or under the cap, then on demand. */

import type { Market, Observed, Policy, Pool } from './model.ts';
import { toRefusal } from './refusals.ts';
import type { Hold } from './remembered.ts';
import { toDollars, toMonth } from './words.ts';

/** More than these make no sentence any more. */
const reasonsMax = 2;

export interface Rung {
  market: Market;
  pool: Pool;
  /** Dollars an hour; null while spot prices are unknown. */
  perHour: number | null;
  /** The highest that it was lately, dollars an hour; null while spot prices are unknown. */
  peak: number | null;
  /** The limit to send to EC2, dollars an hour, or null for none. */
  maxPrice: number | null;
  /** Ends the sentence "launching t3.nano in us-east-1b ...". */
  why: string;
}

/** Rungs that no hold closes, best first. */
export function toLadder(observed: Observed, policy: Policy): Rung[] {
  const holds = toHolds(observed);
  const open = (rungs: Rung[]) => rungs.filter((rung) => !isClosed(rung, holds));
  const spot = spotRungs(observed, policy);
  const onDemand = isSpent(observed, policy) ? [] : onDemandRungs(observed, policy, spot);
  return [...open(spot), ...open(onDemand)];
}

/** Why the ladder is empty, in words that stay the same while its reasons do. */
export function whyNoRung(observed: Observed, policy: Policy): string {
  const reasons = toHolds(observed).map(({ code }) => toRefusal(code).says);
  if (isSpent(observed, policy))
    reasons.push(`on demand has cost its ${toDollars(policy.onDemandDollarsMax)} of this month`);
  const distinct = [...new Set(reasons)].sort();
  const more = distinct.length - reasonsMax;
  const rest = more > 0 ? [`and ${more} more, see the journal`] : [];
  return `every pool is closed for now (${[...distinct.slice(0, reasonsMax), ...rest].join('; ')})`;
}

function spotRungs({ prices }: Observed, { cap, types }: Policy): Rung[] {
  // EC2 never charges more than on demand: a limit at or above that would only add interruptions.
  const toMaxPrice = (onDemand: number) => (cap < onDemand ? cap : null);
  if (!prices)
    return types.map(({ type, onDemand }) => ({
      market: 'spot',
      pool: { type, zone: null },
      perHour: null,
      peak: null,
      maxPrice: toMaxPrice(onDemand),
      why: `on spot for at most ${toDollars(Math.min(cap, onDemand))}/h, since EC2 does not tell its prices`,
    }));
  return types
    .flatMap(({ type, onDemand }) =>
      prices
        .filter(({ pool, perHour }) => pool.type === type && perHour <= Math.min(cap, onDemand))
        .map((price) => ({ ...price, maxPrice: toMaxPrice(onDemand) })),
    )
    .sort((a, b) => a.perHour - b.perHour || compare(a.pool, b.pool, types))
    .map((rung) => ({
      ...rung,
      market: 'spot',
      why: `on spot at ${toDollars(rung.perHour)}/h, within the cap of ${toDollars(cap)}`,
    }));
}

function onDemandRungs({ prices }: Observed, { types, cap }: Policy, spot: Rung[]): Rung[] {
  const why = whyNotSpot(prices, cap, spot);
  return types
    .flatMap(({ type, onDemand }) => {
      const zones = (prices ?? []).flatMap(({ pool }) => (pool.type === type ? [pool.zone] : []));
      // The spot market's answer is also the list of zones that have the type.
      const pools: Pool[] = zones.length
        ? zones.map((zone) => ({ type, zone }))
        : [{ type, zone: null }];
      return pools.map((pool) => ({ pool, perHour: onDemand }));
    })
    .sort((a, b) => a.perHour - b.perHour || compare(a.pool, b.pool, types))
    .map(({ pool, perHour }) => ({
      market: 'on-demand',
      pool,
      perHour,
      peak: perHour,
      maxPrice: null,
      why: `on demand at ${toDollars(perHour)}/h, since ${why}`,
    }));
}

function whyNotSpot(prices: Observed['prices'], cap: number, spot: Rung[]): string {
  if (spot.length) return 'every spot pool within the cap refused or interrupted us lately';
  const cheapest = Math.min(...(prices ?? []).map(({ perHour }) => perHour));
  if (!Number.isFinite(cheapest)) return 'no spot pool offers the types asked for';
  return `spot costs ${toDollars(cheapest)}/h at the cheapest, above the cap of ${toDollars(cap)}`;
}

/** The month's guard on what servers on demand may cost. */
function isSpent({ ledger, now }: Observed, { onDemandDollarsMax }: Policy): boolean {
  return ledger?.month === toMonth(now) && ledger.onDemand.dollars >= onDemandDollarsMax;
}

function toHolds({ memory, now }: Observed): Hold[] {
  return memory.holds.filter(({ until }) => until > now);
}

function isClosed({ market, pool }: Rung, holds: Hold[]): boolean {
  const applies = (hold: Hold) =>
    (hold.market === undefined || hold.market === market) &&
    (hold.type === undefined || hold.type === pool.type) &&
    (hold.zone === undefined || hold.zone === pool.zone);
  return holds.some(applies);
}

/** At equal prices the order of the configured types decides, then the zone's name. */
function compare(a: Pool, b: Pool, types: Policy['types']): number {
  const order = ({ type }: Pool) => types.findIndex((one) => one.type === type);
  const [left, right] = [a.zone ?? '', b.zone ?? ''];
  return order(a) - order(b) || (left < right ? -1 : left > right ? 1 : 0);
}
