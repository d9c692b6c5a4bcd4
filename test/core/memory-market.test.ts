/** What the memory makes of refusals and interruptions: which part of the market is left alone, and for how long. */
import { expect, test } from 'vitest';
import type { Entry } from '../../shared/core/deeds.ts';
import { holdMemoryMs, interruptedPoolMs, memoryMs } from '../../shared/core/limits.ts';
import { emptyMemory, remember } from '../../shared/core/memory.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import { a, ago, minuteMs, nano, now } from './scene.ts';

const why = 'a reason';
const spot = { market: 'spot', pool: nano } as const;
const onDemand = { market: 'on-demand', pool: nano } as const;
const doomed = { at: now, kind: 'doomed', serverId: a, endsAt: now + 2 * minuteMs, why } as const;
const refused = {
  at: now,
  kind: 'refused',
  generation: 3,
  attempt: 0,
  code: 'InsufficientInstanceCapacity',
  ...spot,
  why,
} as const;
const closed = {
  market: 'spot',
  ...nano,
  until: now + 3 * minuteMs,
  code: refused.code,
  times: 1,
} as const;
const interrupted = {
  market: 'spot',
  ...nano,
  until: now + interruptedPoolMs,
  code: 'interrupted',
  times: 1,
} as const;
const gone = { at: now, serverId: a, explained: true };
const taken = { at: now, kind: 'ended', serverId: a, taken: spot, explained: true, why } as const;

type Row = [sentence: string, memory: Partial<Memory>, entry: Entry, expected: Partial<Memory>];

const rows: Row[] = [
  [
    'doomed on spot: the doom, and a hold of its pool',
    {},
    { ...doomed, ...spot },
    {
      dooms: [{ serverId: a, endsAt: doomed.endsAt }],
      interruptions: [now],
      holds: [interrupted],
    },
  ],
  [
    'doomed on demand: the doom, and neither a hold nor an interruption',
    {},
    { ...doomed, ...onDemand },
    { dooms: [{ serverId: a, endsAt: doomed.endsAt }] },
  ],
  [
    'doomed again: the first word counts, and is one interruption',
    { dooms: [{ serverId: a, endsAt: now + minuteMs }] },
    { ...doomed, ...spot },
    {},
  ],
  [
    'doomed by a notice that came an hour too late: nothing',
    {},
    { ...doomed, ...spot, endsAt: ago(memoryMs) },
    {},
  ],
  [
    'taken without notice: an interruption, and a hold of its pool',
    {},
    taken,
    { ended: [gone], interruptions: [now], holds: [interrupted] },
  ],
  [
    'taken with notice: the notice was the interruption',
    { dooms: [{ serverId: a, endsAt: now }], interruptions: [ago(minuteMs)] },
    taken,
    { ended: [gone] },
  ],
  [
    'taken, said twice: the first was the interruption',
    { ended: [{ ...gone, at: ago(9), explained: false }] },
    taken,
    { ended: [gone] },
  ],
  [
    'refused: one more attempt, and a hold',
    { generation: 2 },
    refused,
    { generation: 2, attempt: 1, holds: [closed] },
  ],
  [
    'refused before the newest launch: the hold, but no attempt',
    { generation: 3 },
    { ...refused, attempt: 7 },
    { generation: 3, attempt: 0, holds: [closed] },
  ],
  [
    'refused an earlier attempt: the later one counts',
    { generation: 2, attempt: 4 },
    { ...refused, attempt: 1 },
    { generation: 2, attempt: 4, holds: [closed] },
  ],
  [
    'refused again while that holds: it is only confirmed',
    { generation: 2, attempt: 1, holds: [{ ...closed, until: now + 1 }] },
    { ...refused, attempt: 1 },
    { attempt: 2 },
  ],
  [
    "refused again when that is over: the next hold is longer, and others' stay",
    {
      generation: 2,
      holds: [
        { ...closed, until: now },
        { ...closed, market: 'on-demand' },
      ],
    },
    refused,
    {
      attempt: 1,
      holds: [
        { ...closed, market: 'on-demand' },
        { ...closed, until: now + 6 * minuteMs, times: 2 },
      ],
    },
  ],
  ...[
    { ...closed, code: 'interrupted' },
    { ...closed, type: 't3a.nano' },
    { ...closed, zone: 'us-east-1b' },
    { ...closed, zone: null },
    { ...closed, market: 'on-demand' as const },
  ].map((other): Row => {
    const holds = [{ ...other, until: ago(1), times: 4 }];
    return [
      `refused is not what another hold is about: ${Object.values(other).join(' ')}`,
      { generation: 2, holds },
      refused,
      { attempt: 1, holds: [...holds, closed] },
    ];
  }),
  [
    'interrupted again in a pool that was so within hours: a longer hold',
    { holds: [{ ...interrupted, until: ago(holdMemoryMs - 1), times: 3 }] },
    { ...doomed, ...spot },
    {
      dooms: [{ serverId: a, endsAt: doomed.endsAt }],
      interruptions: [now],
      holds: [{ ...interrupted, until: now + 8 * interruptedPoolMs, times: 4 }],
    },
  ],
  [
    'interrupted again after hours of peace: a first hold',
    { holds: [{ ...interrupted, until: ago(holdMemoryMs), times: 3 }] },
    { ...doomed, ...spot },
    {
      dooms: [{ serverId: a, endsAt: doomed.endsAt }],
      interruptions: [now],
      holds: [interrupted],
    },
  ],
  [
    'refused for no time at all: no hold, but an attempt',
    { generation: 2 },
    { ...refused, code: 'StaleToken' },
    { attempt: 1 },
  ],
];

test.each(rows)('%s', (_, memory, entry, expected) => {
  const before = { ...emptyMemory, ...memory };
  const after = remember(before, entry);
  expect(after).toEqual({ ...before, ...expected });
  expect(remember(after, entry)).toEqual(after);
});
