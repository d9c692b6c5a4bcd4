/** What the loop learns from each signal: about its own servers, once, and about nobody else's. */
import { expect, test } from 'vitest';
import { type Learnt, learn } from '../../shared/core/facts.ts';
import { noticeMs } from '../../shared/core/limits.ts';
import type { Entry, Market, Memory, Observed, Pool } from '../../shared/core/model.ts';
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
  toDooms,
  toEnds,
} from './scene.ts';

const said = ago(2 * secondMs);
const interruption = (serverId: string): Signal => ({
  kind: 'interruption',
  serverId,
  action: 'terminate',
  at: said,
});
const state = (serverId: string, to: string): Signal => ({
  kind: 'state',
  serverId,
  state: to,
  at: said,
});
const rebalance = (serverId: string): Signal => ({ kind: 'rebalance', serverId, at: said });
const evicted = (...serverIds: string[]): Signal => ({ kind: 'evicted', serverIds, at: said });
const maintenance = (...serverIds: string[]): Signal => ({
  kind: 'maintenance',
  serverIds,
  startsAt: now + hourMs,
  code: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
  at: said,
});

const doomed: Entry = {
  at: now,
  kind: 'doomed',
  serverId: a,
  endsAt: said + noticeMs,
  market: 'spot',
  pool: nano,
  why: `AWS takes ${a} at 05:01:58 (spot interruption warning)`,
};
type Taken = { market: Market; pool: Pool } | null;
const spot: Taken = { market: 'spot', pool: nano };
const ended = (serverId: string, taken: Taken, explained: boolean, what: string): Entry => ({
  at: now,
  kind: 'ended',
  serverId,
  taken,
  explained,
  why: `${serverId} is gone: ${what}`,
});
const taken = (serverId: string, from: Taken = spot) =>
  ended(serverId, from, true, 'AWS has taken it');
const unexplained = (serverId: string, from: Taken = spot) =>
  ended(serverId, from, false, 'EC2 does not say why yet');
const recommended = (serverId: string): Entry => ({
  at: now,
  kind: 'risky',
  serverId,
  cause: 'rebalance',
  why: `AWS recommends to move away from ${serverId}: it is likelier than others to be taken`,
});
const scheduled = (serverId: string): Entry => ({
  at: now,
  kind: 'risky',
  serverId,
  cause: 'maintenance',
  why: `AWS has scheduled AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED for ${serverId} at 2026-11-22T06:00:00.000Z`,
});
const learnt = (...entries: Entry[]): Learnt => ({ kind: 'learnt', entries });
const foreign = (serverId: string): Learnt => ({
  kind: 'ignored',
  why: `${serverId} is not a server of this VPN`,
});

const ours = observe([serving(a), serving(b, { pool: nanoB, market: 'on-demand' })]);
const remembering = (memory: Partial<Memory>) => observe([serving(a), serving(b)], { memory });
const launchOfC: Partial<Memory> = {
  launches: [{ at: ago(secondMs), serverId: c, generation: 3, market: 'on-demand', pool: nanoB }],
};
const endOf = (...serverIds: string[]) => toEnds(secondMs, ...serverIds);
const riskOf = (serverId: string): Partial<Memory> => ({
  risks: [{ at: ago(secondMs), serverId, cause: 'rebalance' }],
});
const ending = observe([
  serving(a, { state: 'shutting-down' }),
  serving(b, { state: 'terminated' }),
]);

test.each<[sentence: string, signal: Signal, observed: Observed, expected: Learnt]>([
  [
    'an interruption of ours is a doom, two minutes after it was said',
    interruption(a),
    ours,
    learnt(doomed),
  ],
  [
    'an interruption of ours that EC2 does not list yet is one too',
    interruption(c),
    remembering(launchOfC),
    learnt({
      ...doomed,
      serverId: c,
      market: 'on-demand',
      pool: nanoB,
      why: `AWS takes ${c} at 05:01:58 (spot interruption warning)`,
    }),
  ],
  ["somebody else's interruption is ignored", interruption(c), ours, foreign(c)],
  ['an interruption that comes twice is known', interruption(a), remembering(toDooms(a)), learnt()],
  ['an interruption after the end is old news', interruption(a), remembering(endOf(a)), learnt()],
  ['an interruption of what is shutting down is old news', interruption(a), ending, learnt()],
  ['an interruption of what is terminated is old news', interruption(b), ending, learnt()],
  [
    'an interruption of one is none of another',
    interruption(a),
    remembering({ ...toDooms(b), ...endOf(b) }),
    learnt(doomed),
  ],

  ['an eviction is an end', evicted(a), ours, learnt(taken(a))],
  [
    'an eviction of several counts for those that are ours',
    evicted(c, a, b),
    ours,
    learnt(taken(a), taken(b, null)),
  ],
  ['an eviction of strangers only is ignored', evicted(c, 'i-0000000d'), ours, foreign(c)],
  [
    'an eviction that is known, with a stranger, is known',
    evicted(a, c),
    remembering(endOf(a)),
    learnt(),
  ],
  [
    'an eviction that EC2 lists already, but nobody has told us, is an end',
    evicted(a, b),
    ending,
    learnt(taken(a), taken(b)),
  ],

  ['one that shuts down has ended', state(a, 'shutting-down'), ours, learnt(unexplained(a))],
  ['one that is terminated has ended', state(b, 'terminated'), ours, learnt(unexplained(b, null))],
  [
    'one whose end is known has not ended again',
    state(a, 'terminated'),
    remembering(endOf(a)),
    learnt(),
  ],
  [
    'one that is listed as ended, but nobody has told us, has ended',
    state(a, 'terminated'),
    ending,
    learnt(unexplained(a)),
  ],
  [
    'one that EC2 does not list yet can end',
    state(c, 'terminated'),
    remembering(launchOfC),
    learnt(unexplained(c, null)),
  ],
  ["a stranger's end is ignored", state(c, 'terminated'), ours, foreign(c)],
  ...['pending', 'running', 'stopping', 'stopped'].flatMap(
    (to): [string, Signal, Observed, Learnt][] => [
      [`one that is ${to} wakes the loop`, state(a, to), ours, learnt()],
      [`a stranger that is ${to} is ignored`, state(c, to), ours, foreign(c)],
    ],
  ),

  ['a tick wakes the loop', { kind: 'tick' }, ours, learnt()],
  [
    'a changed parameter wakes the loop',
    { kind: 'parameter', name: '/x', operation: 'Update', at: said },
    ours,
    learnt(),
  ],
  ['a recommendation is a risk', rebalance(a), ours, learnt(recommended(a))],
  [
    'a recommendation for one that EC2 does not list yet is one too',
    rebalance(c),
    remembering(launchOfC),
    learnt(recommended(c)),
  ],
  ['a risk that is known adds nothing', rebalance(a), remembering(riskOf(a)), learnt()],
  [
    'a risk of one is none of another',
    rebalance(a),
    remembering(riskOf(b)),
    learnt(recommended(a)),
  ],
  ['a recommendation after the end is old news', rebalance(a), remembering(endOf(a)), learnt()],
  ['a recommendation for what shuts down is old news', rebalance(a), ending, learnt()],
  ["a stranger's recommendation is ignored", rebalance(c), ours, foreign(c)],
  [
    'a fulfilled request wakes the loop',
    { kind: 'fulfilled', serverId: a, requestId: 'sir-1', at: said },
    ours,
    learnt(),
  ],
  [
    "a stranger's request is ignored",
    { kind: 'fulfilled', serverId: c, requestId: 'sir-1', at: said },
    ours,
    foreign(c),
  ],
  [
    'a command on ours wakes the loop',
    { kind: 'command', commandId: 'x', serverId: a, status: 'Success', at: said },
    ours,
    learnt(),
  ],
  [
    "a stranger's command is ignored",
    { kind: 'command', commandId: 'x', serverId: c, status: 'Success', at: said },
    ours,
    foreign(c),
  ],
  ['maintenance of ours, among others, is a risk', maintenance(c, a), ours, learnt(scheduled(a))],
  [
    'maintenance of several of ours is a risk of each, but those that are known',
    maintenance(b, a),
    remembering(riskOf(b)),
    learnt(scheduled(a)),
  ],
  ['maintenance of what has ended is old news', maintenance(a), remembering(endOf(a)), learnt()],
  ['maintenance of strangers is ignored', maintenance(c), ours, foreign(c)],
  [
    'what was ignored stays ignored',
    { kind: 'ignored', why: 'no event' },
    ours,
    { kind: 'ignored', why: 'no event' },
  ],
])('%s', (_, signal, observed, expected) => {
  expect(learn(signal, observed)).toEqual(expected);
});

/** Why it ended, as EC2's list has it by now. */
const because = (stateReason: string | null, market: Market = 'spot', memory = {}) =>
  observe([serving(a, { state: 'shutting-down', stateReason, market })], { memory });
const unsure = { ended: [{ at: ago(secondMs), serverId: a, explained: false }] };
const byHand = 'somebody has ended it by hand';

test.each<[sentence: string, signal: Signal, observed: Observed, expected: Learnt]>([
  [
    'AWS has taken it',
    state(a, 'shutting-down'),
    because('Server.SpotInstanceTermination'),
    learnt(taken(a)),
  ],
  [
    'AWS has failed to run it, on demand, where there is no pool to leave alone',
    state(a, 'terminated'),
    because('Server.InternalError', 'on-demand'),
    learnt(taken(a, null)),
  ],
  [
    'somebody has ended it, which tells nothing of its pool',
    state(a, 'shutting-down'),
    because('Client.UserInitiatedShutdown'),
    learnt(ended(a, null, true, byHand)),
  ],
  [
    'it has shut itself down',
    state(a, 'shutting-down'),
    because('Client.InstanceInitiatedShutdown'),
    learnt(ended(a, null, true, 'it has shut itself down')),
  ],
  [
    'another reason is said as it is',
    state(a, 'terminated'),
    because('Client.VolumeLimitExceeded'),
    learnt(ended(a, null, true, 'EC2 says Client.VolumeLimitExceeded')),
  ],
  [
    'no reason yet, on demand',
    state(a, 'shutting-down'),
    because(null, 'on-demand'),
    learnt(unexplained(a, null)),
  ],
  [
    'no reason yet, but a doom that is known',
    state(a, 'shutting-down'),
    because(null, 'spot', toDooms(a)),
    learnt(taken(a)),
  ],
  [
    'an eviction is by AWS, whatever else is known',
    evicted(a),
    because('Client.UserInitiatedShutdown'),
    learnt(taken(a)),
  ],
  [
    'an end without a reason is refined when EC2 gives one',
    state(a, 'terminated'),
    because('Client.UserInitiatedShutdown', 'spot', unsure),
    learnt(ended(a, null, true, byHand)),
  ],
  [
    'an end without a reason is refined by an eviction',
    evicted(a),
    because(null, 'spot', unsure),
    learnt(taken(a)),
  ],
  [
    'an end without a reason, said again, adds nothing',
    state(a, 'terminated'),
    because(null, 'spot', unsure),
    learnt(),
  ],
  [
    'an end whose reason is known is not told again',
    state(a, 'terminated'),
    because('Server.SpotInstanceTermination', 'spot', endOf(a)),
    learnt(),
  ],
])('the end: %s', (_, signal, observed, expected) => {
  expect(learn(signal, observed)).toEqual(expected);
});
