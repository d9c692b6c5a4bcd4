/** When the plan replaces a server that could stay, by which, and how it lets go of the old one. */
import { describe, expect, test } from 'vitest';
import {
  dayMs,
  launchesPerHourMax,
  movesPerDayMax,
  nameSettleMs,
  onDemandHoldMs,
  restlessHoldMs,
} from '../../shared/core/limits.ts';
import type { Observed, Policy, RiskCause, Server } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  hourMs,
  imageId,
  minuteMs,
  nano,
  nanoAmd,
  nanoB,
  observe,
  parked,
  policy,
  serving,
  some,
  toDooms,
  toEnds,
  toHolds,
  toLaunches,
  toNamed,
  toPrice,
  toPrices,
  unread,
  wish,
} from './scene.ts';

type Row = [sentence: string, observed: Observed, expected: unknown[], policy?: Policy];
type Differs = Parameters<typeof observe>[1];

const move = {
  kind: 'launch',
  market: 'spot',
  pool: nano,
  imageId,
  maxPrice: 0.004,
  perHour: 0.0016,
  generation: 2,
  attempt: 0,
  planned: true,
} as const;
const toSpot = some(move);
const elsewhere = { ...move, pool: nanoB, perHour: 0.0018 };
const onDemand = { ...move, market: 'on-demand', pool: nanoAmd, maxPrice: null, perHour: 0.0047 };
const toRisk = (cause: RiskCause, serverId: string = a): Pick<Memory, 'risks'> => ({
  risks: [{ at: ago(minuteMs), serverId, cause }],
});
const dear = toPrices(0.0046, 0.0049, 0.0048, 0.005);

/** One server that serves, and that AWS says that about. */
const atRisk = (cause: RiskCause, { memory, ...differs }: Differs = {}, server = {}) =>
  observe([serving(a, server)], { ...differs, memory: { ...toRisk(cause), ...memory } });

function expectPlan(observed: Observed, expected: unknown[], by = policy): void {
  expect(plan(observed, by)).toEqual(expected);
}

describe('a recommendation to move away', () => {
  const why = `AWS recommends to move away from ${a}: launching t3.nano in us-east-1b on spot at $0.0018/h, within the cap of $0.004`;
  const spotClosed = toHolds({ market: 'spot' });
  test.each<Row>([
    ['launches on another spot pool', atRisk('rebalance'), [{ ...elsewhere, why }]],
    ['of another server: nothing', observe([serving(a)], { memory: toRisk('rebalance', b) }), []],
    [
      'stays, where only its own pool sells',
      atRisk('rebalance', { prices: [toPrice(nano, 0.0016)] }),
      [],
    ],
    ['stays, where spot is above the cap', atRisk('rebalance', { prices: dear }), []],
    ['stays, where spot is closed', atRisk('rebalance', { memory: spotClosed }), []],
    ['stays, while nobody knows the prices', atRisk('rebalance', { prices: null }), []],
  ])('%s', (_, observed, expected) => expectPlan(observed, expected));
});

describe('an announced end', () => {
  const why = `AWS has announced to end ${a}: launching t3.nano in us-east-1a on spot at $0.0016/h, within the cap of $0.004`;
  test.each<Row>([
    ['launches on the best pool, be it the same', atRisk('maintenance'), [{ ...move, why }]],
    [
      'launches on demand, if there is nothing else',
      atRisk('maintenance', { prices: dear }),
      [some(onDemand)],
    ],
    ['waits until prices are known', atRisk('maintenance', { prices: null }), []],
    [
      'is replaced, however many moves there were today',
      atRisk('maintenance', { memory: { moves: Array<number>(movesPerDayMax).fill(ago(1)) } }),
      [toSpot],
    ],
  ])('%s', (_, observed, expected) => expectPlan(observed, expected));
});

describe('a new image', () => {
  const old = { imageId: 'ami-0fedcba9876543210' };
  const why = `${a} runs an older image: launching t3.nano in us-east-1a on spot at $0.0016/h, within the cap of $0.004`;
  test.each<Row>([
    ['is launched on the best pool', observe([serving(a, old)]), [{ ...move, why }]],
    [
      'is launched where EC2 does not say which the old one is',
      observe([serving(a, { imageId: null })]),
      [toSpot],
    ],
    ['is launched on demand too', observe([serving(a, old)], { prices: dear }), [some(onDemand)]],
    ['waits until prices are known', observe([serving(a, old)], { prices: null }), []],
    ['waits while all is closed', observe([serving(a, old)], { memory: toHolds({}) }), []],
    [
      'waits until there is one',
      observe([serving(a)], { desired: { ...wish, imageId: null } }),
      [],
    ],
  ])('%s', (_, observed, expected) => expectPlan(observed, expected));
});

describe('the return from on demand to spot', () => {
  /** On demand for just long enough, unless said otherwise. */
  const paid = (server: Partial<Server> = {}, differs: Differs = {}) =>
    observe(
      [serving(a, { market: 'on-demand', launchedAt: ago(onDemandHoldMs), ...server })],
      differs,
    );
  const why = `Spot has been clearly under the cap of $0.004 for a while, and ${a} is on demand: launching t3.nano in us-east-1a on spot at $0.0016/h, within the cap of $0.004`;
  const peak = (dollars: number) => ({ prices: [toPrice(nano, 0.0016, dollars)] });
  const interrupted = (...ms: number[]) => ({ memory: { interruptions: ms.map(ago) } });
  const unlimited = some({ ...move, maxPrice: null });
  const cap = (dollars: number): Policy => ({ ...policy, cap: dollars });
  test.each<Row>([
    ['after an hour', paid(), [{ ...move, why }]],
    ['not before', paid({ launchedAt: ago(onDemandHoldMs - 1) }), []],
    ['at nine tenths of the cap, at most, all the while', paid({}, peak(0.0036)), [toSpot]],
    ['not at more', paid({}, peak(0.003_601)), []],
    [
      'at nine tenths of on demand, if that is below the cap',
      paid({}, peak(0.004_68)),
      [unlimited],
      cap(1),
    ],
    ['not at more than those', paid({}, peak(0.004_681)), [], cap(1)],
    [
      'of a type that is no longer configured',
      paid({ pool: { type: 't2.nano', zone: 'us-east-1a' } }, peak(0.0036)),
      [toSpot],
    ],
    [
      'to the first pool that has been cheap for long',
      paid({}, { prices: [toPrice(nano, 0.0016, 0.004), toPrice(nanoB, 0.0018, 0.002)] }),
      [some(elsewhere)],
    ],
    ['not while nobody knows the prices', paid({}, { prices: null }), []],
    ['not to on demand', paid({}, { prices: dear }), []],
    ['not to what is closed', paid({}, { memory: toHolds({ market: 'spot' }) }), []],
    ['after two interruptions in a day', paid({}, interrupted(1, 2)), [toSpot]],
    ['not after three', paid({}, interrupted(3, 2, restlessHoldMs - 1)), []],
    [
      'not after three, of which only the last is lately',
      paid({}, interrupted(1, restlessHoldMs, 2 * restlessHoldMs)),
      [],
    ],
    [
      'after three, when the last was hours ago',
      paid({}, interrupted(restlessHoldMs, restlessHoldMs, restlessHoldMs)),
      [toSpot],
    ],
    ['after three, if one was a day ago', paid({}, interrupted(1, 2, dayMs)), [toSpot]],
    ['not of a server on spot', paid({ market: 'spot' }), []],
  ])('%s', (_, observed, expected, by) => expectPlan(observed, expected, by));
});

describe('no move', () => {
  const moves = (count: number, ms = dayMs - 1) => Array<number>(count).fill(ago(ms));
  test.each<Row>([
    [
      'after four within a day',
      atRisk('rebalance', { memory: { moves: moves(movesPerDayMax) } }),
      [],
    ],
    [
      'is counted after a day',
      atRisk('rebalance', { memory: { moves: [...moves(movesPerDayMax - 1), ago(dayMs)] } }),
      [some(elsewhere)],
    ],
    [
      'after twelve launches within an hour, whatever AWS has announced',
      atRisk('maintenance', { memory: toLaunches(launchesPerHourMax, hourMs - 1) }),
      [],
    ],
    [
      'while the server boots',
      observe([booting(a)], { name: addressOf[a], memory: toRisk('rebalance') }),
      [],
    ],
    [
      'while the name settles on it',
      atRisk('rebalance', { memory: toNamed(addressOf[a], nameSettleMs - 1, a) }),
      [],
    ],
    [
      'is kept from it when the name has settled',
      atRisk('rebalance', { memory: toNamed(addressOf[a], nameSettleMs, a) }),
      [some(elsewhere)],
    ],
    [
      'while the name is elsewhere: that goes first',
      atRisk('rebalance', { name: parked }),
      [some({ kind: 'point', serverId: a, address: addressOf[a] })],
    ],
    ['while nobody knows where the name points', atRisk('rebalance', { name: unread }), []],
    [
      'while its replacement boots',
      observe([serving(a), booting(b)], { memory: toRisk('rebalance') }),
      [],
    ],
    [
      'for what has to be replaced at once',
      atRisk('rebalance', { memory: toDooms(a) }),
      [some({ ...move, planned: false })],
    ],
    [
      'that has ended leaves a trace',
      observe([], { memory: { ...toRisk('rebalance'), ...toEnds(1, a) } }),
      [some({ ...move, generation: 1, planned: false })],
    ],
  ])('%s', (_, observed, expected) => expectPlan(observed, expected));
});
