/** What the plan does with the power off, and with reports of servers that are gone. */
import { describe, expect, test } from 'vitest';
import { listLagMs, nameSettleMs } from '../../shared/core/limits.ts';
import type { Observed } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  c,
  nano,
  observe,
  off,
  parked,
  policy,
  serving,
  silent,
  toNamed,
  toReport,
  unread,
} from './scene.ts';

type Row = [sentence: string, observed: Observed, expected: unknown[]];

const retire = (serverId: string, why: string) => ({ kind: 'retire', serverId, why });

describe('off', () => {
  const park = { kind: 'park', serverId: null, why: 'The VPN is off: the name is parked' };
  const goes = (id: string) => retire(id, 'The VPN is off');
  const two = [serving(a), booting(b)];
  const settled = toNamed(parked, nameSettleMs);
  test.each<Row>([
    ['parks the name first', observe(two, { desired: off }), [park]],
    ['parks it, if there is no record', observe([], { desired: off, name: null }), [park]],
    [
      'parks it, though there is no server',
      observe([], { desired: off, name: addressOf[a] }),
      [park],
    ],
    [
      'then waits until clients have noticed',
      observe(two, { desired: off, name: parked, memory: toNamed(parked, nameSettleMs - 1) }),
      [],
    ],
    [
      'then ends all, the stopped ones too',
      observe([...two, silent(c, { state: 'stopped' })], {
        desired: off,
        name: parked,
        memory: settled,
      }),
      [goes(a), goes(b), goes(c)],
    ],
    [
      'ends what EC2 does not list yet',
      observe([], {
        desired: off,
        name: parked,
        memory: {
          ...settled,
          launches: [{ at: ago(1), serverId: a, generation: 1, market: 'spot', pool: nano }],
        },
      }),
      [goes(a)],
    ],
    [
      'ends all when somebody else has parked it',
      observe(two, { desired: off, name: parked }),
      [goes(a), goes(b)],
    ],
    [
      'does nothing while nobody knows where the name points',
      observe(two, { desired: off, name: unread }),
      [],
    ],
    ['does nothing when there is nothing', observe([], { desired: off, memory: settled }), []],
    [
      'does nothing about what has ended',
      observe([silent(a, { state: 'terminated', address: null })], { desired: off, name: parked }),
      [],
    ],
  ])('%s', (_, observed, expected) => {
    expect(plan(observed, policy)).toEqual(expected);
  });
});

describe('a report', () => {
  const forget = (serverId: string) => ({ kind: 'forget', serverId, why: `${serverId} has ended` });
  const launched = {
    at: ago(listLagMs - 1),
    serverId: b,
    generation: 2,
    market: 'spot',
    pool: nano,
  } as const;
  const withReportOf = (serverId: string, differs: Parameters<typeof observe>[1] = {}) =>
    observe([serving(a)], { reports: [toReport(a), toReport(serverId)], ...differs });
  test.each<Row>([
    ['of a server that EC2 does not know is swept up', withReportOf(b), [forget(b)]],
    [
      'of a server that has ended is swept up',
      observe([serving(a), serving(b, { state: 'terminated' })]),
      [forget(b)],
    ],
    [
      'of a server that is ending stays',
      observe([serving(a), serving(b, { state: 'shutting-down' })]),
      [],
    ],
    [
      'of a server that is not listed yet stays',
      withReportOf(b, { memory: { launches: [launched] } }),
      [],
    ],
    [
      'of a server that was launched a minute ago and is not listed is swept up',
      withReportOf(b, { memory: { launches: [{ ...launched, at: ago(listLagMs) }] } }),
      [forget(b)],
    ],
    [
      'is swept up with the power off too',
      observe([], {
        desired: off,
        reports: [toReport(a), toReport(b)],
      }),
      [forget(a), forget(b)],
    ],
  ])('%s', (_, observed, expected) => {
    expect(plan(observed, policy)).toEqual(expected);
  });
});
