/** Where the plan points the name, when it parks it, and when it leaves it where it is. */
import { describe, expect, test } from 'vitest';
import { reportFreshMs } from '../../shared/core/limits.ts';
import type { Observed } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  c,
  hourMs,
  observe,
  parked,
  policy,
  serving,
  silent,
  toDooms,
  toEnds,
  toNamed,
  toReport,
  unread,
} from './scene.ts';

type Row = [sentence: string, observed: Observed, expected: unknown[]];

const stranger = '198.51.100.7';
const toA = {
  kind: 'point',
  serverId: a,
  address: addressOf[a],
  why: `${a} serves: the name moves to it`,
};
const toB = {
  kind: 'point',
  serverId: b,
  address: addressOf[b],
  why: `${b} serves: the name moves to it`,
};
const park = (why: string) => ({ kind: 'park', serverId: null, why });
const notOurs = (address: string) =>
  park(`No server of ours has ${address} any more: the name is parked until one serves`);
const untilOneServes = park('The name is parked until a server serves');

/** What the plan does about the name, whatever else it does. */
function planName(observed: Observed): unknown[] {
  return plan(observed, policy).filter(({ kind }) => kind === 'point' || kind === 'park');
}

describe('the name is pointed', () => {
  test.each<Row>([
    ['at the server that serves', observe([serving(a)], { name: parked }), [toA]],
    ['there, if there was no record', observe([serving(a)], { name: null }), [toA]],
    ["away from a stranger's address", observe([serving(a)], { name: stranger }), [toA]],
    ['only if it is not there yet', observe([serving(a)]), []],
    [
      'at a doomed server, as long as no other serves',
      observe([serving(a), booting(b)], { name: parked, memory: toDooms(a) }),
      [toA],
    ],
    [
      'at the replacement as soon as it serves',
      observe([serving(a), serving(b)], { memory: toDooms(a) }),
      [toB],
    ],
    ['at the oldest of two that serve', observe([serving(b), serving(a)], { name: parked }), [toA]],
    [
      'at the oldest of two doomed ones that serve',
      observe([serving(b), serving(a)], { name: parked, memory: toDooms(a, b) }),
      [toA],
    ],
    [
      'at the fit one, whether or not a newer one boots',
      observe([serving(a), serving(b), booting(c)], { name: parked, memory: toDooms(a) }),
      [toB],
    ],
    [
      'at the one that serves, away from one that is silent',
      observe([silent(a), serving(b)], { name: addressOf[a] }),
      [toB],
    ],
  ])('%s', (_, observed, expected) => {
    expect(planName(observed)).toEqual(expected);
  });
});

const reports = (...serving: object[]) =>
  observe([booting(b)], { reports: serving.map((differs) => toReport(b, differs)) });

describe('the name is not pointed', () => {
  test.each<Row>([
    ['at a server that boots', observe([booting(b)]), []],
    ['by a stale report', reports({ at: ago(reportFreshMs) }), []],
    ['by a report of one protocol', reports({ serving: { pptp: true, wireguard: false } }), []],
    ['by a report of no protocol', reports({ serving: {} }), []],
    [
      'at a server that has no address',
      observe([serving(b, { address: null })], { name: parked }),
      [],
    ],
    [
      'at a server that is being started or ended, whatever it reported',
      observe(
        (['pending', 'shutting-down', 'terminated', 'stopping', 'stopped'] as const).map((state) =>
          serving(b, { state }),
        ),
        { name: parked },
      ),
      [],
    ],
    [
      'at a server whose end is known before EC2 lists it',
      observe([serving(b)], { name: parked, memory: toEnds(1, b) }),
      [],
    ],
    [
      'away from the named one of two that serve, though it is newer',
      observe([serving(a), serving(b)], { name: addressOf[b] }),
      [],
    ],
    [
      'away from a doomed one that serves to one that boots',
      observe([serving(a), booting(b)], { memory: toDooms(a) }),
      [],
    ],
    ['when nobody knows where it points', observe([serving(a)], { name: unread }), []],
  ])('%s', (_, observed, expected) => {
    expect(planName(observed)).toEqual(expected);
  });
});

describe('the name is parked', () => {
  test.each<Row>([
    ['when its address is nobody’s of ours', observe([], { name: stranger }), [notOurs(stranger)]],
    [
      'when its server has ended',
      observe([silent(a, { state: 'shutting-down', address: null })], { name: addressOf[a] }),
      [notOurs(addressOf[a])],
    ],
    [
      'when its server has ended, though EC2 lists it as running',
      observe([serving(a)], { memory: toEnds(1, a) }),
      [notOurs(addressOf[a])],
    ],
    [
      'when the replacement boots at another address',
      observe([booting(b)], { name: addressOf[a] }),
      [notOurs(addressOf[a])],
    ],
    ['when there is no record and no server', observe([], { name: null }), [untilOneServes]],
    [
      'when there is no record and a server boots',
      observe([booting(a)], { name: null }),
      [untilOneServes],
    ],
    [
      'when there is no record and a server has no address yet',
      observe([booting(a, { state: 'pending', address: null })], { name: null }),
      [untilOneServes],
    ],
    [
      'when its server has ended, which is remembered',
      observe([], { name: addressOf[a], memory: toNamed(addressOf[a], hourMs, a) }),
      [{ ...notOurs(addressOf[a]), serverId: a }],
    ],
    ['not when its server boots', observe([booting(a)], { name: addressOf[a] }), []],
    ['not when its server says nothing', observe([silent(a)], { name: addressOf[a] }), []],
    [
      'not when its server is doomed and says nothing',
      observe([silent(a), booting(b)], { name: addressOf[a], memory: toDooms(a) }),
      [],
    ],
    ['not when it is parked', observe([], { name: parked }), []],
    ['not when nobody knows where it points', observe([], { name: unread }), []],
  ])('%s', (_, observed, expected) => {
    expect(planName(observed)).toEqual(expected);
  });
});
