/** What a server says of itself in Parameter Store. */
import type { Handover, Protocol, Session } from '../../shared/core/model.ts';
import { AwsFault } from '../fault.ts';
import { packEndpoints } from './endpoints.ts';
import type { Secrets } from './secrets.ts';

/** Epoch milliseconds; what is null is left out. */
export interface Condition {
  at: number;
  serving: Partial<Record<Protocol, boolean>>;
  sessions: number;
  /** For how long nobody has used it. */
  idleMs: number;
  /** Who of them is known by name. */
  who: Session[];
  /** What all its protocols have taken. */
  applied: Secrets | null;
  /** When AWS will take it, and since when it may, as the instance's own metadata say. */
  noticeAt: number | null;
  rebalanceAt: number | null;
  problem: string | null;
  handover: Handover | null;
}

export function writeReport({ applied, ...condition }: Condition): string {
  const { serving, sessions, idleMs, who, noticeAt, rebalanceAt, problem, handover } = condition;
  return JSON.stringify({
    at: toIso(condition.at),
    serving,
    sessions,
    idleSeconds: Math.floor(idleMs / 1_000),
    applied: {
      users: {
        ...toVersions(applied?.users, ({ version }) => version),
        ...toVersions(applied?.spoilt, (version) => version),
      },
      keys: toVersions(applied?.keys, (version) => version),
    },
    who: who.map((session) => ({ ...session, since: toIso(session.since) })),
    endpoints: packEndpoints(
      [...(applied?.users.keys() ?? []), ...(applied?.spoilt.keys() ?? [])],
      who.filter(({ protocol }) => protocol === 'wireguard').map(({ user }) => user),
    ),
    load: 0,
    ...(noticeAt !== null && { notice: toIso(noticeAt) }),
    ...(rebalanceAt !== null && { rebalance: toIso(rebalanceAt) }),
    ...(problem !== null && { problem }),
    ...(handover !== null && { handover: { ...handover, at: toIso(handover.at) } }),
  });
}

function toVersions<T>(map: Map<string, T> = new Map(), toVersion: (value: T) => number) {
  return Object.fromEntries([...map].map(([name, value]) => [name, toVersion(value)]));
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}

/** The agent meets the same Parameter Store as everybody: what is not taken now goes with the next heartbeat. */
export function tryTo(ask: () => object): void {
  try {
    ask();
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
  }
}
