/** What the loop learns of the end of a server, and who is said to have ended it. */
import { expect, test } from 'vitest';
import { type Learnt, learn } from '../../shared/core/facts.ts';
import type { Market, Observed } from '../../shared/core/model.ts';
import type { Signal } from '../../shared/core/signal.ts';
import {
  ended,
  ending,
  endOf,
  evicted,
  foreign,
  launchOfC,
  learnt,
  ours,
  remembering,
  state,
  taken,
  unexplained,
} from './news.ts';
import { a, ago, b, c, observe, secondMs, serving, toDooms } from './scene.ts';

test.each<[sentence: string, signal: Signal, observed: Observed, expected: Learnt]>([
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
