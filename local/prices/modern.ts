/**
 * Spot prices in the manner of today. Since 2018 they drift slowly and stay under on demand, which they equal at
 * times; what takes servers is capacity, and no price tells of it.
 */
import type { MarketPool, PriceChange, PriceCourse } from '../market.ts';
import { type Random, toRandom } from '../random.ts';

interface ModernType {
  onDemand: number;
  /** The mean spot price of 2024-26 in us-east-1, dollars an hour. */
  mean: number;
  /** Share of servers that are interrupted in a month, from and to: AWS's Spot Advisor of June 2025, us-east-1. */
  interruptedMonthly: [from: number, to: number];
}

export const modernTypes: Record<string, ModernType> = {
  't3.nano': { onDemand: 0.0052, mean: 0.0015, interruptedMonthly: [0.01, 0.05] },
  't3a.nano': { onDemand: 0.0047, mean: 0.002, interruptedMonthly: [0.1, 0.15] },
  't4g.nano': { onDemand: 0.0042, mean: 0.0024, interruptedMonthly: [0.01, 0.05] },
};

/** A pool's price, and how often its capacity is taken back. */
export interface ModernCourse extends PriceCourse {
  takenPerHour: number;
}

const hourMs = 60 * 60_000;
const hoursPerMonth = 730;

/** EC2 moves a price a few times a day … */
const stepMs = { from: 4 * hourMs, to: 16 * hourMs };
/** … by some per cent, and it finds back to its mean within a week or two: it stays within some 30 % of it. */
const stepSize = 0.05;
const pullToMean = 0.05;
/** Seen on t3a.nano: the price stands at on demand for days. About once in half a year a pool does so. */
const pinnedShare = 0.002;
const pinnedMs = { from: 24 * hourMs, to: 120 * hourMs };
/** EC2's limits must exceed 0.001, so no pool costs less. */
const leastPerHour = 0.0011;

/** Each pool has chance of its own: another pool more changes nothing in those before it. */
export function toModernCourses(
  random: Random,
  types: string[],
  zones: string[],
  from: number,
): ModernCourse[] {
  return types.flatMap((type) =>
    zones.map((zone) => toCourse({ type, zone }, toRandom(random.next() * 2 ** 32), from)),
  );
}

function toCourse(pool: MarketPool, random: Random, from: number): ModernCourse {
  const modern = modernTypes[pool.type];
  if (!modern) throw new Error(`No modern prices are known of ${pool.type}`);
  const share = random.between(...modern.interruptedMonthly);
  const takenPerHour = -Math.log(1 - share) / hoursPerMonth;
  return { pool, takenPerHour, changes: drift(modern, random, from) };
}

/** Without end: to be read one by one. */
function* drift(
  { mean, onDemand }: ModernType,
  random: Random,
  from: number,
): Generator<PriceChange> {
  const clamp = (perHour: number) => Math.min(onDemand, Math.max(leastPerHour, perHour));
  let away = stepSize * 3 * normal(random);
  for (let at = from; ; ) {
    const pinned = random.chance(pinnedShare);
    const perHour = pinned ? onDemand : clamp(Number((mean * Math.exp(away)).toFixed(4)));
    yield { at, perHour };
    away += stepSize * normal(random) - pullToMean * away;
    const span = pinned ? pinnedMs : stepMs;
    at += Math.round(random.between(span.from, span.to));
  }
}

/** About normal, of mean 0 and deviation 1: the sum of twelve throws. */
function normal({ next }: Random): number {
  return Array.from({ length: 12 }, next).reduce((sum, one) => sum + one, -6);
}
