/** Weathers: how often what goes wrong in the simulated world. */

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
};
