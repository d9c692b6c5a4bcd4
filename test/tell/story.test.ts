/** What is worth a message, from the journal's versions as passes at once may write them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/core/deeds.ts';
import { readOn, toStory } from '../../shared/tell/story.ts';
import { a, addressOf, b, nano, nanoB } from '../core/scene.ts';
import {
  at,
  calm,
  doomed,
  ended,
  incident,
  launched,
  launching,
  newer,
  parking,
  pointing,
  readAll,
  recovered,
  stuck,
  toJournal,
} from './journals.ts';

const placeA = { serverId: a, market: 'spot', pool: nano, address: addressOf[a], perHour: 0.0014 };
const placeB = {
  serverId: b,
  market: 'on-demand',
  pool: nanoB,
  address: addressOf[b],
  perHour: 0.0052,
};

const begun = [doomed(0), launching(0), incident(0)];
const over = [launched(2, b), pointing(60, b), recovered(60)];
const afterCalm = toStory(toJournal());

test('an interruption: that the server is taken, and that another serves', () => {
  const { news } = readAll([calm, [...calm, ...begun], [...calm, ...begun, ...over]]);
  expect(news.slice(1)).toEqual([
    {
      kind: 'incident',
      id: '2026-11-22T05.00.00.000Z-incident',
      at: at(0),
      lost: placeA,
      cause: { kind: 'notice', endsAt: at(120) },
      launching: 't3.nano in us-east-1b on demand at $0.0052/h, since spot is dear',
    },
    {
      kind: 'recovered',
      id: '2026-11-22T05.00.00.000Z-recovered',
      at: at(60),
      lost: placeA,
      now: placeB,
      outageMs: 0,
      gapMs: null,
      isDrill: false,
    },
  ]);
});

const unrefreshed = (seconds: number) => newer(seconds, 'unrefreshed', { serverId: a });
const moved = [launched(50, b), pointing(60, b)];

describe('told of', () => {
  const stories: [string, Entry[][], string[]][] = [
    ['a first start: once it serves', [[launching(0), parking(0), launched(1)], calm], ['on']],
    ['an ordinary hour: nothing', [calm, calm, calm], ['on']],
    ['off', [calm, [...calm, parking(20)]], ['on', 'off']],
    [
      'off and on again',
      [calm, [parking(20)], [parking(20), launched(30, b), pointing(60, b)]],
      ['on', 'off', 'on'],
    ],
    [
      'off in the middle of an incident: once',
      [calm, begun, [...begun, parking(20), recovered(20, null)]],
      ['on', 'incident', 'recovered'],
    ],
    [
      'and on again after that',
      [calm, begun, [parking(20), recovered(20, null)], [launched(30, b), pointing(60, b)]],
      ['on', 'incident', 'recovered', 'on'],
    ],
    ['a move in peace', [calm, moved], ['on', 'moved']],
    [
      'an incident whose successor serves already: not of a move',
      [calm, [doomed(60), ...moved, incident(60)], [...moved, incident(60), recovered(61)]],
      ['on', 'incident', 'recovered'],
    ],
    [
      'a parked name in the middle of an incident: nothing',
      [calm, [...begun, parking(30, a)], over],
      ['on', 'incident', 'recovered'],
    ],
    [
      'stuck, for another reason, and free again',
      [[stuck(0)], [stuck(0), stuck(5, 'another')], [stuck(5, 'another'), launched(9)]],
      ['stuck', 'free'],
    ],
    [
      'stuck twice',
      [[stuck(0)], [launched(9)], [launched(9), stuck(20)], [launched(30, b)]],
      ['stuck', 'free', 'stuck', 'free'],
    ],
    [
      'one failure to take secrets: nothing',
      [calm, [unrefreshed(0)], [unrefreshed(0), newer(9, 'refreshed', { serverId: a })]],
      ['on'],
    ],
    [
      'the second, and that it has them at last',
      [
        calm,
        [unrefreshed(0)],
        [unrefreshed(0), unrefreshed(60), unrefreshed(180)],
        [unrefreshed(180), newer(200, 'refreshed', { serverId: a })],
        [unrefreshed(180), newer(200, 'refreshed', { serverId: a })],
      ],
      ['on', 'unrefreshed', 'refreshed'],
    ],
    [
      'two passes that learn of the same failure: nothing',
      [calm, [unrefreshed(0), unrefreshed(1)]],
      ['on'],
    ],
    [
      'kinds that nobody here knows: nothing',
      [calm, [newer(1, 'singing'), newer(2, 'rotating', { user: 'ann' })]],
      ['on'],
    ],
    [
      'entries that somebody has spoilt: nothing',
      [calm, [newer(1, 'incident'), newer(2, 'recovered', { serverId: 7 })]],
      ['on'],
    ],
  ];
  test.each(stories)('%s', (_, versions, kinds) => {
    expect(readAll(versions).news.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('what passes at once leave behind is told once:', () => {
  const stories: [string, Entry[][]][] = [
    [
      'the same incident, noted twice',
      [[incident(0)], [incident(0.02)], [incident(0), incident(0.02)]],
    ],
    ['one noted by a pass that was late', [[incident(0)], over, [...over, incident(60.5)]]],
    ['its end, in two wordings', [begun, over, [...over, recovered(60.1, b, 1_000)]]],
    ['its end, lost for a version', [begun, [...begun, ...over], begun, [...begun, ...over]]],
  ];
  test.each(stories)('%s', (_, versions) => {
    const { news } = readAll([calm, ...versions]);
    const ids = news.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(news.filter(({ kind }) => kind === 'incident')).toHaveLength(1);
    expect(news.filter(({ kind }) => kind === 'recovered').length).toBeLessThanOrEqual(1);
  });
});

describe('why', () => {
  const causes: [string, Entry[], object][] = [
    ['AWS gives notice', [doomed(0), incident(0)], { kind: 'notice', endsAt: at(120) }],
    ['AWS takes it at once', [ended(0, true), incident(0)], { kind: 'taken' }],
    [
      'somebody ended it',
      [ended(0, false, 'somebody has ended it by hand'), incident(0)],
      { kind: 'gone', why: `${a} is gone: somebody has ended it by hand` },
    ],
    ['it fell silent', [incident(0, at(-180))], { kind: 'silent', since: at(-180) }],
    ['anything else', [incident(0)], { kind: 'unfit', why: `${a} fails` }],
    [
      'a drill',
      [newer(0, 'drilling', { serverId: a, endsAt: at(120) }), incident(0)],
      { kind: 'drill', endsAt: at(120) },
    ],
  ];
  test.each(causes)('%s', (_, entries, cause) => {
    expect(readAll([calm, entries]).news.at(-1)).toMatchObject({ kind: 'incident', cause });
  });

  test('it was a drill, says its end too', () => {
    const drilling = newer(0, 'drilling', { serverId: a, endsAt: at(120) });
    const { news } = readAll([calm, [drilling, incident(0)], over]);
    expect(news.at(-1)).toMatchObject({ kind: 'recovered', isDrill: true });
  });

  test('nobody was connected', () => {
    const idling = newer(10, 'idling');
    expect(readAll([calm, [idling, parking(11)]]).news.at(-1)).toMatchObject({
      kind: 'off',
      why: 'it is idling',
    });
    expect(readAll([calm, [idling], [parking(3_600)]]).news.at(-1)).toMatchObject({ why: null });
  });
});

test('begins where the loop is: an incident that began before is told of when it is over', () => {
  const { memory } = toJournal();
  const launch = { at: at(-60), serverId: a, generation: 1, market: 'spot', pool: nano } as const;
  const named = { at: at(-10), address: addressOf[a], serverId: a };
  const open = { at: at(0), serverId: a, lostAt: null };
  const story = toStory({
    memory: { ...memory, launches: [launch], named, incident: open },
    entries: begun,
  });
  expect(readAll([[...begun, ...over]], story).news).toEqual([
    expect.objectContaining({
      kind: 'recovered',
      lost: { ...placeA, perHour: null },
      now: placeB,
    }),
  ]);
});

test('begins where the loop is: what an address has moved before is no news, though it is read again', () => {
  const moving = (seconds: number, serverId: string, from: string): Entry => ({
    at: at(seconds),
    kind: 'moving',
    serverId,
    address: addressOf[a],
    addressId: 'eipalloc-1',
    from,
    why: `${serverId} serves: the address moves to it`,
  });
  const before = [...calm, launched(20, b), moving(60, b, a), launched(100), moving(120, a, b)];
  const story = toStory(toJournal(...before));
  const { news } = readAll([before, [...before, moving(180, b, a)]], story);
  expect(news).toEqual([expect.objectContaining({ kind: 'moved', at: at(180), from: placeA })]);
});

test('remembers the servers that matter, and not all that ever were', () => {
  const many = Array.from({ length: 40 }, (_, index) =>
    launched(index, `i-${String(index).padStart(8, '0')}`),
  );
  const { story } = readAll([calm, ...many.map((entry) => [entry])]);
  expect(story.places.length).toBeLessThan(9);
  expect(story.places).toContainEqual(placeA);
});

const anyEntry = fc
  .tuple(
    fc.constantFrom(launched, pointing, parking, doomed, incident, recovered, stuck, unrefreshed),
    fc.integer({ min: 0, max: 3 * 60 }),
  )
  .map(([make, seconds]) => (make as (seconds: number) => Entry)(seconds));

test('whatever is written: ids are distinct, and what is read again is no news', () => {
  const anyVersions = fc.array(fc.array(anyEntry, { maxLength: 6 }), { maxLength: 8 });
  fc.assert(
    fc.property(anyVersions, (versions) => {
      let story = afterCalm;
      const ids: string[] = [];
      for (const entries of versions) {
        const read = readOn(story, toJournal(...entries));
        const again = readOn(read.story, toJournal(...entries));
        expect(again.news).toEqual([]);
        ids.push(...read.news.map(({ id }) => id));
        story = read.story;
      }
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 2_000 },
  );
});

test('an incident is never told before the last one was over', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyEntry, { maxLength: 6 }), { maxLength: 8 }), (versions) => {
      const told = readAll(versions).news.filter(
        ({ kind }) => kind === 'incident' || kind === 'recovered',
      );
      for (const [index, { kind }] of told.entries())
        expect(kind).toBe(index % 2 ? 'recovered' : 'incident');
    }),
    { numRuns: 2_000 },
  );
});
