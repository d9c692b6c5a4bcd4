/** The Elastic IP address: when one is allocated, where it goes, when it is kept, and when it is given back. */
import { describe, expect, test } from 'vitest';
import {
  addressKeptMs,
  addressSettleMs,
  listLagMs,
  parkedAddress,
} from '../../shared/core/limits.ts';
import type { Address, Observed, Policy } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  type Differs,
  hourMs,
  minuteMs,
  now,
  observe,
  off,
  type Part,
  parked,
  policy,
  secondMs,
  serving,
  silent,
  some,
  toDooms,
  toEnds,
  toNamed,
  toReport,
} from './scene.ts';

type Row = [sentence: string, observed: Observed, expected: unknown[]];

const elastic: Policy = { ...policy, address: 'elastic' };
const e = '198.51.100.1';
const other = '198.51.100.2';
const addresses = (serverId: string | null, ...more: Address[]): Address[] => [
  { id: 'eipalloc-1', address: e, serverId },
  ...more,
];
const second = (serverId: string | null = null) => ({ id: 'eipalloc-2', address: other, serverId });
const kinds = ['allocate', 'move', 'release', 'point', 'park', 'retire'];

/** What the plan does about addresses, names and ends. */
const deeds = (observed: Observed, by = elastic) =>
  plan(observed, by).filter(({ kind }) => kinds.includes(kind));

/** The name points to the Elastic IP address. */
const at = (parts: Part[], owner: string | null, differs: Differs = {}) =>
  observe(parts, {
    name: e,
    addresses: addresses(owner),
    ...differs,
    memory: { ...toNamed(e, hourMs, a), ...differs.memory },
  });
const moved = (ms: number, serverId: string): Pick<Memory, 'moved'> => ({
  moved: { at: ago(ms), id: 'eipalloc-1', address: e, serverId, from: a },
});
const move = (from: string | null, serverId: string = b) =>
  some({ kind: 'move', addressId: 'eipalloc-1', address: e, serverId, from });
const release = (id = 'eipalloc-2', address = other) =>
  some({ kind: 'release', addressId: id, address });

describe('at the start', () => {
  const start = (parts: Part[], differs: Differs = {}) =>
    observe(parts, { name: parked, addresses: [], ...differs });
  test.each<Row>([
    ['no address is allocated before a server serves', start([booting(a)]), []],
    ['one is, as soon as one does', start([serving(a)]), [some({ kind: 'allocate' })]],
    ['it goes to the server', start([serving(a)], { addresses: addresses(null) }), [move(null, a)]],
    [
      'and then the name to it',
      start([serving(a)], { addresses: addresses(a) }),
      [some({ kind: 'point', serverId: a, address: e })],
    ],
    [
      'one that is not listed yet is known from the journal',
      start([serving(a)], {
        memory: {
          allocatingAt: ago(2_000),
          allocated: { at: ago(1_000), id: 'eipalloc-1', address: e },
        },
      }),
      [move(null, a)],
    ],
    [
      'what another pass has asked for is waited for',
      start([serving(a)], { memory: { allocatingAt: ago(listLagMs - 1) } }),
      [],
    ],
    [
      'but not for ever',
      start([serving(a)], { memory: { allocatingAt: ago(listLagMs) } }),
      [some({ kind: 'allocate' })],
    ],
    [
      'with the quota used up the name goes to the server itself',
      start([serving(a)], { memory: { unallocatedUntil: now + 1 } }),
      [some({ kind: 'point', serverId: a, address: addressOf[a] })],
    ],
    ['nothing is done while EC2 does not tell', start([serving(a)], { addresses: null }), []],
    [
      'none is allocated for a VPN whose servers have their own',
      start([serving(a)], { addresses: null }),
      [some({ kind: 'point', serverId: a, address: addressOf[a] })],
    ],
  ])('%s', (sentence, observed, expected) => {
    const by = sentence.includes('their own') ? policy : elastic;
    expect(deeds(observed, by)).toEqual(expected);
  });
});

describe('when another server serves', () => {
  const two = [serving(a), serving(b)];
  test.each<Row>([
    ['the address moves to it', at(two, a, { memory: toDooms(a) }), [move(a)]],
    [
      'once, whatever the list says right after it',
      at(two, a, { memory: { ...toDooms(a), ...moved(1_000, b), ...toNamed(e, hourMs, b) } }),
      [],
    ],
    [
      'again, if it has not come',
      at(two, a, {
        memory: { ...toDooms(a), ...moved(addressSettleMs, b), ...toNamed(e, hourMs, b) },
      }),
      [move(null)],
    ],
    [
      'and the old one is ended when that is over for sure',
      at(two, b, {
        memory: { ...toDooms(a), ...moved(addressSettleMs, b), ...toNamed(e, hourMs, b) },
      }),
      [some({ kind: 'retire', serverId: a })],
    ],
    [
      'one that has lost its address is needed no more, and blamed for nothing',
      at([silent(a, { address: null }), serving(b)], b, {
        memory: { ...moved(minuteMs, b), ...toNamed(e, hourMs, b) },
      }),
      [{ kind: 'retire', serverId: a, why: `${a} is not needed: ${b} is kept` }],
    ],
    [
      'an address that is had again at last goes to the new server, not to the one that clients know',
      observe([serving(a)], { addresses: [], memory: toNamed(addressOf[a], hourMs, a) }),
      [],
    ],
    [
      'after a time without one it is allocated with the move',
      observe(two, {
        addresses: [],
        memory: { ...toDooms(a), ...toNamed(addressOf[a], hourMs, a) },
      }),
      [some({ kind: 'allocate' })],
    ],
  ])('%s', (_, observed, expected) => {
    expect(deeds(observed)).toEqual(expected);
  });
});

describe('while no server has it', () => {
  const lost = (ms: number): Partial<Memory> => ({
    ...toEnds(ms, a),
    incident: { at: ago(ms), serverId: a, lostAt: ago(ms) },
  });
  test.each<Row>([
    ['the name stays with it', at([booting(b)], null, { memory: lost(minuteMs) }), []],
    [
      'even if EC2 does not tell just then',
      at([booting(b)], null, {
        addresses: null,
        memory: { ...lost(minuteMs), ...moved(hourMs, a) },
      }),
      [],
    ],
    [
      'for an hour, and is then parked',
      at([booting(b)], null, { memory: lost(addressKeptMs) }),
      [some({ kind: 'park', serverId: a })],
    ],
    [
      'and the address is given back',
      at([], null, {
        name: parked,
        memory: { ...lost(hourMs), ...toNamed(parked, 2 * minuteMs, a) },
      }),
      [release('eipalloc-1', e)],
    ],
    ['the next server gets it', at([serving(b)], null, { memory: lost(minuteMs) }), [move(a)]],
  ])('%s', (_, observed, expected) => {
    expect(deeds(observed)).toEqual(expected);
  });
});

describe('of two addresses', () => {
  const both = (owner: string | null, ownerOfSecond: string | null) => ({
    addresses: addresses(owner, second(ownerOfSecond)),
  });
  test.each<Row>([
    [
      'the named one is kept, the idle one given back',
      at([serving(a)], a, both(a, null)),
      [release()],
    ],
    [
      'the named one comes back from nobody',
      at([serving(a, { address: other })], null, both(null, a)),
      [move(null, a)],
    ],
    [
      'before the name points to either the first is taken',
      observe([serving(a)], { name: parked, ...both(null, null) }),
      [move(null, a), release()],
    ],
    [
      'nothing is given back in the minute after one was asked for',
      at([serving(a)], a, { ...both(a, null), memory: { allocatingAt: ago(listLagMs - 1) } }),
      [],
    ],
    [
      'nor before nobody is sent there any more',
      at([serving(a)], a, { ...both(a, null), memory: toNamed(e, minuteMs, a) }),
      [],
    ],
    [
      'nor again, if it has just been',
      at([serving(a)], a, {
        ...both(a, null),
        memory: { released: [{ at: ago(1_000), id: 'eipalloc-2' }] },
      }),
      [],
    ],
    [
      'one that a foreign instance has is left to it',
      at([serving(a)], a, both(a, 'i-0000000f')),
      [],
    ],
  ])('%s', (_, observed, expected) => {
    expect(deeds(observed)).toEqual(expected);
  });
});

test('a name that was to be parked, and was not, is written down as it is, and nothing is told', () => {
  const memory = { ...moved(minuteMs, b), ...toNamed(parkedAddress, 2 * minuteMs, a) };
  const observed = at([serving(b)], b, { memory });
  const told = plan(observed, elastic).filter(({ kind }) => kind === 'incident');
  expect(told).toEqual([]);
  expect(deeds(observed)).toEqual([some({ kind: 'point', serverId: b, address: e })]);
});

test('the report of the server that had the address stays until the next one has read it', () => {
  const swept = (ms: number) =>
    plan(
      at([serving(b)], b, {
        reports: [toReport(a), toReport(b)],
        memory: { ...moved(ms, b), ...toNamed(e, hourMs, b) },
      }),
      elastic,
    ).filter(({ kind }) => kind === 'forget');
  expect(swept(addressSettleMs - 1)).toEqual([]);
  expect(swept(addressSettleMs)).toEqual([some({ kind: 'forget', serverId: a })]);
});

describe('off', () => {
  const rest = (parts: Part[], owner: string | null, ms = 2 * minuteMs) =>
    at(parts, owner, { desired: off, name: parked, memory: toNamed(parked, ms) });
  test.each<Row>([
    [
      'the name is parked first',
      at([serving(a)], a, { desired: off }),
      [some({ kind: 'park', serverId: null })],
    ],
    ['then servers end', rest([serving(a)], a), [some({ kind: 'retire', serverId: a })]],
    ['then the address goes', rest([], null), [release('eipalloc-1', e)]],
    ['not before the name has settled', rest([], null, secondMs), []],
  ])('%s', (_, observed, expected) => {
    expect(deeds(observed)).toEqual(expected);
  });
});
