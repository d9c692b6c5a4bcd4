/** Of servers that could all stay which one is kept, and how long the others are left to those connected. */
import { describe, expect, test } from 'vitest';
import { drainMaxMs, nameSettleMs } from '../../shared/core/limits.ts';
import type { Observed, RiskCause } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  minuteMs,
  observe,
  type Part,
  policy,
  serving,
  some,
  toDooms,
  toNamed,
  toReport,
} from './scene.ts';

const toRisks = (...risks: [serverId: string, cause: RiskCause][]): Pick<Memory, 'risks'> => ({
  risks: risks.map(([serverId, cause]) => ({ at: ago(minuteMs), serverId, cause })),
});
const old = { imageId: 'ami-0fedcba9876543210' };
const paid = { market: 'on-demand' } as const;

describe('of two that serve the name goes to the one that', () => {
  test.each<[sentence: string, worse: Part, better: Part, memory: Partial<Memory>]>([
    ['AWS would leave alone', serving(a), serving(b), toRisks([a, 'rebalance'])],
    ['AWS has not announced to end', serving(a), serving(b), toRisks([a, 'maintenance'])],
    ['runs the wanted image', serving(a, old), serving(b), {}],
    ['is on spot', serving(a, paid), serving(b), {}],
    ['runs the wanted image, though on demand', serving(a, old), serving(b, paid), {}],
    [
      'runs an old image on demand, but is safe',
      serving(a),
      serving(b, { ...old, ...paid }),
      toRisks([a, 'rebalance']),
    ],
    [
      'is not the older one, if both are at risk, but has the image',
      serving(a, old),
      serving(b),
      toRisks([a, 'rebalance'], [b, 'rebalance']),
    ],
  ])('%s', (_, worse, better, memory) => {
    const [point, ...others] = plan(
      observe([worse, better], { name: addressOf[a], memory }),
      policy,
    );
    expect(point).toEqual(some({ kind: 'point', serverId: b, address: addressOf[b] }));
    expect(others).toEqual([]);
  });

  test('is fit, before all that', () => {
    const memory = { ...toRisks([b, 'maintenance']), ...toDooms(a) };
    const [point] = plan(
      observe([serving(a), serving(b, { ...old, ...paid })], { memory }),
      policy,
    );
    expect(point).toEqual(some({ kind: 'point', serverId: b, address: addressOf[b] }));
  });

  test('serves, before all that', () => {
    const worse = serving(a, { ...old, ...paid });
    expect(
      plan(observe([worse, booting(b)], { memory: toRisks([a, 'rebalance']) }), policy),
    ).toEqual([]);
  });
});

describe('one that boots, with the name settled on one that serves,', () => {
  const ends = (parts: Part[], memory: Partial<Memory> = {}) =>
    plan(observe(parts, { memory }), policy).flatMap((action) =>
      action.kind === 'retire' ? action.serverId : [],
    );
  test.each<[sentence: string, parts: Part[], memory: Partial<Memory>, expected: string[]]>([
    ['stays, if it will be better', [serving(a, old), booting(b)], {}, []],
    [
      'stays, if the other is at risk',
      [serving(a), booting(b, paid)],
      toRisks([a, 'maintenance']),
      [],
    ],
    ['goes, if it will be as good', [serving(a), booting(b)], {}, [b]],
    ['goes, if it will be worse', [serving(a), booting(b, paid)], {}, [b]],
    [
      'goes, if it is as much at risk',
      [serving(a), booting(b)],
      toRisks([a, 'rebalance'], [b, 'rebalance']),
      [b],
    ],
    ['goes, if AWS takes it', [serving(a, old), booting(b)], toDooms(b), [b]],
  ])('%s', (_, parts, memory, expected) => {
    expect(ends(parts, memory)).toEqual(expected);
  });
});

describe('the one that was replaced in peace', () => {
  /** The name moved from a to b so long ago; so many people are still connected to a. */
  const replaced = (ms: number, sessions: number, memory: Partial<Memory> = {}): Observed => ({
    ...observe([serving(a), serving(b)], {
      name: addressOf[b],
      memory: { ...toRisks([a, 'rebalance']), ...toNamed(addressOf[b], ms, b), ...memory },
    }),
    reports: [toReport(a, { sessions }), toReport(b)],
  });
  const goes = [some({ kind: 'retire', serverId: a })];
  const longest = nameSettleMs + drainMaxMs;
  test.each<[sentence: string, observed: Observed, expected: unknown[]]>([
    ['goes when the name has settled and nobody is left', replaced(nameSettleMs, 0), goes],
    ['stays until then, though nobody is left', replaced(nameSettleMs - 1, 0), []],
    ['stays for one who is still connected', replaced(nameSettleMs, 1), []],
    ['stays up to the bound', replaced(longest - 1, 1), []],
    ['goes then, whoever is connected', replaced(longest, 1), goes],
    [
      'goes at once if AWS takes it, whoever is connected',
      replaced(nameSettleMs, 1, toDooms(a)),
      goes,
    ],
  ])('%s', (_, observed, expected) => {
    expect(plan(observed, policy)).toEqual(expected);
  });
});
