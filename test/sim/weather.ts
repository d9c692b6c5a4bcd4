/** Weathers: how often what goes wrong in the simulated world, and how long a promise may then be broken. */
import { heartbeatMs } from '../../local/guests.ts';
import {
  addressKeptMs,
  bootMaxMs,
  nameSettleMs,
  noticeMs,
  refreshMaxMs,
  reportFreshMs,
} from '../../shared/core/limits.ts';
import type { Prices } from './setting.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const hoursPerYear = 8_760;

/** How long each state of affairs may last; `storm` is while faults come, several on top of each other. */
export interface Bounds {
  outageMs: number;
  strangerMs: number;
  moreThanTwoMs: number;
  aliveWhileOffMs: number;
  strayMs: number;
  /** How long an Elastic IP address may serve nobody, and how long there may be two. */
  idleMs: number;
  twoAddressesMs: number;
  /** How long WireGuard's clients may miss a server: at all, and where one that serves hands them to the next. */
  gapMs: number;
  handedMs: number;
  /** How long a server that serves may let in who is out, or keep out who is in. */
  secretsMs: number;
}

/** So long Parameter Store or Route 53 may be out at a time: nothing can be known, or moved, meanwhile. */
export const serviceOutMs = { from: minuteMs, to: 8 * minuteMs };

/** By so long at the latest a client of WireGuard's begins anew by itself. */
const aloneMs = 20_000;

/**
 * A silence is noticed, a server boots in vain to its limit, another one serves: and then faults of the API. One look
 * for strays in five comes to nothing, and the next one is an hour later.
 */
const stormOutageMs = reportFreshMs + heartbeatMs + 2 * bootMaxMs + serviceOutMs.to + 10 * minuteMs;
const stormBounds: Bounds = {
  outageMs: stormOutageMs,
  strangerMs: serviceOutMs.to + 5 * minuteMs,
  moreThanTwoMs: 2 * bootMaxMs + nameSettleMs + serviceOutMs.to + 5 * minuteMs,
  aliveWhileOffMs: nameSettleMs + serviceOutMs.to + 12 * minuteMs,
  strayMs: 8 * hourMs,
  idleMs: addressKeptMs + nameSettleMs + 2 * serviceOutMs.to + 20 * minuteMs,
  twoAddressesMs: hourMs,
  gapMs: stormOutageMs + 2 * aloneMs,
  handedMs: aloneMs,
  secretsMs:
    refreshMaxMs + 2 * bootMaxMs + nameSettleMs + serviceOutMs.to + heartbeatMs + 15 * minuteMs,
};

/**
 * With nothing but interruptions that keep their two minutes there is no outage at all. A replacement that is itself
 * interrupted before it serves makes three servers, until the notice of the first one is over.
 */
const calmBounds: Bounds = {
  outageMs: 0,
  strangerMs: 0,
  moreThanTwoMs: noticeMs,
  aliveWhileOffMs: nameSettleMs + 2 * minuteMs,
  strayMs: hourMs + minuteMs,
  idleMs: minuteMs,
  twoAddressesMs: 0,
  gapMs: 1_000,
  handedMs: 1_000,
  secretsMs: refreshMaxMs + bootMaxMs + nameSettleMs + heartbeatMs,
};

/** What goes wrong: events per hour, shares from 0 to 1, or milliseconds; 0 is never. */
export interface Troubles {
  /** AWS takes a spot server. */
  interruptionsPerHour: number;
  /** AWS takes back the capacity of whole pools: 1 is as often as it does (see `local/prices/modern.ts`). */
  reclaims: number;
  /** Share of both whose notice is shorter, or missing. */
  shortNotice: number;
  noNotice: number;
  /** AWS recommends to leave a spot server; half of them it then takes. */
  rebalancesPerHour: number;
  /** The price of a pool jumps, above the cap in half of the cases. */
  priceJumpsPerHour: number;
  /** A pool has no capacity for a while. */
  droughtsPerHour: number;
  /** A server dies without a word, or its VPN does. */
  deathsPerHour: number;
  /** AWS announces that it will retire a server's host, and does. */
  maintenancePerHour: number;
  /** Somebody ends a server, or starts one by hand with our tag. */
  meddlingPerHour: number;
  /** Somebody leaves a disk or a persistent spot request behind, with our tag. */
  straysPerHour: number;
  /** Somebody else in the account takes all addresses that it may have, for a while. */
  addressDroughtsPerHour: number;
  /** Somebody turns it off, and on again later. */
  togglesPerHour: number;
  /** Parameter Store or Route 53 answers only some calls, for some minutes. */
  outagesPerHour: number;
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
  /** Somebody comes, goes, or gets a new password. */
  peoplePerHour: number;
  /** Share of commands to servers that come to nothing. */
  failedCommands: number;
  /** By so much servers' clocks may be wrong. */
  clockSkewMs: number;
}

export interface Weather extends Troubles {
  name: string;
  prices: Prices;
  bounds: Bounds;
}

const none: Troubles = {
  interruptionsPerHour: 0,
  reclaims: 0,
  shortNotice: 0,
  noNotice: 0,
  rebalancesPerHour: 0,
  priceJumpsPerHour: 0,
  droughtsPerHour: 0,
  deathsPerHour: 0,
  maintenancePerHour: 0,
  meddlingPerHour: 0,
  straysPerHour: 0,
  addressDroughtsPerHour: 0,
  togglesPerHour: 0,
  outagesPerHour: 0,
  callFaults: 0,
  crashes: 0,
  lost: 0,
  doubled: 0,
  late: 0,
  failedBoots: 0,
  peoplePerHour: 0,
  failedCommands: 0,
  clockSkewMs: 0,
};

/** Nothing goes wrong but interruptions with their full notice, and a command to a server now and then. */
export const calm: Weather = {
  ...none,
  name: 'calm',
  prices: 'steady',
  interruptionsPerHour: 0.5,
  peoplePerHour: 0.5,
  failedCommands: 0.1,
  bounds: calmBounds,
};

/** Everything goes wrong, far more often than it ever has. */
export const storm: Weather = {
  ...none,
  name: 'storm',
  prices: 'steady',
  interruptionsPerHour: 1,
  shortNotice: 0.3,
  noNotice: 0.2,
  rebalancesPerHour: 0.3,
  priceJumpsPerHour: 2,
  droughtsPerHour: 1,
  deathsPerHour: 0.3,
  maintenancePerHour: 0.1,
  meddlingPerHour: 0.2,
  straysPerHour: 0.2,
  addressDroughtsPerHour: 0.1,
  togglesPerHour: 0.1,
  outagesPerHour: 0.1,
  callFaults: 0.03,
  crashes: 0.005,
  lost: 0.1,
  doubled: 0.1,
  late: 0.1,
  failedBoots: 0.05,
  peoplePerHour: 2,
  failedCommands: 0.4,
  clockSkewMs: 10 * minuteMs,
  bounds: stormBounds,
};

/**
 * As it really is, as far as anybody knows. Interruptions are AWS's own figures; that two of a hundred notices are
 * short or missing, and all the rest, are guesses on the dark side, since nobody publishes them.
 */
export const modern: Weather = {
  ...none,
  name: 'modern',
  prices: 'modern',
  reclaims: 1,
  shortNotice: 0.01,
  noNotice: 0.01,
  rebalancesPerHour: 1 / hoursPerYear,
  deathsPerHour: 0.5 / hoursPerYear,
  maintenancePerHour: 1 / hoursPerYear,
  outagesPerHour: 4 / hoursPerYear,
  callFaults: 0.0002,
  crashes: 0.00002,
  lost: 0.001,
  doubled: 0.001,
  late: 0.002,
  failedBoots: 0.005,
  peoplePerHour: 0.1,
  failedCommands: 0.01,
  clockSkewMs: 5_000,
  bounds: { ...stormBounds, handedMs: calmBounds.handedMs },
};

/** The real prices of that January, which passed any limit many times a day; for the rest as it really is. */
const january2013: Weather = { ...modern, name: '2013', prices: '2013', reclaims: 0 };

/** Nothing at all, but for what the setting's prices do. */
export const still: Weather = { ...none, name: 'still', prices: 'steady', bounds: calmBounds };

export const weathers = new Map(
  [calm, modern, january2013, storm].map((weather) => [weather.name, weather]),
);

/** The kinds of trouble that the weather has. */
export function troublesOf(weather: Weather): (keyof Troubles)[] {
  return (Object.keys(none) as (keyof Troubles)[]).filter((kind) => weather[kind] > 0);
}

export function without(weather: Weather, kinds: (keyof Troubles)[]): Weather {
  return { ...weather, ...Object.fromEntries(kinds.map((kind) => [kind, 0])) };
}
