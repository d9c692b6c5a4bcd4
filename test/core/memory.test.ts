/** What the memory takes in of each kind of entry, and what it lets go of when. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/core/deeds.ts';
import { dayMs, holdMemoryMs, memoryMs, parkedAddress, riskMs } from '../../shared/core/limits.ts';
import { emptyMemory, remember } from '../../shared/core/memory.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import { anyEntry } from './entries.ts';
import { a, addressOf, ago, b, minuteMs, nano, nanoAmd, now } from './scene.ts';

const why = 'a reason';
const spot = { market: 'spot', pool: nano } as const;
const launched = {
  at: now,
  kind: 'launched',
  serverId: a,
  generation: 3,
  planned: false,
  ...spot,
  why,
} as const;
const closed = {
  market: 'spot',
  ...nano,
  until: now + 3 * minuteMs,
  code: 'InsufficientInstanceCapacity',
  times: 1,
} as const;
const known = { at: now, serverId: a, generation: 3, ...spot };
const pointing = { at: now, kind: 'pointing', serverId: a, address: addressOf[a], why } as const;

const gone = { at: now, serverId: a, explained: true };
const ended = { at: now, kind: 'ended', serverId: a, taken: null, explained: true, why } as const;
const incident = { at: now, kind: 'incident', serverId: a, lostAt: ago(5), why } as const;
const removing: Entry = { at: now, kind: 'removing', stray: { kind: 'volume', id: 'vol-1' }, why };

type Row = [sentence: string, memory: Partial<Memory>, entry: Entry, expected: Partial<Memory>];

const rows: Row[] = [
  [
    'risky: the risk',
    {},
    { at: now, kind: 'risky', serverId: a, cause: 'maintenance', why },
    { risks: [{ at: now, serverId: a, cause: 'maintenance' }] },
  ],
  [
    'risky again: the first word counts',
    { risks: [{ at: ago(1), serverId: a, cause: 'rebalance' }] },
    { at: now, kind: 'risky', serverId: a, cause: 'maintenance', why },
    {},
  ],
  ['ended for a reason of its own', {}, ended, { ended: [gone] }],
  [
    'ended, and nobody knows why',
    {},
    { ...ended, explained: false },
    { ended: [{ ...gone, explained: false }] },
  ],
  [
    'ended, and now the reason is known: one end',
    {
      ended: [
        { at: ago(9), serverId: a, explained: false },
        { at: ago(1), serverId: b, explained: true },
      ],
    },
    ended,
    { ended: [{ at: ago(1), serverId: b, explained: true }, gone] },
  ],
  [
    'retiring: as good as ended',
    { ended: [{ ...gone, at: ago(1), serverId: b }] },
    { at: now, kind: 'retiring', serverId: a, why },
    {
      ended: [{ ...gone, at: ago(1), serverId: b }, gone],
    },
  ],
  [
    'launching: nothing until EC2 has answered',
    {},
    { at: now, kind: 'launching', generation: 3, attempt: 2, ...spot, why },
    {},
  ],
  [
    'launched: counts on, and begins the attempts and the telling anew',
    { generation: 2, attempt: 5, stuck: 'no luck' },
    launched,
    { generation: 3, attempt: 0, launches: [known], stuck: null },
  ],
  [
    'launched, said again: the attempts at the next one stay',
    { generation: 3, attempt: 2 },
    launched,
    { generation: 3, attempt: 2, launches: [known] },
  ],
  [
    'launched before the newest: the count and its attempts stay',
    { generation: 4, attempt: 5 },
    launched,
    { generation: 4, attempt: 5, launches: [known] },
  ],
  [
    'pointing',
    { named: { at: ago(9), address: parkedAddress, serverId: null } },
    pointing,
    { named: { at: now, address: addressOf[a], serverId: a } },
  ],
  [
    'pointing before the newest move: that one counts',
    { named: { at: now + 1, address: addressOf[b], serverId: b } },
    pointing,
    { named: { at: now + 1, address: addressOf[b], serverId: b } },
  ],
  [
    'pointing in the same moment as the newest move: what was said last counts',
    { named: { at: now, address: addressOf[b], serverId: b } },
    pointing,
    { named: { at: now, address: addressOf[a], serverId: a } },
  ],
  [
    'parking',
    {},
    { at: now, kind: 'parking', serverId: null, why },
    { named: { at: now, address: parkedAddress, serverId: null } },
  ],
  [
    'parking for a server that is missed',
    {},
    { at: now, kind: 'parking', serverId: a, why },
    { named: { at: now, address: parkedAddress, serverId: a } },
  ],
  ['removing a stray: nothing', {}, removing, {}],
  ['an incident', {}, incident, { incident: { at: now, serverId: a, lostAt: ago(5) } }],
  [
    'an incident within another: the first counts',
    { incident: { at: ago(9), serverId: b, lostAt: null } },
    incident,
    {},
  ],
  [
    'the end of the server in an incident is when it was lost, if it served until then',
    { incident: { at: ago(9), serverId: a, lostAt: null } },
    ended,
    { ended: [gone], incident: { at: ago(9), serverId: a, lostAt: now } },
  ],
  [
    'retiring the server in an incident is when it was lost too',
    { incident: { at: ago(9), serverId: a, lostAt: null } },
    { at: now, kind: 'retiring', serverId: a, why },
    { ended: [gone], incident: { at: ago(9), serverId: a, lostAt: now } },
  ],
  [
    'the end of a server that was lost before changes nothing about that',
    { incident: { at: ago(9), serverId: a, lostAt: ago(60) } },
    ended,
    { ended: [gone] },
  ],
  [
    'the end of another server is no part of the incident',
    { incident: { at: ago(9), serverId: b, lostAt: null } },
    ended,
    { ended: [gone] },
  ],
  [
    'recovered: no incident any more',
    { incident: { at: ago(9), serverId: a, lostAt: ago(9) } },
    { at: now, kind: 'recovered', serverId: b, outageMs: 9, why },
    { incident: null },
  ],
  [
    'recovered since it is off: of the server that failed nothing more is to be told',
    {
      incident: { at: ago(9), serverId: a, lostAt: ago(9) },
      named: { at: ago(8), address: parkedAddress, serverId: a },
    },
    { at: now, kind: 'recovered', serverId: null, outageMs: 0, why },
    { incident: null, named: { at: ago(8), address: parkedAddress, serverId: null } },
  ],
  [
    'launched by plan: a move',
    { moves: [ago(1)] },
    { ...launched, planned: true },
    { generation: 3, launches: [known], moves: [ago(1), now] },
  ],
  [
    'launched by plan, said again: one move',
    { generation: 3, launches: [{ ...known, at: ago(1) }], moves: [ago(1)] },
    { ...launched, planned: true },
    {},
  ],
  ['stuck: what was told', {}, { at: now, kind: 'stuck', why }, { stuck: why }],
];

test.each(rows)('%s', (_, memory, entry, expected) => {
  const before = { ...emptyMemory, ...memory };
  const after = remember(before, entry);
  expect(after).toEqual({ ...before, ...expected });
  expect(remember(after, entry)).toEqual(after);
});

test('taking anything in twice changes nothing, whatever came before', () => {
  const history = fc.array(anyEntry, { maxLength: 8 });
  fc.assert(
    fc.property(history, anyEntry, (before, entry) => {
      const once = [...before, entry].reduce(remember, emptyMemory);
      expect(remember(once, entry)).toEqual(once);
    }),
    { numRuns: 2_000 },
  );
});

test('an entry of a kind that it does not know, as people may write, leaves it as it is', () => {
  const mended = { at: now, kind: 'mended', why: 'by hand' } as unknown as Entry;
  const memory = remember(emptyMemory, launched);
  expect(remember(memory, mended)).toEqual(memory);
});

test('takes in what it is given and leaves it as it is', () => {
  const history = fc.array(anyEntry, { maxLength: 8 });
  fc.assert(
    fc.property(history, anyEntry, (before, entry) => {
      const memory = before.reduce(remember, emptyMemory);
      const copy = structuredClone(memory);
      remember(memory, entry);
      expect(memory).toEqual(copy);
    }),
  );
});

describe('lets go of', () => {
  const later = (ms: number): Entry => ({
    at: now + ms,
    kind: 'launching',
    generation: 9,
    attempt: 0,
    market: 'spot',
    pool: nanoAmd,
    why,
  });
  test.each<[what: string, memory: Partial<Memory>, forMs: number]>([
    ['launches after an hour', { launches: [known] }, memoryMs],
    ['dooms an hour after their end', { dooms: [{ serverId: a, endsAt: now }] }, memoryMs],
    ['risks after an hour', { risks: [{ at: now, serverId: a, cause: 'rebalance' }] }, riskMs],
    ['ends after an hour', { ended: [gone] }, memoryMs],
    ['interruptions after a day', { interruptions: [now] }, dayMs],
    ['moves after a day', { moves: [now] }, dayMs],
    [
      'holds two hours after their time is over',
      { holds: [closed] },
      closed.until - now + holdMemoryMs,
    ],
  ])('%s', (_, memory, forMs) => {
    const before = { ...emptyMemory, ...memory };
    expect(remember(before, later(forMs - 1))).toEqual(before);
    expect(remember(before, later(forMs))).toEqual(emptyMemory);
  });

  test('nothing else, however old', () => {
    const before = {
      ...emptyMemory,
      generation: 7,
      attempt: 2,
      stuck: why,
      named: { at: now, address: parkedAddress, serverId: a },
      incident: { at: now, serverId: a, lostAt: null },
    };
    expect(remember(before, later(1_000 * memoryMs))).toEqual(before);
  });
});
