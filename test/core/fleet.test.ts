/** What status checks and late reports make of a server. */
import { describe, expect, test } from 'vitest';
import { toDoubtful, toFleet } from '../../shared/core/fleet.ts';
import { reportFreshMs, reportLateMs } from '../../shared/core/limits.ts';
import { plan } from '../../shared/core/plan.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  observe,
  type Part,
  policy,
  serving,
  silent,
  toNamed,
  toReport,
} from './scene.ts';

const reportedFor = (ms: number, part: Part = serving(a)): Part => ({
  ...part,
  report: toReport(a, { at: ago(ms) }),
});

describe('status checks are worth a look', () => {
  test.each<[sentence: string, parts: Part[], expected: string[]]>([
    ['not while reports come', [serving(a)], []],
    ['not of a report that is about to be late', [reportedFor(reportLateMs)], []],
    ['of a report that is late', [reportedFor(reportLateMs + 1)], [a]],
    ['up to where it is silent anyway', [reportedFor(reportFreshMs - 1)], [a]],
    ['not of one that is silent', [reportedFor(reportFreshMs)], []],
    ['not of one that boots', [booting(a)], []],
    ['not of one that never said anything', [silent(a)], []],
    ['of each on its own', [serving(b), reportedFor(reportFreshMs - 1)], [a]],
    [
      'not of one that has ended',
      [reportedFor(reportLateMs + 1, serving(a, { state: 'terminated' }))],
      [],
    ],
  ])('%s', (_, parts, expected) => {
    expect(toDoubtful(observe(parts), policy)).toEqual(expected);
  });
});

describe('a server that fails them', () => {
  test.each([
    ['though it reports', serving(a)],
    ['though it may still boot', booting(a)],
  ])('is silent, %s', (_, part) => {
    const [member] = toFleet(observe([part], { impaired: [a] }), policy).live;
    expect(member).toMatchObject({ phase: 'silent', fit: false });
  });

  test('is replaced, and is an incident', () => {
    const memory = toNamed(addressOf[a], 10 * 60_000, a);
    const observed = observe([reportedFor(reportLateMs + 1)], { impaired: [a], memory });
    expect(plan(observed, policy)).toMatchObject([
      { kind: 'launch', planned: false, generation: 2 },
      { kind: 'incident', serverId: a, lostAt: ago(reportLateMs + 1) },
    ]);
  });

  test('is none of the others', () => {
    const { live } = toFleet(observe([serving(a), serving(b)], { impaired: [b] }), policy);
    expect(live.map(({ server, phase }) => [server.id, phase])).toEqual([
      [a, 'serving'],
      [b, 'silent'],
    ]);
  });
});

test('of two that AWS takes the one that it takes last comes first', () => {
  const dooms = [
    { serverId: a, endsAt: ago(-30_000) },
    { serverId: b, endsAt: ago(-90_000) },
  ];
  const { live } = toFleet(observe([serving(a), serving(b)], { memory: { dooms } }), policy);
  expect(live.map(({ server }) => server.id)).toEqual([b, a]);
});
