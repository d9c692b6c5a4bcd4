/** What the month has cost, in sums that can be done by hand. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/core/deeds.ts';
import { count, isCounting } from '../../shared/core/ledger.ts';
import { ledgerGapMaxMs } from '../../shared/core/limits.ts';
import type { Amount, Ledger, Observed } from '../../shared/core/model.ts';
import {
  a,
  ago,
  b,
  booting,
  c,
  hourMs,
  minuteMs,
  nanoB,
  now,
  observe,
  off,
  policy,
  secondMs,
  serving,
  silent,
} from './scene.ts';

type Parts = Parameters<typeof observe>[0];
type Sums = Partial<Record<Exclude<keyof Ledger, 'month' | 'until' | 'days'>, Amount>>;

/** $0.08 a GB-month for 8 GB, in the 730.5 hours of a mean month. */
const disk = 0.64 / 730.5;
const address = 0.005;
const amount = (hours: number, perHour: number): Amount => ({ hours, dollars: hours * perHour });
const none = amount(0, 0);
const always = (hours: number) => ({ alwaysOnDemand: amount(hours, 0.0047 + address + disk) });

const toLedger = (until: number, sums: Sums = {}, month = '2026-11'): Ledger => ({
  month,
  until,
  spot: none,
  onDemand: none,
  address: none,
  disk: none,
  alwaysOnDemand: none,
  days: {},
  ...sums,
});
/** So many server hours at that price, with their addresses and disks. */
const spot = (hours: number, perHour: number): Sums => ({
  spot: amount(hours, perHour),
  address: amount(hours, address),
  disk: amount(hours, disk),
});
const onDemand = (hours: number, perHour: number): Sums => {
  const { spot: paid = none, ...rest } = spot(hours, perHour);
  return { onDemand: paid, ...rest };
};

/** Counted until so long ago. */
const counted = (ms: number, parts: Parts, differs: Partial<Observed> = {}): Observed => ({
  ...observe(parts),
  ledger: toLedger(ago(ms)),
  ...differs,
});

function expectLedger(actual: Ledger | null, expected: Ledger): void {
  expect(rounded(actual)).toEqual(rounded(expected && { ...expected, days: actual?.days ?? {} }));
}

describe('by the day', () => {
  const recovered: Entry = {
    at: now,
    kind: 'recovered',
    serverId: a,
    outageMs: 3 * minuteMs,
    why: 'It serves again',
  };
  const daysOf = (observed: Observed, entries: Entry[] = []) =>
    count(observed, policy, entries).current.days;
  const counting = counted(5 * minuteMs, [serving(a)]);
  const twelfth = expect.closeTo(1 / 12, 9) as number;
  test.each([
    ['how long it was wanted', counting, [], { '22': { wanted: twelfth, out: 0 } }],
    ['how long it was out', counting, [recovered], { '22': { wanted: twelfth, out: 0.05 } }],
    ['nothing while it is off', { ...counting, desired: off }, [], {}],
  ])('%s', (_, observed, entries, expected) => {
    expect(daysOf(observed, entries)).toEqual(expected);
  });

  test('each day has its own', () => {
    const days = { '21': { wanted: 24, out: 0 }, '22': { wanted: 5, out: 0.5 } };
    const ledger = { ...toLedger(ago(minuteMs)), days };
    expect(daysOf({ ...counting, ledger }, [recovered])).toEqual({
      ...days,
      '22': { wanted: expect.closeTo(5 + 1 / 60, 9) as number, out: 0.55 },
    });
  });
});

/** To a billionth: sums of fractions come out differently in their last digits. */
function rounded(ledger: Ledger | null): unknown {
  const digits = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(9)) : value;
  return JSON.parse(JSON.stringify(ledger, digits));
}

const five = 5 * minuteMs;
const twelfth = 1 / 12;
const elsewhere = { pool: { type: 't3.nano', zone: 'us-east-1f' } };
const foreignType = { pool: { type: 't2.nano', zone: 'us-east-1a' }, market: 'on-demand' } as const;

test('an Elastic IP address costs what it does in use while no server has it', () => {
  const idle = { id: 'eipalloc-1', address: '198.51.100.1', serverId: null };
  const addresses = [idle, { ...idle, id: 'eipalloc-2', serverId: a }];
  const observed = { ...counted(hourMs / 12, [serving(a)]), addresses };
  expect(count(observed, policy, []).current.address.hours).toBeCloseTo(2 / 12, 9);
});

describe('five minutes of', () => {
  test.each<[sentence: string, observed: Observed, expected: Sums]>([
    [
      'a server on spot',
      counted(five, [serving(a)]),
      { ...spot(twelfth, 0.0016), ...always(twelfth) },
    ],
    [
      'a server on spot in another pool',
      counted(five, [serving(a, { pool: nanoB })]),
      { ...spot(twelfth, 0.0018), ...always(twelfth) },
    ],
    [
      'a server on demand',
      counted(five, [serving(a, { market: 'on-demand' })]),
      { ...onDemand(twelfth, 0.0052), ...always(twelfth) },
    ],
    [
      'a server on demand of a type that is no longer configured: what the dearest costs',
      counted(five, [serving(a, foreignType)]),
      { ...onDemand(twelfth, 0.0052), ...always(twelfth) },
    ],
    [
      'one of each',
      counted(five, [serving(a), serving(b, { market: 'on-demand' })]),
      {
        ...spot(twelfth, 0.0016),
        ...onDemand(twelfth, 0.0052),
        address: amount(2 * twelfth, address),
        disk: amount(2 * twelfth, disk),
        ...always(twelfth),
      },
    ],
    [
      'a server that was launched two minutes ago: two of it',
      counted(five, [booting(a, { launchedAt: ago(2 * minuteMs), state: 'pending' })]),
      { ...spot(1 / 30, 0.0016), ...always(twelfth) },
    ],
    [
      'a server that EC2 says will be launched: nothing yet',
      counted(five, [booting(a, { launchedAt: now + secondMs })]),
      always(twelfth),
    ],
    [
      'servers that have ended or stopped: nothing',
      counted(five, [
        silent(a, { state: 'terminated' }),
        silent(b, { state: 'shutting-down' }),
        silent(c, { state: 'stopped' }),
      ]),
      always(twelfth),
    ],
    ['wanting it, without any server', counted(five, []), always(twelfth)],
    [
      'a server with the power off',
      counted(five, [serving(a)], { desired: off }),
      spot(twelfth, 0.0016),
    ],
    [
      'a server while nobody knows the prices: at the cap, which it can cost at most',
      counted(five, [serving(a)], { prices: null }),
      { ...spot(twelfth, 0.004), ...always(twelfth) },
    ],
    [
      'a server in a pool without a price: at the cap',
      counted(five, [serving(a, elsewhere)]),
      { ...spot(twelfth, 0.004), ...always(twelfth) },
    ],
    [
      'a day that nobody looked: what was not seen is left out',
      counted(24 * hourMs, [serving(a)]),
      { ...spot(0.25, 0.0016), ...always(0.25) },
    ],
    [
      'as long as is still believed',
      counted(ledgerGapMaxMs, [serving(a)]),
      { ...spot(0.25, 0.0016), ...always(0.25) },
    ],
  ])('%s', (_, observed, expected) => {
    const { current, finished } = count(observed, policy, []);
    expectLedger(current, toLedger(now, expected));
    expect(finished).toBeNull();
  });
});

test('is added to what the month has cost already', () => {
  const before: Sums = { spot: { hours: 10, dollars: 1 }, disk: { hours: 20, dollars: 2 } };
  const { current } = count(
    counted(five, [serving(a)], { ledger: toLedger(ago(five), before) }),
    policy,
    [],
  );
  expectLedger(current, {
    ...toLedger(now, { ...spot(twelfth, 0.0016), ...always(twelfth) }),
    spot: { hours: 10 + twelfth, dollars: 1 + twelfth * 0.0016 },
    disk: { hours: 20 + twelfth, dollars: 2 + twelfth * disk },
  });
});

test('counted twice, or by a clock that lags, is counted once', () => {
  const ahead = toLedger(now + minuteMs, spot(1, 0.0016));
  const { current } = count(counted(0, [serving(a)], { ledger: ahead }), policy, []);
  expectLedger(current, ahead);
});

test('without a ledger counting begins now', () => {
  const { current, finished } = count(observe([serving(a)]), policy, []);
  expectLedger(current, toLedger(now));
  expect(finished).toBeNull();
});

describe('at the turn of the month', () => {
  const turn = Date.UTC(2026, 11);
  const at = (afterMs: number, until: number, month = '2026-11'): Observed => ({
    ...observe([serving(a, { launchedAt: turn - hourMs })]),
    now: turn + afterMs,
    ledger: toLedger(until, spot(1, 1), month),
  });
  const more = (hours: number) => ({ ...spot(hours, 0.0016), ...always(hours) });
  const added = (hours: number): Sums => ({
    spot: { hours: 1 + hours, dollars: 1 + hours * 0.0016 },
    address: amount(1 + hours, address),
    disk: amount(1 + hours, disk),
    ...always(hours),
  });

  test.each<[sentence: string, observed: Observed, inOld: number, inNew: number]>([
    ['each gets its minutes', at(2 * minuteMs, turn - 3 * minuteMs), 1 / 20, 1 / 30],
    ['to the millisecond', at(0, turn - five), twelfth, 0],
    [
      'the new month gets what comes after it, though nobody looked before',
      at(10 * minuteMs, turn - hourMs),
      0.25,
      1 / 6,
    ],
    ['a long gap after it is left out', at(2 * hourMs, turn), 0, 0.25],
  ])('%s', (_, observed, inOld, inNew) => {
    const { current, finished } = count(observed, policy, []);
    expectLedger(finished, toLedger(turn, added(inOld)));
    expectLedger(current, toLedger(observed.now, more(inNew), '2026-12'));
  });

  test('the last moment of a month is still in it', () => {
    const { current, finished } = count(at(-1, turn - five), policy, []);
    expect(finished).toBeNull();
    expect(current).toMatchObject({ month: '2026-11', until: turn - 1 });
  });

  test('a server launched after it costs the old month nothing', () => {
    const observed = at(3 * minuteMs, turn - minuteMs);
    observed.servers = [booting(a, { launchedAt: turn + 2 * minuteMs }).server];
    const { current, finished } = count(observed, policy, []);
    expect(finished?.spot).toEqual(amount(1, 1));
    expect(current.spot.hours).toBeCloseTo(1 / 60, 9);
  });
});

test.each<[sentence: string, observed: Observed, expected: boolean]>([
  ['the VPN is wanted', observe([]), true],
  ['a server runs, though it is not wanted', observe([serving(a)], { desired: off }), true],
  ['a server starts', observe([booting(a, { state: 'pending' })], { desired: off }), true],
  [
    'no: it is off, and all has ended',
    observe([silent(a, { state: 'terminated' })], { desired: off }),
    false,
  ],
  [
    'no: it is off, and a server is stopped',
    observe([silent(a, { state: 'stopped' })], { desired: off }),
    false,
  ],
])('it counts while %s', (_, observed, expected) => {
  expect(isCounting(observed)).toBe(expected);
});
