/** What the loop learns from each signal: about its own servers, once, and about nobody else's. */
import { expect, test } from 'vitest';
import { type Learnt, learn } from '../../shared/core/facts.ts';
import type { Observed } from '../../shared/core/model.ts';
import type { Signal } from '../../shared/core/signal.ts';
import {
  doomed,
  ending,
  endOf,
  foreign,
  interruption,
  launchOfC,
  learnt,
  maintenance,
  ours,
  rebalance,
  recommended,
  remembering,
  riskOf,
  said,
  scheduled,
} from './news.ts';
import { a, b, c, nanoB, observe, serving, toDooms } from './scene.ts';

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
      why: `AWS takes ${c} at 05:01:58 UTC (spot interruption warning)`,
    }),
  ],
  ["somebody else's interruption is ignored", interruption(c), ours, foreign(c)],
  ['an interruption that comes twice is known', interruption(a), remembering(toDooms(a)), learnt()],
  ['an interruption after the end is old news', interruption(a), remembering(endOf(a)), learnt()],
  ['an interruption of what is shutting down is old news', interruption(a), ending, learnt()],
  [
    'an interruption beside one that has ended is a doom',
    interruption(a),
    observe([serving(a), serving(b, { state: 'terminated' })]),
    learnt(doomed),
  ],
  ['an interruption of what is terminated is old news', interruption(b), ending, learnt()],
  [
    'an interruption of one is none of another',
    interruption(a),
    remembering({ ...toDooms(b), ...endOf(b) }),
    learnt(doomed),
  ],

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
