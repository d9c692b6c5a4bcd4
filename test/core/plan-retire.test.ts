/** Which servers the plan ends, and when, while the power is on. */
import { describe, expect, test } from 'vitest';
import { bootMaxMs, listLagMs, nameSettleMs } from '../../shared/core/limits.ts';
import type { Observed } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  c,
  minuteMs,
  observe,
  parked,
  policy,
  secondMs,
  serving,
  silent,
  toDooms,
  toEnds,
  toNamed,
  unread,
} from './scene.ts';

type Row = [sentence: string, observed: Observed, expected: unknown[]];

const retire = (serverId: string, why: string) => ({ kind: 'retire', serverId, why });

/** What the plan does with servers that are there. */
function planEnds(observed: Observed): unknown[] {
  return plan(observed, policy).filter(({ kind }) => kind === 'retire');
}

describe('of two servers', () => {
  const moved = (ms: number, parts = [serving(a), serving(b)]) =>
    observe(parts, {
      name: addressOf[b],
      memory: { ...toDooms(a), ...toNamed(addressOf[b], ms) },
    });
  const doomedGoes = [retire(a, `AWS takes ${a} at 05:01:00 UTC; ${b} is kept`)];
  const spareGoes = [retire(b, `${b} is not needed: ${a} is kept`)];
  test.each<Row>([
    ['the old one stays until the name has settled on the new one', moved(nameSettleMs - 1), []],
    ['the old one goes when the name has settled', moved(nameSettleMs), doomedGoes],
    [
      'the old one stays when the new one, named for long, does not serve any more',
      moved(nameSettleMs, [serving(a), silent(b)]),
      [],
    ],
    [
      'the old one stays while the name is elsewhere',
      observe([serving(a), serving(b)], {
        memory: { ...toDooms(a), ...toNamed(addressOf[b], nameSettleMs) },
      }),
      [],
    ],
    [
      'the old one goes when somebody else, who knows when, has moved the name',
      observe([serving(a), serving(b)], { name: addressOf[b], memory: toDooms(a) }),
      doomedGoes,
    ],
    [
      'the old one stays while nobody knows where the name points',
      observe([serving(a), serving(b)], { name: unread, memory: toDooms(a) }),
      [],
    ],
    [
      'the newer goes at once when both boot: it serves nobody yet',
      observe([booting(b), booting(a)]),
      spareGoes,
    ],
    [
      'the newer stays when both boot, while clients may still come to where the name was',
      observe([booting(b), booting(a)], { memory: toNamed(parked, nameSettleMs - 1) }),
      [],
    ],
    [
      'the one that boots stays until the name has settled on the one that serves',
      observe([serving(a), booting(b)], { memory: toNamed(addressOf[a], nameSettleMs - 1) }),
      [],
    ],
    [
      'the one that boots goes when the name has settled on the one that serves',
      observe([serving(a), booting(b)], { memory: toNamed(addressOf[a], nameSettleMs) }),
      spareGoes,
    ],
    [
      'the newer stays until the name has settled when both serve',
      observe([serving(a), serving(b)], { memory: toNamed(addressOf[a], nameSettleMs - 1) }),
      [],
    ],
    [
      'the newer goes when the name has settled',
      observe([serving(a), serving(b)], { memory: toNamed(addressOf[a], nameSettleMs) }),
      spareGoes,
    ],
    [
      'of the same launch the one with the smaller id is kept',
      observe([booting(b, { generation: 1 }), booting(a)]),
      spareGoes,
    ],
    [
      'of the same launch the one that EC2 started first is kept',
      observe([booting(a, { generation: 2 }), booting(b, { launchedAt: ago(minuteMs + 1) })]),
      [retire(a, `${a} is not needed: ${b} is kept`)],
    ],
    [
      'the replacement that boots stays when the old one is doomed',
      observe([serving(a), booting(b)], { memory: toDooms(a) }),
      [],
    ],
    [
      'both stay when both are doomed and serve',
      observe([serving(a), serving(b)], { memory: toDooms(a, b) }),
      [],
    ],
    [
      'the named one that does not serve stays until the name has settled on the other',
      observe([serving(a), booting(b)], { name: addressOf[b] }),
      [],
    ],
    [
      'both stay when both serve and the name is parked: it moves first',
      observe([serving(a), serving(b)], { name: parked }),
      [],
    ],
    [
      'the doomed one stays while both boot and nobody serves yet',
      observe([booting(a), booting(b)], { memory: toDooms(b) }),
      [],
    ],
    ['the only one stays, though it is doomed', observe([serving(a)], { memory: toDooms(a) }), []],
  ])('%s', (_, observed, expected) => {
    expect(planEnds(observed)).toEqual(expected);
  });
});

const silence = `${b} does not report that it serves`;

describe('a silent server', () => {
  const tooLate = { launchedAt: ago(bootMaxMs) };
  test.each<Row>([
    [
      'that is not named goes at once',
      observe([serving(a), silent(b)]),
      [retire(b, `${silence}; ${a} is kept`)],
    ],
    [
      'that is not named goes, though there is no other',
      observe([silent(b)], { name: parked }),
      [retire(b, silence)],
    ],
    [
      'that took too long to boot goes',
      observe([booting(b, tooLate)], { name: parked }),
      [retire(b, silence)],
    ],
    [
      'that has no address goes',
      observe([silent(b, { state: 'pending', address: null })], { name: parked }),
      [retire(b, silence)],
    ],
    [
      'stays until the name, which was just parked, has settled: it may have been sent clients',
      observe([silent(b)], { name: parked, memory: toNamed(parked, nameSettleMs - 1) }),
      [],
    ],
    [
      'goes when the name has been parked for long enough',
      observe([silent(b)], { name: parked, memory: toNamed(parked, nameSettleMs) }),
      [retire(b, silence)],
    ],
    [
      'stays while there is no record: the name is parked first',
      observe([silent(b, { address: null })], { name: null }),
      [],
    ],
    [
      'that is named stays: somebody may still use it',
      observe([silent(b)], { name: addressOf[b] }),
      [],
    ],
    ['stays while nobody knows where the name points', observe([silent(b)], { name: unread }), []],
    [
      'that the name has just left stays until clients have followed it',
      observe([silent(b), serving(c)], { memory: toNamed(addressOf[c], nameSettleMs - 1) }),
      [],
    ],
    [
      'that is named goes when the name has settled on another',
      observe([silent(b), serving(c)], { memory: toNamed(addressOf[c], nameSettleMs) }),
      [retire(b, `${silence}; ${c} is kept`)],
    ],
  ])('%s', (_, observed, expected) => {
    expect(planEnds(observed)).toEqual(expected);
  });
});

describe('a server whose launch the journal that was read does not know', () => {
  const launchedFor = (ms: number, generation: number, knownGeneration = 1) =>
    observe([serving(a), booting(b, { launchedAt: ago(ms), generation })], {
      memory: { generation: knownGeneration, ...toNamed(addressOf[a], nameSettleMs) },
    });
  const goes = [retire(b, `${b} is not needed: ${a} is kept`)];
  test.each<Row>([
    ['stays for a minute: another pass has its reasons', launchedFor(listLagMs - 1, 2), []],
    ['goes after that, if it is still not needed', launchedFor(listLagMs, 2), goes],
    ['goes at once if the journal knows it', launchedFor(secondMs, 2, 2), goes],
    ['goes at once if somebody started it by hand', launchedFor(secondMs, 0), goes],
    [
      'stays too while both boot',
      observe([booting(a), booting(b, { launchedAt: ago(secondMs) })], {
        memory: { generation: 1 },
      }),
      [],
    ],
  ])('%s', (_, observed, expected) => {
    expect(planEnds(observed)).toEqual(expected);
  });
});

describe('a stopped server', () => {
  const stopped = [retire(b, `${b} is stopped and serves nobody`)];
  test.each<Row>([
    ['goes', observe([serving(a), silent(b, { state: 'stopped' })]), stopped],
    ['goes while it stops', observe([serving(a), silent(b, { state: 'stopping' })]), stopped],
    ['goes, though there is no other', observe([silent(b, { state: 'stopped' })]), stopped],
    [
      'that we have just retired is not retired again',
      observe([serving(a), silent(b, { state: 'stopped' })], {
        memory: toEnds(1, b),
      }),
      [],
    ],
  ])('%s', (_, observed, expected) => {
    expect(planEnds(observed)).toEqual(expected);
  });
});

describe('a server that we have retired', () => {
  const retiredFor = (ms: number) => observe([serving(a), silent(b)], { memory: toEnds(ms, b) });
  test.each<Row>([
    ['is not retired again', retiredFor(listLagMs - 1), []],
    [
      'is retired again if it lives on',
      retiredFor(listLagMs),
      [retire(b, `${silence}; ${a} is kept`)],
    ],
  ])('%s', (_, observed, expected) => {
    expect(planEnds(observed)).toEqual(expected);
  });
});
