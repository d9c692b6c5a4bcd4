/** Builds what a pass observes, from servers with a part to play; each test says how its scene differs. */
import { expect } from 'vitest';
import { emptyMemory } from '../../shared/core/memory.ts';
import type {
  Desired,
  Observed,
  Policy,
  PoolPrice,
  Report,
  Server,
} from '../../shared/core/model.ts';
import type { Hold, Memory } from '../../shared/core/remembered.ts';

export const now = Date.UTC(2026, 10, 22, 5);
export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const ago = (ms: number): number => now - ms;

export const imageId = 'ami-0123456789abcdef0';
export const parked = '192.0.2.1';
/** Nobody knows where the name points. */
export const unread = Symbol('unread');

/** Three servers in the order of their launch, and their addresses. */
export const [a, b, c] = ['i-0000000a', 'i-0000000b', 'i-0000000c'] as const;
export const addressOf = { [a]: '203.0.113.10', [b]: '203.0.113.11', [c]: '203.0.113.12' } as const;
type Id = keyof typeof addressOf;

export const nano = { type: 't3.nano', zone: 'us-east-1a' };
export const nanoB = { type: 't3.nano', zone: 'us-east-1b' };
export const nanoAmd = { type: 't3a.nano', zone: 'us-east-1a' };
const nanoAmdB = { type: 't3a.nano', zone: 'us-east-1b' };

export const policy: Policy = {
  vpn: 'home',
  cap: 0.004,
  types: [
    { type: 't3.nano', onDemand: 0.0052 },
    { type: 't3a.nano', onDemand: 0.0047 },
  ],
  protocols: ['pptp', 'wireguard'],
  address: 'dynamic',
  onDemandDollarsMax: 5,
  rotateDays: 0,
  oldPasswordMinutes: 0,
};

/** On since yesterday. */
export const wish: Desired = {
  power: 'on',
  at: ago(24 * hourMs),
  until: null,
  idleMinutes: null,
  schedule: null,
  drillAt: null,
  imageId,
};
export const off: Desired = { ...wish, power: 'off', imageId: null };

/** A server and what it last said of itself. */
export interface Part {
  server: Server;
  report: Report | null;
}

const generations: Record<Id, number> = { [a]: 1, [b]: 2, [c]: 3 };

/** Runs for an hour and reported half a minute ago that all its protocols answer. */
export function serving(id: Id, differs: Partial<Server> = {}): Part {
  const server: Server = {
    id,
    state: 'running',
    stateReason: null,
    market: 'spot',
    pool: nano,
    imageId,
    address: addressOf[id],
    launchedAt: ago(hourMs),
    generation: generations[id],
    ...differs,
  };
  return { server, report: toReport(id) };
}

/** Runs for a minute and has not said anything yet. */
export function booting(id: Id, differs: Partial<Server> = {}): Part {
  return { ...serving(id, { launchedAt: ago(minuteMs), ...differs }), report: null };
}

/** Runs for an hour and says nothing. */
export function silent(id: Id, differs: Partial<Server> = {}): Part {
  return { ...serving(id, differs), report: null };
}

export function toReport(serverId: string, differs: Partial<Report> = {}): Report {
  return {
    serverId,
    at: ago(30_000),
    serving: { pptp: true, wireguard: true },
    sessions: 0,
    idleMs: null,
    applied: { users: {}, keys: { wireguard: 1 } },
    noticeAt: null,
    rebalanceAt: null,
    problem: null,
    ...differs,
  };
}

export interface Differs extends Partial<Omit<Observed, 'memory' | 'name'>> {
  /** Address, null for no record, or unread. Unless said, that of the first server with a report. */
  name?: string | null | typeof unread;
  memory?: Partial<Memory>;
}

/** Wanted on, image baked, spot in reach of the cap, nothing remembered. */
export function observe(parts: Part[], differs: Differs = {}): Observed {
  const named = parts.find(({ report }) => report)?.server.address ?? parked;
  const { name = named, memory, ...others } = differs;
  return {
    now,
    desired: wish,
    servers: parts.map(({ server }) => server),
    reports: parts.flatMap(({ report }) => report ?? []),
    name: name === unread ? null : { address: name },
    addresses: null,
    prices: toPrices(0.0016, 0.0018, 0.002, 0.0021),
    secrets: { users: [], serverKey: { version: 1, publicKey: 'servers' } },
    impaired: [],
    strays: [],
    ledger: null,
    memory: { ...emptyMemory, ...memory },
    ...others,
  };
}

/** A price that was never higher, unless a peak is given. */
export function toPrice(pool: PoolPrice['pool'], perHour: number, peak = perHour): PoolPrice {
  return { pool, perHour, peak };
}

/** Spot prices of the four pools, dollars an hour. */
export function toPrices(nanoA: number, inB: number, amd: number, amdInB: number): PoolPrice[] {
  return [
    toPrice(nano, nanoA),
    toPrice(nanoB, inB),
    toPrice(nanoAmd, amd),
    toPrice(nanoAmdB, amdInB),
  ];
}

export function toHolds(...holds: Partial<Hold>[]): Pick<Memory, 'holds'> {
  const usual = { until: now + minuteMs, code: 'InsufficientInstanceCapacity', times: 1 };
  return { holds: holds.map((hold) => ({ ...usual, ...hold })) };
}

/** AWS will take them in a minute. */
export function toDooms(...serverIds: string[]): Pick<Memory, 'dooms'> {
  return { dooms: serverIds.map((serverId) => ({ serverId, endsAt: now + minuteMs })) };
}

/** They have ended, so long ago. */
export function toEnds(ms: number, ...serverIds: string[]): Pick<Memory, 'ended'> {
  return { ended: serverIds.map((serverId) => ({ at: ago(ms), serverId, explained: true })) };
}

/** The name was moved there, so long ago. */
export function toNamed(
  address: string,
  ms: number,
  serverId: string | null = null,
): Pick<Memory, 'named'> {
  return { named: { at: ago(ms), address, serverId } };
}

/** So many launches, the first of them that long ago, the last one five minutes. */
export function toLaunches(
  count: number,
  firstMs: number,
): Pick<Memory, 'launches' | 'generation'> {
  const stepMs = (firstMs - 5 * minuteMs) / (count - 1);
  const launches = Array.from({ length: count }, (_, index) => ({
    at: ago(firstMs - index * stepMs),
    serverId: `i-${String(index).padStart(17, '0')}`,
    generation: index + 1,
    market: 'spot' as const,
    pool: nano,
  }));
  return { launches, generation: count };
}

/** The action, whatever its reason. */
export function some(action: object): unknown {
  return { ...action, why: expect.stringMatching(/\S/) as string };
}
