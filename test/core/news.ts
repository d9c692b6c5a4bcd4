/** What AWS may tell, of whom, and what is learnt from it, for tests of the facts. */

import type { Entry } from '../../shared/core/deeds.ts';
import type { Learnt } from '../../shared/core/facts.ts';
import { noticeMs } from '../../shared/core/limits.ts';
import type { Market, Pool } from '../../shared/core/model.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import type { Signal } from '../../shared/core/signal.ts';
import {
  a,
  ago,
  b,
  c,
  hourMs,
  nano,
  nanoB,
  now,
  observe,
  secondMs,
  serving,
  toEnds,
} from './scene.ts';

export const said = ago(2 * secondMs);
export const interruption = (serverId: string): Signal => ({
  kind: 'interruption',
  serverId,
  action: 'terminate',
  at: said,
});
export const state = (serverId: string, to: string): Signal => ({
  kind: 'state',
  serverId,
  state: to,
  at: said,
});
export const rebalance = (serverId: string): Signal => ({ kind: 'rebalance', serverId, at: said });
export const evicted = (...serverIds: string[]): Signal => ({
  kind: 'evicted',
  serverIds,
  at: said,
});
export const maintenance = (...serverIds: string[]): Signal => ({
  kind: 'maintenance',
  serverIds,
  startsAt: now + hourMs,
  code: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
  at: said,
});

export const doomed = {
  at: now,
  kind: 'doomed',
  serverId: a,
  endsAt: said + noticeMs,
  market: 'spot',
  pool: nano,
  why: `AWS takes ${a} at 05:01:58 UTC (spot interruption warning)`,
} as const satisfies Entry;
export type Taken = { market: Market; pool: Pool } | null;
const spot: Taken = { market: 'spot', pool: nano };
export const ended = (serverId: string, taken: Taken, explained: boolean, what: string): Entry => ({
  at: now,
  kind: 'ended',
  serverId,
  taken,
  explained,
  why: `${serverId} is gone: ${what}`,
});
export const taken = (serverId: string, from: Taken = spot) =>
  ended(serverId, from, true, 'AWS has taken it');
export const unexplained = (serverId: string, from: Taken = spot) =>
  ended(serverId, from, false, 'EC2 does not say why yet');
export const recommended = (serverId: string): Entry => ({
  at: now,
  kind: 'risky',
  serverId,
  cause: 'rebalance',
  why: `AWS recommends to move away from ${serverId}: it is likelier than others to be taken`,
});
export const scheduled = (serverId: string): Entry => ({
  at: now,
  kind: 'risky',
  serverId,
  cause: 'maintenance',
  why: `AWS has scheduled AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED for ${serverId} at 2026-11-22T06:00:00.000Z`,
});
export const learnt = (...entries: Entry[]): Learnt => ({ kind: 'learnt', entries });
export const foreign = (serverId: string): Learnt => ({
  kind: 'ignored',
  why: `${serverId} is not a server of this VPN`,
});

export const ours = observe([serving(a), serving(b, { pool: nanoB, market: 'on-demand' })]);
export const remembering = (memory: Partial<Memory>) =>
  observe([serving(a), serving(b)], { memory });
export const launchOfC: Partial<Memory> = {
  launches: [{ at: ago(secondMs), serverId: c, generation: 3, market: 'on-demand', pool: nanoB }],
};
export const endOf = (...serverIds: string[]) => toEnds(secondMs, ...serverIds);
export const riskOf = (serverId: string): Partial<Memory> => ({
  risks: [{ at: ago(secondMs), serverId, cause: 'rebalance' }],
});
export const ending = observe([
  serving(a, { state: 'shutting-down' }),
  serving(b, { state: 'terminated' }),
]);
