/** The ledger: what the servers cost, counted as the loop sees them run. */

import type { Entry } from './deeds.ts';
import { ledgerGapMaxMs } from './limits.ts';
import type { Amount, Ledger, Observed, Policy, Server } from './model.ts';
import { isOn } from './power.ts';
import { toDay, toMonth } from './words.ts';

const hourMs = 60 * 60_000;

/** Dollars an hour for a public IPv4 address (https://aws.amazon.com/vpc/pricing/). */
export const addressPerHour = 0.005;
/** Dollars an hour for the 8 GB of gp3 of each server, at $0.08 a GB-month (https://aws.amazon.com/ebs/pricing/). */
export const diskPerHour = (8 * 0.08) / 730.5;

const none: Amount = { hours: 0, dollars: 0 };

/**
 * Counts on to `observed.now`, with the outages that ended in this pass's entries. At the turn of a month the
 * finished one comes too.
 */
export function count(
  observed: Observed,
  policy: Policy,
  entries: Entry[],
): { current: Ledger; finished: Ledger | null } {
  const { now, ledger } = observed;
  const month = toMonth(now);
  const outageMs = entries.reduce(
    (sum, entry) => sum + (entry.kind === 'recovered' ? entry.outageMs : 0),
    0,
  );
  const onward = (from: Ledger) => {
    const counted = countTo(from, now, observed, policy);
    return { ...counted, days: withDay(counted.days, now, 0, outageMs / hourMs) };
  };
  if (!ledger) return { current: newLedger(month, now), finished: null };
  if (ledger.month === month) return { current: onward(ledger), finished: null };
  const turn = Date.parse(`${month}-01T00:00:00Z`);
  const finished = countTo(ledger, Math.min(turn, now), observed, policy);
  return { current: onward(newLedger(month, turn)), finished };
}

/** Whether anything costs or is wanted just now, so that the ledger moves on. */
export function isCounting(observed: Observed): boolean {
  return isOn(observed) || observed.servers.some(isRunning);
}

/** What all of it cost, and how much less that was than one server always on demand. Dollars. */
export function toMonthSum(ledger: Ledger): { dollars: number; saving: number } {
  const { spot, onDemand, address, disk, alwaysOnDemand } = ledger;
  const dollars = spot.dollars + onDemand.dollars + address.dollars + disk.dollars;
  return { dollars, saving: alwaysOnDemand.dollars - dollars };
}

function newLedger(month: string, until: number): Ledger {
  return {
    month,
    until,
    spot: none,
    onDemand: none,
    address: none,
    disk: none,
    alwaysOnDemand: none,
    days: {},
  };
}

function countTo(ledger: Ledger, to: number, observed: Observed, policy: Policy): Ledger {
  // What was not looked at is not made up: a gap longer than this is left out.
  const from = Math.max(ledger.until, to - ledgerGapMaxMs);
  const running = observed.servers.filter(isRunning);
  // An Elastic IP address costs the same while no server has it.
  const idle = observed.addresses?.filter(({ serverId }) => serverId === null).length ?? 0;
  const hoursOf = ({ launchedAt }: Server) => Math.max(0, to - Math.max(from, launchedAt)) / hourMs;
  const of = (market: Server['market']) => running.filter((server) => server.market === market);
  const wanted = isOn(observed) ? Math.max(0, to - from) / hourMs : 0;
  const cheapest = Math.min(...policy.types.map(({ onDemand }) => onDemand));
  const sum = (amount: Amount, servers: Server[], perHour: (server: Server) => number): Amount =>
    servers.reduce((total, server) => add(total, hoursOf(server), perHour(server)), amount);
  return {
    month: ledger.month,
    until: Math.max(to, ledger.until),
    spot: sum(ledger.spot, of('spot'), (server) => spotPrice(server, observed, policy)),
    onDemand: sum(ledger.onDemand, of('on-demand'), (server) => onDemandPrice(server, policy)),
    address: add(
      sum(ledger.address, running, () => addressPerHour),
      idle * Math.max(0, (to - from) / hourMs),
      addressPerHour,
    ),
    disk: sum(ledger.disk, running, () => diskPerHour),
    alwaysOnDemand: add(ledger.alwaysOnDemand, wanted, cheapest + addressPerHour + diskPerHour),
    days: withDay(ledger.days, to - 1, wanted, 0),
  };
}

/** The minutes around midnight may count for the day before or after. */
function withDay(days: Ledger['days'], at: number, wanted: number, out: number): Ledger['days'] {
  if (!wanted && !out) return days;
  const day = toDay(at);
  const known = days[day] ?? { wanted: 0, out: 0 };
  return { ...days, [day]: { wanted: known.wanted + wanted, out: known.out + out } };
}

function add({ hours, dollars }: Amount, moreHours: number, perHour: number): Amount {
  return { hours: hours + moreHours, dollars: dollars + moreHours * perHour };
}

function isRunning({ state }: Server): boolean {
  return state === 'pending' || state === 'running';
}

/** The price of now stands for the last minutes'; while prices are unknown, the most that it can be. */
function spotPrice({ pool }: Server, { prices }: Observed, policy: Policy): number {
  const price = prices?.find((one) => one.pool.type === pool.type && one.pool.zone === pool.zone);
  return price?.perHour ?? policy.cap;
}

/** A type that is no longer configured costs what the dearest one does. */
function onDemandPrice({ pool }: Server, { types }: Policy): number {
  const known = types.find(({ type }) => type === pool.type);
  return known?.onDemand ?? Math.max(...types.map(({ onDemand }) => onDemand));
}
