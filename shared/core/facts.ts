/** What a signal adds to what is known: a fact about one of our servers, or nothing. */
import { noticeMs } from './limits.ts';
import type { Entry, Market, Observed, Pool } from './model.ts';
import type { Signal } from './signal.ts';

export type Learnt = { kind: 'learnt'; entries: Entry[] } | { kind: 'ignored'; why: string };

const nothing: Learnt = { kind: 'learnt', entries: [] };

/** A signal about a server that is not ours is ignored; one that tells nothing new adds nothing. */
export function learn(signal: Signal, observed: Observed): Learnt {
  switch (signal.kind) {
    case 'ignored':
      return signal;
    case 'interruption':
      return doom(signal.serverId, signal.at + noticeMs, observed);
    case 'evicted':
      return all(signal.serverIds, (id) => end(id, 'AWS has taken it', observed));
    case 'state':
      return signal.state === 'shutting-down' || signal.state === 'terminated'
        ? end(signal.serverId, `it is ${signal.state}`, observed)
        : ours(signal.serverId, observed);
    // These wake the loop; what they say is read from the services themselves.
    case 'tick':
    case 'parameter':
      return nothing;
    case 'rebalance':
    case 'fulfilled':
    case 'command':
      return ours(signal.serverId, observed);
    case 'maintenance':
      return all(signal.serverIds, (id) => ours(id, observed));
    default:
      return signal satisfies never;
  }
}

function doom(serverId: string, endsAt: number, observed: Observed): Learnt {
  const server = findOurs(serverId, observed);
  if (!server) return foreign(serverId);
  const known = observed.memory.dooms.some((other) => other.serverId === serverId);
  // A notice that is replayed after the end is old news; one of a server that still lives is not.
  if (known || isEnded(serverId, observed)) return nothing;
  const { market, pool } = server;
  const why = `AWS will take ${serverId} (spot interruption warning)`;
  return toEntry({ at: observed.now, kind: 'doomed', serverId, endsAt, market, pool, why });
}

function end(serverId: string, what: string, observed: Observed): Learnt {
  if (!findOurs(serverId, observed)) return foreign(serverId);
  if (isEnded(serverId, observed)) return nothing;
  return toEntry({
    at: observed.now,
    kind: 'ended',
    serverId,
    why: `${serverId} is gone: ${what}`,
  });
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

function isEnded(serverId: string, { servers, memory }: Observed): boolean {
  const state = servers.find(({ id }) => id === serverId)?.state;
  if (state === 'shutting-down' || state === 'terminated') return true;
  return memory.ended.some((other) => other.serverId === serverId);
}

function foreign(serverId: string): Learnt {
  return { kind: 'ignored', why: `${serverId} is not a server of this VPN` };
}

function toEntry(entry: Entry): Learnt {
  return { kind: 'learnt', entries: [entry] };
}

/** Of several servers in one event those that are ours count. */
function all(serverIds: string[], learnOne: (id: string) => Learnt): Learnt {
  const learnt = serverIds.map(learnOne);
  const entries = learnt.flatMap((one) => (one.kind === 'learnt' ? one.entries : []));
  const foreignOne = learnt.every(({ kind }) => kind === 'ignored') ? learnt[0] : undefined;
  return foreignOne ?? { kind: 'learnt', entries };
}
