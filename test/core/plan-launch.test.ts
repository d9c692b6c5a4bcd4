/** When the plan launches a server, when it says that it can't, and when it leaves well alone. */
import { describe, expect, test } from 'vitest';
import type { Action } from '../../shared/core/deeds.ts';
import {
  bootMaxMs,
  launchesPerHourMax,
  listLagMs,
  reportFreshMs,
} from '../../shared/core/limits.ts';
import type { Observed } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import {
  a,
  ago,
  b,
  booting,
  c,
  hourMs,
  imageId,
  minuteMs,
  nano,
  nanoAmd,
  nanoB,
  now,
  observe,
  parked,
  policy,
  serving,
  silent,
  some,
  toDooms,
  toEnds,
  toHolds,
  toLaunches,
  toPrices,
  toReport,
  wish,
} from './scene.ts';

type Row = [sentence: string, observed: Observed, expected: unknown[]];

const onSpot = 'launching t3.nano in us-east-1a on spot at $0.0016/h, within the cap of $0.004';
const launch = {
  kind: 'launch',
  market: 'spot',
  pool: nano,
  imageId,
  maxPrice: 0.004,
  perHour: 0.0016,
  generation: 1,
  attempt: 0,
  planned: false,
  why: `There is no server: ${onSpot}`,
} as const satisfies Action;
const second = { ...launch, generation: 2 };
const stuck = (why: string): Action => ({ kind: 'stuck', why });

const needs: Row[] = [
  ['no server', observe([]), [launch]],
  ['a server that serves: nothing', observe([serving(a)]), []],
  ['a server that boots: nothing', observe([booting(a)]), []],
  [
    'a server that EC2 has not started yet: nothing',
    observe([booting(a, { state: 'pending', address: null })]),
    [],
  ],
  [
    'a doomed one, though it serves',
    observe([serving(a)], { memory: toDooms(a) }),
    [{ ...second, why: `AWS takes ${a} at 05:01:00 UTC: ${onSpot}` }],
  ],
  [
    'a named one that reports no more',
    observe([silent(a)], { name: '203.0.113.10' }),
    [{ ...second, why: `${a} does not report that it serves: ${onSpot}` }],
  ],
  [
    'a boot that is about to take too long: nothing',
    observe([booting(a, { launchedAt: ago(bootMaxMs - 1) })]),
    [],
  ],
  [
    'a boot that takes too long',
    observe([booting(a, { launchedAt: ago(bootMaxMs) })], { name: '203.0.113.10' }),
    [some(second)],
  ],
  [
    'a doomed one and a replacement that boots: nothing',
    observe([serving(a), booting(b)], { memory: toDooms(a) }),
    [],
  ],
  [
    'a doomed one and a replacement that is doomed too',
    observe([serving(a), booting(b)], { memory: toDooms(a, b) }),
    [
      {
        ...launch,
        generation: 3,
        why: `AWS takes ${a} at 05:01:00 UTC and AWS takes ${b} at 05:01:00 UTC: ${onSpot}`,
      },
    ],
  ],
  ...(['shutting-down', 'terminated'] as const).map((state): Row => {
    const observed = observe([silent(a, { state, address: null })]);
    return [`one that is ${state}`, observed, [{ ...second, why: launch.why }]];
  }),
  [
    'one that somebody started by hand and that boots: nothing',
    observe([booting(a, { generation: 0 })]),
    [],
  ],
];
test.each(needs)('the need: %s', (_, observed, expected) => {
  expect(plan(observed, policy)).toEqual(expected);
});

const oneProtocol = observe([], {
  servers: [serving(a).server],
  reports: [toReport(a, { serving: { wireguard: true, pptp: false } })],
  name: '203.0.113.10',
});
const reportedAt = (at: number) =>
  observe([], {
    servers: [serving(a).server],
    reports: [toReport(a, { at })],
    name: '203.0.113.10',
  });

describe('serving is', () => {
  test.each<Row>([
    ['a report that is about to be stale', reportedAt(ago(reportFreshMs - 1)), []],
    ['no stale report', reportedAt(ago(reportFreshMs)), [some(second)]],
    ['not one protocol of two', oneProtocol, [some(second)]],
    [
      'not a protocol that the report leaves out',
      { ...oneProtocol, reports: [toReport(a, { serving: { wireguard: true } })] },
      [some(second)],
    ],
    [
      "not another server's report",
      { ...oneProtocol, reports: [toReport(b)] },
      [some(second), some({ kind: 'forget', serverId: b })],
    ],
  ])('%s', (_, observed, expected) => {
    expect(plan(observed, policy)).toEqual(expected);
  });

  test('the configured protocols and no others', () => {
    expect(plan(oneProtocol, { ...policy, protocols: ['wireguard'] })).toEqual([]);
  });
});

describe("the journal's last minute outweighs EC2's list:", () => {
  const launchedAt = (at: number) => ({
    generation: 4,
    launches: [{ at, serverId: a, generation: 4, market: 'spot' as const, pool: nano }],
  });
  const endedFor = (ms: number) => toEnds(ms, a);
  test.each<Row>([
    [
      'a launch that is not listed yet is a server that boots',
      observe([], { memory: launchedAt(ago(listLagMs - 1)) }),
      [],
    ],
    [
      'a launch that is not listed after a minute has come to nothing',
      observe([], { memory: launchedAt(ago(listLagMs)) }),
      [{ ...launch, generation: 5 }],
    ],
    [
      'a launch that is listed counts once',
      observe([booting(a, { generation: 4 })], { memory: launchedAt(ago(minuteMs / 2)) }),
      [],
    ],
    [
      'a server that has ended is gone, though it is still listed as running',
      observe([serving(a)], { memory: endedFor(listLagMs - 1), name: parked }),
      [{ ...second, why: launch.why }],
    ],
    [
      'a server that is listed a minute after its end lives after all',
      observe([serving(a)], { memory: endedFor(listLagMs) }),
      [],
    ],
    [
      'a launch that has ended is no server',
      observe([], { memory: { ...launchedAt(ago(minuteMs / 2)), ...endedFor(1) } }),
      [{ ...launch, generation: 5 }],
    ],
  ])('%s', (_, observed, expected) => {
    expect(plan(observed, policy)).toEqual(expected);
  });
});

describe('the launch counts', () => {
  test.each<Row>([
    [
      'on from the newest launch',
      observe([], { memory: { generation: 7 } }),
      [{ ...launch, generation: 8 }],
    ],
    [
      'on from a listed server, ended or not, if the journal is lost',
      observe([silent(a, { state: 'terminated', address: null, generation: 9 })]),
      [{ ...launch, generation: 10 }],
    ],
    [
      'refusals since the newest launch',
      observe([], { memory: { generation: 7, attempt: 3 } }),
      [{ ...launch, generation: 8, attempt: 3 }],
    ],
  ])('%s', (_, observed, expected) => {
    expect(plan(observed, policy)).toEqual(expected);
  });
});

const noImage = "Can't launch: there is no image yet; bake one";
const tooMany = 'Not launching: 3 servers at a time are the limit';
const tooOften = 'Not launching: 12 launches within an hour are the limit';
const allClosed =
  "Can't launch: every pool is closed for now (interrupted us lately; no capacity there; and 1 more, see the journal)";
const without = { ...wish, imageId: null };
const threeDoomed = observe([serving(a), booting(b), booting(c)], { memory: toDooms(a, b, c) });
const often = toLaunches(launchesPerHourMax, hourMs - 1);
const throttled = toHolds(
  { code: 'RequestLimitExceeded' },
  { market: 'spot', ...nano, code: 'interrupted' },
  { market: 'spot', ...nanoB },
  { market: 'spot', ...nanoAmd },
);

describe('stuck:', () => {
  test.each<[sentence: string, observed: Observed, why: string]>([
    ['without an image', observe([], { desired: without }), noImage],
    ['with three servers that are all doomed', threeDoomed, tooMany],
    ['after twelve launches within the hour', observe([], { memory: often }), tooOften],
    ['with all of the market closed', observe([], { memory: throttled }), allClosed],
  ])('%s, which is told once', (_, observed, why) => {
    expect(plan(observed, policy)).toEqual([stuck(why)]);
    expect(plan({ ...observed, memory: { ...observed.memory, stuck: why } }, policy)).toEqual([]);
  });

  test.each<Row>([
    [
      'for another reason is told again',
      observe([], { desired: without, memory: { stuck: tooOften } }),
      [stuck(noImage)],
    ],
    [
      'no longer, once a launch is an hour old',
      observe([], { memory: toLaunches(launchesPerHourMax, hourMs) }),
      [some({ ...launch, generation: launchesPerHourMax + 1 })],
    ],
    [
      'no longer, once the market opens',
      observe([], { memory: { ...toHolds({ until: now }), stuck: allClosed } }),
      [launch],
    ],
    [
      'not by stopped servers, which go first',
      observe([serving(a), silent(b, { state: 'stopped' }), silent(c, { state: 'stopped' })], {
        memory: toDooms(a),
      }),
      [
        some({ ...launch, generation: 4 }),
        some({ kind: 'retire', serverId: b }),
        some({ kind: 'retire', serverId: c }),
      ],
    ],
    [
      'not with a server that is fit to keep, whatever is missing',
      observe([serving(a)], { desired: without, prices: null }),
      [],
    ],
  ])('%s', (_, observed, expected) => {
    expect(plan(observed, policy)).toEqual(expected);
  });
});

test('what is launched is the first rung of the ladder', () => {
  const dear = observe([], { prices: toPrices(0.005, 0.0049, 0.0048, 0.0046) });
  const why = `There is no server: launching t3a.nano in us-east-1a on demand at $0.0047/h, since spot costs $0.0046/h at the cheapest, above the cap of $0.004`;
  expect(plan(dear, policy)).toEqual([
    { ...launch, market: 'on-demand', pool: nanoAmd, maxPrice: null, perHour: 0.0047, why },
  ]);
});
