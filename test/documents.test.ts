/** The documents in Parameter Store: what people and servers may write, right, wrong or odd, and what we write. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { append, type Journal } from '../shared/core/journal.ts';
import { emptyMemory } from '../shared/core/memory.ts';
import type { Ledger } from '../shared/core/model.ts';
import {
  readJournal,
  readLedger,
  readReport,
  writeJournal,
  writeLedger,
} from '../shared/documents/state.ts';
import { anyEntry } from './core/entries.ts';
import { a, addressOf, minuteMs, nano, now } from './core/scene.ts';

const empty: Journal = { memory: emptyMemory, entries: [] };

describe('a report', () => {
  const read = (json: string, id: string = a) => readReport(id, json, now);
  const bare = {
    serverId: a,
    at: now,
    serving: {},
    sessions: 0,
    idleMs: null,
    applied: { users: {}, keys: {} },
    noticeAt: null,
    rebalanceAt: null,
    problem: null,
    who: [],
  };
  test.each([
    ['of all protocols', { pptp: true, wireguard: true }],
    ['of one protocol', { wireguard: false }],
    ['of none', {}],
  ])('%s', (_, serving) => {
    expect(read(JSON.stringify({ serving }))).toEqual({ ...bare, serving });
    expect(read(JSON.stringify({ serving, sessions: 7 }))).toEqual({
      ...bare,
      serving,
      sessions: 7,
    });
  });

  test('keeps to what we know and to our own clock', () => {
    const json = '{"at":"2036-01-01T00:00:00Z","load":2,"serving":{"pptp":true,"openvpn":true}}';
    expect(read(json)).toEqual({ ...bare, serving: { pptp: true } });
  });

  test('of everything', () => {
    const json = `{"serving":{"wireguard":true},"sessions":0,"idleSeconds":312,"problem":"The disk is full",
      "applied":{"users":{"alice":3},"keys":{"wireguard":1}},
      "notice":"2026-11-22T05:02:00Z","rebalance":"2026-11-22T04:59:00Z"}`;
    expect(read(json)).toEqual({
      ...bare,
      serving: { wireguard: true },
      applied: { users: { alice: 3 }, keys: { wireguard: 1 } },
      idleMs: 312_000,
      noticeAt: now + 2 * minuteMs,
      rebalanceAt: now - minuteMs,
      problem: 'The disk is full',
    });
  });

  test.each([
    '',
    'serving',
    'null',
    '[]',
    '{}',
    '{"serving":true}',
    '{"serving":null}',
    '{"serving":{"pptp":"yes"}}',
    '{"serving":{"pptp":1}}',
    '{"serving":{"pptp":null}}',
    '{"serving":{},"sessions":-1}',
    '{"serving":{},"sessions":0.5}',
    '{"serving":{},"sessions":"2"}',
    '{"serving":{},"idleSeconds":-1}',
    '{"serving":{},"applied":{"users":{"alice":"3"}}}',
    '{"serving":{},"notice":1790000000}',
    '{"serving":{},"problem":7}',
  ])('that reads %j is none', (json) => {
    expect(read(json)).toBeNull();
  });

  test.each(['', 'i-1', 'i-XYZ', 'i-0000000a/x', 'server', 'i-0123456789abcdef01'])(
    'under the name %j is none',
    (id) => {
      expect(read('{"serving":{}}', id)).toBeNull();
    },
  );
});

describe('the journal', () => {
  test.each([
    ['was never written', undefined],
    ['is no JSON', '{"memory"'],
    ['is empty', '{}'],
    ['lacks its memory', '{"entries":[]}'],
    ['lacks its entries', JSON.stringify({ memory: emptyMemory })],
    ['lacks a part of its memory', '{"memory":{"generation":1},"entries":[]}'],
    ['counts backwards', toJson({ generation: -1 })],
    ['counts in halves', toJson({ attempt: 0.5 })],
    ['has a time of another kind', toJson({ dooms: [{ serverId: a, endsAt: 'tomorrow' }] })],
    ['has a time that is a number', toJson({ dooms: [{ serverId: a, endsAt: now }] })],
    [
      'has a server that is none',
      toJson({ ended: [{ serverId: 'x', explained: true, at: '2026-11-22T05:00:00Z' }] }),
    ],
    [
      'has an address that is none',
      toJson({ named: { address: 'vpn', serverId: a, at: '2026-11-22T05:00:00Z' } }),
    ],
    [
      'has an entry without a reason',
      '{"memory":{},"entries":[{"at":"2026-11-22T05:00:00Z","kind":"stuck"}]}',
    ],
  ])('begins anew if it %s', (_, json) => {
    expect(readJournal(json)).toEqual(empty);
  });

  test('is the same after it was written and read, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 20 }), (entries) => {
        const journal = append(empty, entries);
        expect(readJournal(writeJournal(journal))).toEqual(journal);
      }),
      { numRuns: 500 },
    );
  });

  test('read twice is the same, also when others have read another in between', () => {
    const [one, other] = [append(empty, [parking]), append(empty, [doomed])].map(writeJournal);
    const first = structuredClone(readJournal(one));
    readJournal(other);
    expect(readJournal(one)).toEqual(first);
  });

  test('that a person has mended is read: other ISO times, and entries of their own', () => {
    const memory = {
      ...emptyMemory,
      named: { at: '2026-11-22T06:00:00+01:00', address: addressOf[a], serverId: a },
    };
    const entries = [{ at: '2026-11-22T05:00:00Z', kind: 'mended', why: 'by hand', who: 'me' }];
    expect(readJournal(JSON.stringify({ memory, entries }))).toEqual({
      memory: { ...emptyMemory, named: { at: now, address: addressOf[a], serverId: a } },
      entries: [{ at: now, kind: 'mended', why: 'by hand', who: 'me' }],
    });
  });

  test.each(['2026-11-22T05:00:00+01', '2026-11-22T05:00:00Z', '2026-02-30T00:00:00Z'])(
    'that holds the time %s can be written again',
    (at) => {
      const journal = readJournal(toJson({ ended: [{ serverId: a, at, explained: false }] }));
      expect(readJournal(writeJournal(journal))).toEqual(journal);
    },
  );

  test('is JSON with ISO times, which people can read', () => {
    const memory = {
      ...emptyMemory,
      generation: 2,
      launches: [{ at: now, serverId: a, generation: 2, market: 'spot' as const, pool: nano }],
      dooms: [{ serverId: a, endsAt: now + 2 * minuteMs }],
      holds: [{ zone: null, until: now + 1, code: 'interrupted', times: 2 }],
      interruptions: [now, now + 1],
      moves: [now],
      incident: { at: now, serverId: a, lostAt: now },
    };
    expect(JSON.parse(writeJournal({ memory, entries: [parking, doomed] }))).toEqual({
      memory: {
        ...memory,
        launches: [{ ...memory.launches[0], at: '2026-11-22T05:00:00.000Z' }],
        dooms: [{ serverId: a, endsAt: '2026-11-22T05:02:00.000Z' }],
        holds: [{ zone: null, until: '2026-11-22T05:00:00.001Z', code: 'interrupted', times: 2 }],
        interruptions: ['2026-11-22T05:00:00.000Z', '2026-11-22T05:00:00.001Z'],
        moves: ['2026-11-22T05:00:00.000Z'],
        incident: {
          at: '2026-11-22T05:00:00.000Z',
          serverId: a,
          lostAt: '2026-11-22T05:00:00.000Z',
        },
      },
      entries: [
        { ...parking, at: '2026-11-22T05:00:00.000Z' },
        { ...doomed, at: '2026-11-22T05:00:00.000Z', endsAt: '2026-11-22T05:02:00.000Z' },
      ],
    });
  });
});

describe('the ledger', () => {
  const amount = (hours: number, dollars: number) => ({ hours, dollars });
  const ledger: Ledger = {
    month: '2026-11',
    until: now,
    spot: amount(1.5, 0.0024),
    onDemand: amount(0, 0),
    address: amount(1.5, 0.0075),
    disk: amount(1.5, 0.001314),
    alwaysOnDemand: amount(2, 0.021152),
    days: { '22': { wanted: 1.5, out: 0.025 } },
  };

  test('is the same after it was written and read', () => {
    expect(readLedger(writeLedger(ledger))).toEqual(ledger);
  });

  test('is JSON with an ISO time, to a millionth of a dollar and of an hour', () => {
    const precise = { ...ledger, spot: amount(1 / 3, 0.0016 / 3) };
    expect(JSON.parse(writeLedger(precise))).toEqual({
      ...ledger,
      until: '2026-11-22T05:00:00.000Z',
      spot: amount(0.333333, 0.000533),
    });
  });

  const written = JSON.parse(writeLedger(ledger)) as object;
  test.each([
    ['was never written', undefined],
    ['is no JSON', '{"month"'],
    ['is empty', '{}'],
    ['has no month', JSON.stringify({ ...written, month: 'November' })],
    ['has a time that is a number', JSON.stringify({ ...written, until: now })],
    ['lacks an amount', JSON.stringify({ ...written, disk: undefined })],
    [
      'has an amount that is none',
      JSON.stringify({ ...written, spot: { hours: '1', dollars: 1 } }),
    ],
  ])('begins anew if it %s', (_, json) => {
    expect(readLedger(json)).toBeNull();
  });
});

const parking = { at: now, kind: 'parking', serverId: null, why: 'The VPN is off' } as const;
const doomed = {
  at: now,
  kind: 'doomed',
  serverId: a,
  endsAt: now + 2 * minuteMs,
  market: 'spot',
  pool: nano,
  why: 'AWS will take it',
} as const;

/** A journal with that in its memory, as it would be written. */
function toJson(memory: object): string {
  return JSON.stringify({ memory: { ...emptyMemory, ...memory }, entries: [] });
}
