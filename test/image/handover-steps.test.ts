/** A server's handover step by step, in a time of its own: with good luck, with bad luck, and with somebody's bad will. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askPython } from './python.ts';

const script = readFileSync(join(import.meta.dirname, 'handover.py'), 'utf8');

/** What holds from then on, in seconds; `packets` come once, `restart` is the agent's. */
interface Event {
  at: number;
  address?: string | null;
  move?: { address: string; from: string | null; to: string; at: number } | null;
  others?: {
    id: string;
    at: number;
    clock?: number;
    endpoints: Record<string, string>;
    takenAt?: number;
    serves?: boolean;
  }[];
  /** Whose client has shaken hands, and where it is. */
  met?: Record<string, string>;
  packets?: string[];
  people?: number;
  doomed?: boolean;
  /** Who does not answer. */
  out?: string[];
  restart?: boolean;
}

type Deed = [at: number, deed: string, ...details: unknown[]];
interface Played {
  done: Deed[];
  result: { from?: string; clients: number; answered: number; gapMs?: number } | null;
}

const [e, own, other] = ['203.0.113.1', '203.0.113.7', '203.0.113.8'];
const [me, former] = ['i-me', 'i-former'];
const [ann, bob, stranger] = ['198.51.100.7:40000', '198.51.100.8:40001', '198.51.100.9:9'];
const mine = { address: e, from: former, to: me };
const gone = { address: e, from: me, to: former };
const long = { ...gone, at: -9_000 };
const report = (endpoints: Record<string, string> = { ann, bob }, at = 0) => [
  { id: former, at, endpoints },
];

const play = (events: Event[], seconds = 20, users = ['ann', 'bob']) => {
  const { done, result } = askPython<Played>(script, { events, seconds, users });
  const all = (...deeds: string[]) => done.filter(([, deed]) => deeds.includes(deed));
  return { done, result, all };
};
/** It serves beside the former one, and knows where its clients are. */
const waiting: Event = { at: 0, address: own, move: long, others: report() };
/** It has had the address for long, and nobody else is there. */
const holding: Event = { at: 0, address: e, move: { ...mine, at: -9_000 }, others: [] };

describe('the one that gets the address', () => {
  test('speaks to all at once when a packet of theirs shows that it is here', () => {
    const { all, result } = play([
      waiting,
      { at: 3, move: { ...mine, at: 3 } },
      { at: 3.5, address: e, packets: [ann] },
      { at: 3.7, met: { ann } },
      { at: 3.8, met: { ann, bob } },
    ]);
    expect(all('greets', 'relaxes')).toEqual([
      [3.5, 'greets', { ann, bob }, false],
      [3.8, 'relaxes'],
    ]);
    expect(result).toMatchObject({ from: former, clients: 2, answered: 2, gapMs: 300 });
  });

  test('when its metadata are late, by what was announced', () => {
    const { all } = play([
      waiting,
      { at: 3, move: { ...mine, at: 3 } },
      { at: 3.5, packets: [ann] },
      { at: 9, address: e },
    ]);
    expect(all('greets')[0]).toEqual([3.5, 'greets', { ann, bob }, false]);
    expect(all('leaves')).toEqual([]);
  });

  test('by its metadata alone, when all clients are silent: then a packet is waited for a moment', () => {
    const { all } = play([waiting, { at: 3, move: { ...mine, at: 3 } }, { at: 3.5, address: e }]);
    const at = all('greets')[0]?.[0];
    expect(at).toBeGreaterThan(5.4);
    expect(at).toBeLessThan(6);
  });

  test('also when the move could not be announced', () => {
    const move = { address: e, from: 'i-before', to: former, at: -100 };
    const { all } = play([
      { ...waiting, move },
      { at: 3.5, address: e },
    ]);
    expect(all('greets')).not.toEqual([]);
    expect(all('leaves')).toEqual([]);
  });

  test('what the former reported last may come later', () => {
    const { all } = play([
      { ...waiting, others: report({ ann }) },
      { at: 3, move: { ...mine, at: 3 } },
      { at: 3.5, address: e },
      { at: 3.7, met: { ann } },
      { at: 6, others: report({ ann, bob }, 5) },
    ]);
    const [, , endpoints] = all('greets').at(-1) ?? [];
    expect(endpoints).toEqual({ bob });
  });

  test.each([
    ['ten seconds after a move', { at: 0 }, 10],
    ['as long as nobody was there', { at: -40 }, 43.5],
    ['ten seconds after one that AWS is yet to take', { at: -40, takenAt: 60 }, 10],
    ['as long as nobody was there, though AWS had said so', { at: -60, takenAt: -40 }, 43.5],
    ['never longer than TCP waits', { at: -400 }, 120],
  ])('connections are asked about for %s', (_, said, seconds) => {
    const { all } = play(
      [
        { ...waiting, others: [{ id: former, endpoints: { ann }, ...said }] },
        { at: 3, move: { ...mine, at: 3 } },
        { at: 3.5, address: e, packets: [ann] },
        { at: 3.7, met: { ann } },
      ],
      150,
    );
    const [at = 0] = all('asks about no connection')[0] ?? [];
    expect(Math.abs(at - 3.5 - seconds)).toBeLessThan(1.5);
  });

  test('a word that is lost is said again, the later ones after longer', () => {
    const { all } = play([
      waiting,
      { at: 3, move: { ...mine, at: 3 } },
      { at: 3.5, address: e, packets: [ann] },
    ]);
    const times = all('greets').map(([at]) => at);
    const waits = times.slice(1).map((at, index) => Math.round(at - (times[index] ?? 0)));
    expect(waits).toEqual([1, 1, 1, 3, 3]);
    expect(all('relaxes')).toHaveLength(1);
  });

  test('with a clock that is behind it goes on for so much longer', () => {
    const clocks = (behind: number) => [
      { id: former, at: 0, clock: 1_800_000_000 + behind, endpoints: { ann } },
      { id: me, at: 0, clock: 1_800_000_000, endpoints: {} },
    ];
    const relaxedAt = (behind: number) =>
      play(
        [
          { ...waiting, others: clocks(behind) },
          { at: 3, address: e, move: { ...mine, at: 3 }, packets: [ann] },
        ],
        90,
      ).all('relaxes')[0]?.[0] ?? 0;
    expect(relaxedAt(0)).toBeCloseTo(13, 0);
    // Clocks that differ by less than a second are in order, and no clock is waited for without end.
    expect(relaxedAt(0.9)).toBeCloseTo(13, 0);
    expect(relaxedAt(7)).toBeCloseTo(20, 0);
    expect(relaxedAt(-7)).toBeCloseTo(13, 0);
    expect(relaxedAt(3_600)).toBeCloseTo(73, 0);
  });

  test('one that sleeps is met when it wakes, by its own packet', () => {
    const { all, result } = play(
      [
        waiting,
        { at: 3, address: e, move: { ...mine, at: 3 }, packets: [ann] },
        { at: 3.2, met: { ann } },
        { at: 60, packets: [bob] },
        { at: 60.1, met: { ann, bob } },
      ],
      70,
    );
    expect(result).toMatchObject({ clients: 2, answered: 1, gapMs: 200 });
    expect(all('greets').at(-1)).toEqual([60, 'greets', { bob }, true]);
    // Of the one that has come over no packet is read any more, and of nobody once both have.
    expect(all('ignores').map(([, , count]) => count)).toEqual([1]);
    expect(all('listens no more').map(([at]) => Math.round(at))).toEqual([60]);
  });

  test('one whose router has taken another port is found by trying who it is', () => {
    const { all } = play([
      waiting,
      { at: 3, address: e, move: { ...mine, at: 3 }, packets: [ann] },
      { at: 3.2, met: { ann } },
      { at: 4.5, packets: [stranger] },
      { at: 4.6, met: { ann, bob: stranger } },
    ]);
    expect(all('greets').at(-1)).toEqual([4.5, 'greets', { bob: stranger }, true]);
  });

  test('a hundred are greeted by one command, and told of in one word', () => {
    const users = Array.from({ length: 100 }, (_, index) => `user${index}`);
    const all100 = Object.fromEntries(
      users.map((user, index) => [user, `198.51.100.7:${40_000 + index}`]),
    );
    const { all, result } = play(
      [
        { ...waiting, others: report(all100) },
        { at: 3, address: e, move: { ...mine, at: 3 }, packets: ['198.51.100.7:40042'] },
        { at: 3.4, met: all100 },
      ],
      20,
      users,
    );
    expect(all('greets')).toEqual([[3, 'greets', all100, false]]);
    expect(result).toMatchObject({ clients: 100, answered: 100 });
    expect(all('ignores')).toEqual([[3.4, 'ignores', 100]]);
  });

  test('an agent that is restarted within the handover takes it up; long after it, it does not', () => {
    const begun = (at: number) =>
      play(
        [waiting, { at: 3, address: e, move: { ...mine, at: 3 } }, { at, restart: true }],
        at + 5,
      )
        .all('greets')
        .filter(([when]) => when >= at);
    expect(begun(5)).not.toEqual([]);
    expect(begun(40)).toEqual([]);
  });

  test('while Parameter Store is out it goes by its metadata and by what it has read', () => {
    const { all } = play([
      waiting,
      { at: 2, out: ['others', 'move'] },
      { at: 3.5, address: e, packets: [ann] },
    ]);
    expect(all('greets')[0]?.[2]).toEqual({ ann, bob });
  });
});

describe('the one that loses the address', () => {
  test('falls silent', () => {
    const { all } = play([holding, { at: 6, address: null, move: { ...gone, at: 6 } }]);
    expect(all('leaves')).toHaveLength(1);
    expect(all('hangs up')).toHaveLength(1);
  });

  test('within a fifth of a second, if AWS takes it', () => {
    const { all } = play([
      { ...holding, doomed: true },
      { at: 6.1, address: null },
    ]);
    expect(all('leaves')[0]?.[0]).toBeLessThan(6.4);
  });

  test('also before it has greeted everybody, and it greets nobody after that', () => {
    const { done } = play([
      waiting,
      { at: 3, address: e, move: { ...mine, at: 3 }, packets: [ann] },
      { at: 6, address: null, move: { ...gone, at: 6 } },
      { at: 9, address: other },
    ]);
    const left = done.findIndex(([, deed]) => deed === 'leaves');
    expect(left).toBeGreaterThan(0);
    expect(done.slice(left).filter(([, deed]) => deed === 'greets')).toEqual([]);
  });

  test('and may get it again, with the clients of the one between', () => {
    const { all, result } = play(
      [
        waiting,
        { at: 3, address: e, move: { ...mine, at: 3 }, packets: [ann], met: { ann, bob } },
        { at: 6, address: null, met: {}, others: report({}, 6), move: { ...gone, at: 6 } },
        { at: 40, others: report({ ann: stranger }, 39) },
        { at: 45, address: e, move: { ...mine, at: 44 }, packets: [stranger] },
        { at: 45.1, met: { ann: stranger } },
      ],
      60,
    );
    expect(all('greets').at(-1)).toEqual([45, 'greets', { ann: stranger }, false]);
    expect(result).toMatchObject({ clients: 1, answered: 1, gapMs: 100 });
  });
});

describe('people by PPTP', () => {
  const serving = (at: number, serves = true, more: { takenAt?: number } = {}) => [
    { id: former, at, endpoints: {}, serves, ...more },
  ];
  test('are sent away as soon as another serves, where AWS takes the server', () => {
    const { all } = play([
      { ...holding, people: 2, doomed: true },
      { at: 2, others: serving(2, false) },
      { at: 10, others: serving(10) },
      { at: 12, move: { ...gone, at: 12 } },
      { at: 13, address: null },
    ]);
    const deeds = all('dismisses');
    expect(deeds).toHaveLength(1);
    expect(deeds[0]?.[0]).toBeGreaterThanOrEqual(10);
    expect(deeds[0]?.[0]).toBeLessThan(10.3);
  });
  test.each([
    ['only waits in peace', { doomed: false, others: serving(2) }],
    ['AWS takes as well', { doomed: true, others: serving(2, true, { takenAt: 100 }) }],
    ['served long ago', { doomed: true, others: serving(-100) }],
    ['is this one', { doomed: true, others: [{ id: me, at: 2, endpoints: {}, serves: true }] }],
    [
      "has an address of its own, as this one's",
      { address: own, doomed: true, others: serving(2) },
    ],
  ])('but not for another that %s', (_, event) => {
    const { all } = play([
      { ...holding, people: 2 },
      { at: 2, ...event },
    ]);
    expect(all('dismisses')).toEqual([]);
  });
  test('also when it goes in peace', () => {
    const { all } = play([
      { ...holding, people: 2 },
      { at: 10, move: { ...gone, at: 10 } },
      { at: 12, address: null },
    ]);
    expect(all('dismisses')[0]?.[0]).toBeLessThan(11.1);
  });
  test('but not by an announcement that came to nothing, whenever the agent is restarted', () => {
    const { all } = play(
      [
        { ...holding, people: 2, move: { ...gone, at: -100 } },
        { at: 8, restart: true },
      ],
      20,
    );
    expect(all('dismisses')).toEqual([]);
  });
  test('are the only reason to ask Parameter Store about a move in peace', () => {
    const { all } = play([holding], 60);
    expect(all('asks move').filter(([at]) => at > 1)).toEqual([]);
  });
});

describe('somebody with bad will', () => {
  test("who sends in a client's name moves nobody before the address does", () => {
    const { all } = play([
      waiting,
      ...Array.from({ length: 40 }, (_, index) => ({ at: 2 + index / 20, packets: [ann] })),
    ]);
    expect(all('greets')).toEqual([]);
    // Nor does it make the server ask AWS more than five times a second.
    expect(all('asks move').filter(([at]) => at >= 2 && at < 4).length).toBeLessThanOrEqual(11);
  });

  test('whose report names people who are not let in has nobody greeted', () => {
    const { all, result } = play([
      { ...waiting, others: report({ eve: stranger, ann }) },
      { at: 3, address: e, move: { ...mine, at: 3 }, packets: [ann] },
      { at: 3.2, met: { ann } },
    ]);
    expect(all('greets')).toEqual([[3, 'greets', { ann }, false]]);
    expect(result).toMatchObject({ clients: 1, answered: 1 });
  });

  test('who sends from many places has few words sent there', () => {
    const { all } = play(
      [
        waiting,
        { at: 3, address: e, move: { ...mine, at: 3 }, packets: [ann] },
        { at: 3.2, met: { ann } },
        ...Array.from({ length: 100 }, (_, index) => ({
          at: 5 + index,
          packets: [`192.0.2.7:${1_000 + index}`],
        })),
      ],
      110,
    );
    const there = all('greets').filter(([, , to]) => JSON.stringify(to).includes('192.0.2.7'));
    expect(there).toHaveLength(8);
  });
});

test('two that both have it by their metadata do not disturb each other: only who is heard is answered', () => {
  // The former's metadata are late: nobody sends to it, and it says nothing of its own.
  const { all } = play([
    { ...holding, move: { ...gone, at: 5 } },
    { at: 9, address: null },
  ]);
  expect(all('greets')).toEqual([]);
  expect(all('leaves')).toHaveLength(1);
});
