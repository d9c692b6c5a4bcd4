/** What a signal adds to what is known: a fact about one of our servers, or nothing. */

import type { Entry } from './deeds.ts';
import { noticeMs } from './limits.ts';
import type { Market, Observed, Pool, RiskCause } from './model.ts';
import { toCommandFailure } from './secrets.ts';
import type { Signal } from './signal.ts';
import { toTimeOfDay } from './words.ts';

export type Learnt = { kind: 'learnt'; entries: Entry[] } | { kind: 'ignored'; why: string };

const nothing: Learnt = { kind: 'learnt', entries: [] };

/** A signal about a server that is not ours is ignored; one that tells nothing new adds nothing. */
export function learn(signal: Signal, observed: Observed): Learnt {
  switch (signal.kind) {
    case 'ignored':
      return signal;
    case 'interruption':
      return doom(signal.serverId, signal.at + noticeMs, 'spot interruption warning', observed);
    case 'rebalance': {
      return rebalance(signal.serverId, observed);
    }
    case 'maintenance':
      return all(signal.serverIds, (id) => {
        const when = new Date(signal.startsAt).toISOString();
        const why = `AWS has scheduled ${signal.code} for ${id} at ${when}`;
        return risk(id, 'maintenance', why, observed);
      });
    case 'evicted':
      return all(signal.serverIds, (id) => end(id, true, observed));
    case 'state':
      return signal.state === 'shutting-down' || signal.state === 'terminated'
        ? end(signal.serverId, false, observed)
        : ours(signal.serverId, observed);
    // These wake the loop; what they say is read from the services themselves.
    case 'tick':
    case 'parameter':
      return nothing;
    case 'fulfilled':
      return ours(signal.serverId, observed);
    case 'command':
      return answered(signal.serverId, signal.status, observed);
    default:
      return signal satisfies never;
  }
}

/** What servers have learnt from their own metadata, before any event of it came, or without one. */
export function hear(observed: Observed): Entry[] {
  const heard = observed.reports.flatMap(({ serverId, noticeAt, rebalanceAt }) => [
    ...(noticeAt === null ? [] : [doom(serverId, noticeAt, 'its own metadata', observed)]),
    ...(rebalanceAt === null ? [] : [rebalance(serverId, observed)]),
  ]);
  return heard.flatMap((one) => (one.kind === 'learnt' ? one.entries : []));
}

/** A notice that is replayed after the end is old news; one of a server that still lives is not. */
function doom(serverId: string, endsAt: number, source: string, observed: Observed): Learnt {
  const server = findOurs(serverId, observed);
  if (!server) return foreign(serverId);
  const { memory, now: at } = observed;
  if (isKnown(memory.dooms, serverId) || hasEnded(serverId, observed)) return nothing;
  const { market, pool } = server;
  const why = `AWS takes ${serverId} at ${toTimeOfDay(endsAt)} UTC (${source})`;
  return toLearnt({ at, kind: 'doomed', serverId, endsAt, market, pool, why });
}

function rebalance(serverId: string, observed: Observed): Learnt {
  const why = `AWS recommends to move away from ${serverId}: it is likelier than others to be taken`;
  return risk(serverId, 'rebalance', why, observed);
}

function risk(serverId: string, cause: RiskCause, why: string, observed: Observed): Learnt {
  if (!findOurs(serverId, observed)) return foreign(serverId);
  const { memory, now: at } = observed;
  if (isKnown(memory.risks, serverId) || hasEnded(serverId, observed)) return nothing;
  return toLearnt({ at, kind: 'risky', serverId, cause, why });
}

function end(serverId: string, evicted: boolean, observed: Observed): Learnt {
  const server = findOurs(serverId, observed);
  if (!server) return foreign(serverId);
  const { memory, now: at } = observed;
  const known = memory.ended.find((other) => other.serverId === serverId);
  const reason = observed.servers.find(({ id }) => id === serverId)?.stateReason ?? '';
  const byAws = evicted || reason.startsWith('Server.') || isKnown(memory.dooms, serverId);
  const explained = byAws || reason !== '';
  if (known && (known.explained || !explained)) return nothing;
  const { market, pool } = server;
  // The list may not tell the reason yet: of a spot server it is hardly ever another.
  const taken = market === 'spot' && (byAws || !reason) ? { market, pool } : null;
  const why = `${serverId} is gone: ${whoEnded(byAws, reason)}`;
  return toLearnt({ at, kind: 'ended', serverId, taken, explained, why });
}

/** What the loop itself ends is known before any event of it comes, so nobody's will is taken for another's. */
function whoEnded(byAws: boolean, reason: string): string {
  if (byAws) return 'AWS has taken it';
  if (reason.startsWith('Client.UserInitiated')) return 'somebody has ended it by hand';
  if (reason.startsWith('Client.InstanceInitiated')) return 'it has shut itself down';
  return reason ? `EC2 says ${reason}` : 'EC2 does not say why yet';
}

/** How the command to take today's secrets ended. That it went well is believed when the server says so. */
function answered(serverId: string, status: string, observed: Observed): Learnt {
  const { memory, now: at } = observed;
  const asked = memory.refreshes.find((one) => one.serverId === serverId);
  const words = toCommandFailure(status);
  if (!asked || asked.failed || words === null) return ours(serverId, observed);
  const why = `${serverId} did not take the newest secrets: ${words} (Run Command says ${status})`;
  return toLearnt({ at, kind: 'unrefreshed', serverId, why });
}

function ours(serverId: string, observed: Observed): Learnt {
  return findOurs(serverId, observed) ? nothing : foreign(serverId);
}

function findOurs(
  serverId: string,
  { servers, memory }: Observed,
): { market: Market; pool: Pool } | undefined {
  return (
    servers.find(({ id }) => id === serverId) ??
    memory.launches.find((launch) => launch.serverId === serverId)
  );
}

function hasEnded(serverId: string, { servers, memory }: Observed): boolean {
  const state = servers.find(({ id }) => id === serverId)?.state;
  if (state === 'shutting-down' || state === 'terminated') return true;
  return isKnown(memory.ended, serverId);
}

function isKnown(list: { serverId: string }[], serverId: string): boolean {
  return list.some((other) => other.serverId === serverId);
}

function foreign(serverId: string): Learnt {
  return { kind: 'ignored', why: `${serverId} is not a server of this VPN` };
}

function toLearnt(entry: Entry): Learnt {
  return { kind: 'learnt', entries: [entry] };
}

/** Of several servers in one event those that are ours count. */
function all(serverIds: string[], learnOne: (id: string) => Learnt): Learnt {
  const learnt = serverIds.map(learnOne);
  const entries = learnt.flatMap((one) => (one.kind === 'learnt' ? one.entries : []));
  const foreignOne = learnt.every(({ kind }) => kind === 'ignored') ? learnt[0] : undefined;
  return foreignOne ?? { kind: 'learnt', entries };
}
