/** Weathers: how often what goes wrong in the simulated world, and how long a promise may then be broken. */
import { heartbeatMs } from '../../local/guests.ts';
import { bootMaxMs, nameSettleMs, reportFreshMs } from '../../shared/core/limits.ts';

const minuteMs = 60_000;

/** How long each state of affairs may last; `storm` is while faults come, several on top of each other. */
export interface Bounds {
  outageMs: number;
  strangerMs: number;
  moreThanTwoMs: number;
  aliveWhileOffMs: number;
}

/** A silence is noticed, a server boots in vain to its limit, another one serves: and then faults of the API. */
const stormBounds: Bounds = {
  outageMs: reportFreshMs + heartbeatMs + 2 * bootMaxMs + 10 * minuteMs,
  strangerMs: 5 * minuteMs,
  moreThanTwoMs: 2 * bootMaxMs + nameSettleMs + 5 * minuteMs,
  aliveWhileOffMs: nameSettleMs + 12 * minuteMs,
};

/** With nothing but interruptions that keep their two minutes there is no outage at all. */
const calmBounds: Bounds = {
  outageMs: 0,
  strangerMs: 0,
  moreThanTwoMs: 0,
  aliveWhileOffMs: nameSettleMs + 2 * minuteMs,
};

/** Rates are events per hour, shares are probabilities. */
export interface Weather {
  name: string;
  /** AWS takes a spot server. */
  interruptionsPerHour: number;
  /** Share of interruptions whose notice is shorter, or missing. */
  shortNotice: number;
  noNotice: number;
  /** The price of a pool jumps, above the cap in half of the cases. */
  priceJumpsPerHour: number;
  /** A pool has no capacity for a while. */
  droughtsPerHour: number;
  /** A server dies without a word, or its VPN does. */
  deathsPerHour: number;
  /** Somebody ends a server, or starts one by hand with our tag. */
  meddlingPerHour: number;
  /** Somebody turns it off, and on again later. */
  togglesPerHour: number;
  /** Share of API calls that fail: throttled or 5xx. */
  callFaults: number;
  /** Share of API calls after which the pass is never heard of again. */
  crashes: number;
  /** Share of events lost, doubled, and delayed by up to five minutes. */
  lost: number;
  doubled: number;
  late: number;
  /** Share of boots that fail. */
  failedBoots: number;
  bounds: Bounds;
}

/** Nothing goes wrong but interruptions with their full notice. */
export const calm: Weather = {
  name: 'calm',
  interruptionsPerHour: 0.5,
  shortNotice: 0,
  noNotice: 0,
  priceJumpsPerHour: 0,
  droughtsPerHour: 0,
  deathsPerHour: 0,
  meddlingPerHour: 0,
  togglesPerHour: 0,
  callFaults: 0,
  crashes: 0,
  lost: 0,
  doubled: 0,
  late: 0,
  failedBoots: 0,
  bounds: calmBounds,
};

/** Everything goes wrong, far more often than it ever has. */
export const storm: Weather = {
  name: 'storm',
  interruptionsPerHour: 1,
  shortNotice: 0.3,
  noNotice: 0.2,
  priceJumpsPerHour: 2,
  droughtsPerHour: 1,
  deathsPerHour: 0.3,
  meddlingPerHour: 0.2,
  togglesPerHour: 0.1,
  callFaults: 0.03,
  crashes: 0.005,
  lost: 0.1,
  doubled: 0.1,
  late: 0.1,
  failedBoots: 0.05,
  bounds: stormBounds,
};

export const weathers: Record<string, Weather> = { calm, storm };
