/** Any scene that a pass may observe, likely or not, around each limit that makes a difference. */
import fc from 'fast-check';
import { withAddresses } from '../../shared/core/elastic.ts';
import { bootMaxMs, listLagMs, nameSettleMs, reportFreshMs } from '../../shared/core/limits.ts';
import type {
  Ledger,
  Observed,
  Policy,
  Report,
  Server,
  Stray,
  Versions,
} from '../../shared/core/model.ts';
import { refusals } from '../../shared/core/refusals.ts';
import type { Hold, Memory } from '../../shared/core/remembered.ts';
import type { Secrets, User } from '../../shared/core/users.ts';
import { ago, hourMs, imageId, minuteMs, now, parked, policy, toPrice } from './scene.ts';

export const ids = Array.from({ length: 5 }, (_, index) => `i-${String(index).repeat(17)}`);
const toAddress = (id: string) => `203.0.113.${ids.indexOf(id)}`;

const id = fc.constantFrom(...ids);
const market = fc.constantFrom('spot', 'on-demand');
const type = fc.constantFrom('t3.nano', 't3a.nano');
const zone = fc.constantFrom('us-east-1a', 'us-east-1b');
const pool = fc.record({ type, zone });

/** Around each limit that makes a difference, and anywhere. */
const age = fc.oneof(
  ...[reportFreshMs, bootMaxMs, listLagMs, nameSettleMs, hourMs].map((limitMs) =>
    fc.integer({ min: limitMs - 1, max: limitMs + 1 }),
  ),
  fc.integer({ min: -minuteMs, max: 2 * hourMs }),
);
const past = age.map(ago);

const server: fc.Arbitrary<Server> = fc
  .record({
    id,
    stateReason: fc.constantFrom(null, 'Server.SpotInstanceTermination'),
    imageId: fc.constantFrom(imageId, imageId, 'ami-0fedcba9876543210', null),
    state: fc.constantFrom(
      'pending',
      'running',
      'running',
      'running',
      'stopping',
      'stopped',
      'shutting-down',
      'terminated',
    ),
    market,
    pool,
    launchedAt: past,
    generation: fc.nat(5),
    hasAddress: fc.boolean(),
  })
  .map(({ hasAddress, ...rest }) => {
    const mayHave = rest.state === 'running' || rest.state === 'pending';
    return { ...rest, address: hasAddress && mayHave ? toAddress(rest.id) : null };
  });

const serving: fc.Arbitrary<Report['serving']> = fc.oneof(
  fc.constant({ pptp: true, wireguard: true }),
  fc.record({ pptp: fc.boolean(), wireguard: fc.boolean() }, { requiredKeys: [] }),
);
const userName = fc.constantFrom('alice', 'bob', 'constructor');
const version = fc.integer({ min: 1, max: 3 });
const versions: fc.Arbitrary<Versions> = fc.record({
  users: fc.dictionary(userName, version),
  keys: fc.constantFrom({}, { wireguard: 1 }, { wireguard: 2 }),
});
const user: fc.Arbitrary<User> = fc.record({
  name: userName,
  version,
  at: past,
  publicKey: fc.constant(null),
  ownKey: fc.boolean(),
  address: fc.constant(null),
  rotatedAt: past,
  expiresAt: fc.option(age.map((ms) => now + ms)),
  old: fc.constant(null),
});
const secrets: fc.Arbitrary<Secrets> = fc.record({
  users: fc.uniqueArray(user, { selector: ({ name }) => name }),
  serverKey: fc.option(fc.record({ version, publicKey: fc.constant('servers') })),
});

const report: fc.Arbitrary<Report> = fc.record({
  serverId: id,
  at: past,
  serving,
  sessions: fc.nat(2),
  idleMs: fc.option(fc.nat(2 * hourMs)),
  applied: versions,
  noticeAt: fc.option(age.map((ms) => now + ms)),
  rebalanceAt: fc.option(past),
  problem: fc.constant(null),
});

const hold: fc.Arbitrary<Hold> = fc.record(
  {
    market,
    type,
    zone: fc.option(zone),
    until: age.map((ms) => now + ms),
    code: fc.constantFrom('NobodyForesawThis', ...Object.keys(refusals)),
    times: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ['until', 'code', 'times'] },
);

const addressId = fc.constantFrom('eipalloc-1', 'eipalloc-2');
/** With the address that it stands for. */
const elastic = addressId.map((one) => ({ id: one, address: `198.51.100.${one.at(-1)}` }));
const address = fc.constantFrom(parked, '198.51.100.1', '198.51.100.7', ...ids.map(toAddress));
const memory: fc.Arbitrary<Memory> = fc.record({
  generation: fc.nat(5),
  attempt: fc.nat(5),
  launches: fc.uniqueArray(
    fc.record({ at: past, serverId: id, generation: fc.nat(5), market, pool }),
    { selector: ({ serverId }) => serverId },
  ),
  dooms: fc.array(fc.record({ serverId: id, endsAt: age.map((ms) => now + ms) })),
  drill: fc.option(fc.record({ serverId: id, endsAt: age.map((ms) => now + ms), askedAt: past })),
  idledAt: fc.option(past),
  risks: fc.array(
    fc.record({ at: past, serverId: id, cause: fc.constantFrom('rebalance', 'maintenance') }),
    { maxLength: 2 },
  ),
  ended: fc.array(fc.record({ at: past, serverId: id, explained: fc.boolean() }), { maxLength: 2 }),
  interruptions: fc.array(past, { maxLength: 4 }),
  moves: fc.array(past, { maxLength: 5 }),
  holds: fc.array(hold),
  named: fc.option(fc.record({ at: past, address, serverId: fc.option(id) })),
  allocatingAt: fc.option(past),
  allocated: fc.option(fc.tuple(elastic, past).map(([one, at]) => ({ ...one, at }))),
  unallocatedUntil: fc.option(age.map((ms) => now + ms)),
  moved: fc.option(
    fc
      .tuple(elastic, fc.record({ at: past, serverId: id, from: fc.option(id) }))
      .map(([one, move]) => ({ ...one, ...move })),
  ),
  released: fc.array(fc.record({ at: past, id: addressId }), { maxLength: 2 }),
  handed: fc.option(fc.record({ at: past, serverId: id })),
  incident: fc.option(fc.record({ at: past, serverId: id, lostAt: fc.option(past) })),
  refreshes: fc.array(
    fc.record({
      serverId: id,
      at: past,
      times: fc.integer({ min: 1, max: 9 }),
      since: past,
      wanted: fc.nat(3),
      failed: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  stuck: fc.constant(null),
});

const dollars = fc.constantFrom(0.0016, 0.0036, 0.004, 0.0041, 0.0052, 2);
const stray: fc.Arbitrary<Stray> = fc.record({
  kind: fc.constantFrom('spot-request', 'volume', 'address'),
  id: fc.constantFrom('sir-0123', 'vol-0123', 'vol-4567'),
});
const amount = fc.record({ hours: fc.nat(1_000), dollars: fc.constantFrom(0, 4.9, 5, 100) });
const ledger: fc.Arbitrary<Ledger> = fc.record({
  month: fc.constantFrom('2026-11', '2026-10'),
  until: past,
  spot: amount,
  onDemand: amount,
  address: amount,
  disk: amount,
  alwaysOnDemand: amount,
  days: fc.constant({}),
});

const anything: fc.Arbitrary<Observed> = fc.record({
  now: fc.constant(now),
  desired: fc.record({
    power: fc.constantFrom('on', 'off'),
    at: past,
    until: fc.option(
      age.map((ms) => now + ms),
      { freq: 1 },
    ),
    idleMinutes: fc.constantFrom(null, 5, 60),
    schedule: fc.constant(null),
    drillAt: fc.option(past),
    imageId: fc.option(fc.constant(imageId)),
  }),
  servers: fc.uniqueArray(server, { selector: (one) => one.id }),
  reports: fc.uniqueArray(report, { selector: ({ serverId }) => serverId }),
  name: fc.option(fc.record({ address: fc.option(address) })),
  addresses: fc.option(
    fc.uniqueArray(
      fc.tuple(elastic, fc.option(id)).map(([one, serverId]) => ({ ...one, serverId })),
      { selector: (one) => one.id },
    ),
  ),
  prices: fc.option(
    fc.uniqueArray(
      fc
        .record({ pool, perHour: dollars, peak: dollars })
        .map(({ pool: where, perHour, peak }) => toPrice(where, perHour, Math.max(perHour, peak))),
      { selector: (price) => JSON.stringify(price.pool) },
    ),
  ),
  secrets: fc.option(secrets),
  impaired: fc.subarray(ids, { maxLength: 2 }),
  strays: fc.uniqueArray(stray, { selector: (one) => one.id, maxLength: 2 }),
  ledger: fc.option(ledger),
  memory,
});

/** What EC2 says of its servers is as it says of its addresses. */
export const observed: fc.Arbitrary<Observed> = anything.map((scene) => ({
  ...scene,
  servers: withAddresses(scene.servers, scene),
}));
export const chosen: fc.Arbitrary<Policy> = fc
  .tuple(fc.constantFrom(0.001, 0.004, 0.0052, 1), fc.constantFrom('elastic', 'dynamic'))
  .map(([cap, kind]) => ({ ...policy, cap, address: kind }));

/** One server that serves and that the name has long pointed to: the only scene of moves in peace. */
export const inPeace: fc.Arbitrary<Observed> = fc
  .tuple(observed, server, report, market)
  .map(([scene, one, said, paid]) => {
    const address = toAddress(one.id);
    const isAbout = ({ serverId }: { serverId: string }) => serverId === one.id;
    const keeper: Server = { ...one, state: 'running', address, market: paid };
    const others = scene.servers.filter(
      ({ state }) => state === 'terminated' || state === 'stopped',
    );
    return {
      ...scene,
      servers: [...others.filter(({ id: other }) => other !== one.id), keeper],
      reports: [{ ...said, serverId: one.id, at: now, serving: { pptp: true, wireguard: true } }],
      desired: { ...scene.desired, until: null },
      name: { address },
      addresses: null,
      impaired: [],
      memory: {
        ...scene.memory,
        dooms: scene.memory.dooms.filter((doom) => !isAbout(doom)),
        ended: scene.memory.ended.filter((end) => !isAbout(end)),
        launches: scene.memory.launches.filter(({ at }) => at <= ago(listLagMs)),
        named: { at: ago(nameSettleMs), address, serverId: one.id },
        drill: null,
        moved: null,
        idledAt: null,
        refreshes: [],
      },
    };
  });
