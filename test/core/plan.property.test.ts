/** What no plan ever does, whatever is observed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toFleet } from '../../shared/core/fleet.ts';
import { bootMaxMs, listLagMs, nameSettleMs, reportFreshMs } from '../../shared/core/limits.ts';
import type {
  Action,
  Hold,
  Ledger,
  Memory,
  Observed,
  Policy,
  Report,
  Server,
  Stray,
} from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import { refusals } from '../../shared/core/refusals.ts';
import { ago, hourMs, imageId, minuteMs, now, parked, policy, toPrice } from './scene.ts';

const ids = Array.from({ length: 5 }, (_, index) => `i-${String(index).repeat(17)}`);
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
const report: fc.Arbitrary<Report> = fc.record({
  serverId: id,
  at: past,
  serving,
  sessions: fc.nat(2),
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

const address = fc.constantFrom(parked, '198.51.100.7', ...ids.map(toAddress));
const memory: fc.Arbitrary<Memory> = fc.record({
  generation: fc.nat(5),
  attempt: fc.nat(5),
  launches: fc.uniqueArray(
    fc.record({ at: past, serverId: id, generation: fc.nat(5), market, pool }),
    { selector: ({ serverId }) => serverId },
  ),
  dooms: fc.array(fc.record({ serverId: id, endsAt: age.map((ms) => now + ms) })),
  risks: fc.array(
    fc.record({ at: past, serverId: id, cause: fc.constantFrom('rebalance', 'maintenance') }),
    { maxLength: 2 },
  ),
  ended: fc.array(fc.record({ at: past, serverId: id, explained: fc.boolean() }), { maxLength: 2 }),
  interruptions: fc.array(past, { maxLength: 4 }),
  moves: fc.array(past, { maxLength: 5 }),
  holds: fc.array(hold),
  named: fc.option(fc.record({ at: past, address, serverId: fc.option(id) })),
  incident: fc.option(fc.record({ at: past, serverId: id, lostAt: fc.option(past) })),
  stuck: fc.constant(null),
});

const dollars = fc.constantFrom(0.0016, 0.0036, 0.004, 0.0041, 0.0052, 2);
const stray: fc.Arbitrary<Stray> = fc.record({
  kind: fc.constantFrom('spot-request', 'volume'),
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
});

const observed: fc.Arbitrary<Observed> = fc.record({
  now: fc.constant(now),
  desired: fc.record({
    power: fc.constantFrom('on', 'off'),
    imageId: fc.option(fc.constant(imageId)),
  }),
  servers: fc.uniqueArray(server, { selector: (one) => one.id }),
  reports: fc.uniqueArray(report, { selector: ({ serverId }) => serverId }),
  name: fc.option(fc.record({ address: fc.option(address) })),
  prices: fc.option(
    fc.uniqueArray(
      fc
        .record({ pool, perHour: dollars, peak: dollars })
        .map(({ pool: where, perHour, peak }) => toPrice(where, perHour, Math.max(perHour, peak))),
      { selector: (price) => JSON.stringify(price.pool) },
    ),
  ),
  impaired: fc.subarray(ids, { maxLength: 2 }),
  strays: fc.uniqueArray(stray, { selector: (one) => one.id, maxLength: 2 }),
  ledger: fc.option(ledger),
  memory,
});
const chosen: fc.Arbitrary<Policy> = fc
  .constantFrom(0.001, 0.004, 0.0052, 1)
  .map((cap) => ({ ...policy, cap }));

const runs = { numRuns: 3_000 };

/** Holds of every plan, whatever is observed. */
function always(
  sentence: string,
  check: (actions: Action[], observed: Observed, policy: Policy) => void,
) {
  test(sentence, () => {
    fc.assert(
      fc.property(observed, chosen, (scene, by) => check(plan(scene, by), scene, by)),
      runs,
    );
  });
}

const kinds = (actions: Action[], ...wanted: Action['kind'][]) =>
  actions.filter(({ kind }) => wanted.includes(kind));

/** In the test's own words, so that the plan's may be wrong. */
function isServing({ servers, reports, memory, impaired }: Observed, serverId: string): boolean {
  const one = servers.find((other) => other.id === serverId);
  const said = reports.find((other) => other.serverId === serverId);
  const hasEnded = memory.ended.some((end) => end.serverId === serverId && end.at > ago(listLagMs));
  return Boolean(
    one?.state === 'running' &&
      one.address &&
      !hasEnded &&
      !impaired.includes(serverId) &&
      said &&
      said.at > ago(reportFreshMs) &&
      said.serving.pptp &&
      said.serving.wireguard,
  );
}

describe('a plan always', () => {
  always('is the same for the same', (actions, scene, by) => {
    expect(plan(structuredClone(scene), by)).toEqual(actions);
  });

  always('is the same in whatever order AWS lists things', (actions, scene, by) => {
    const { servers, reports, prices } = scene;
    const mixed = {
      ...scene,
      servers: servers.toReversed(),
      reports: reports.toReversed(),
      prices: prices?.toReversed() ?? null,
    };
    const texts = (list: Action[]) => list.map((action) => JSON.stringify(action)).sort();
    expect(texts(plan(mixed, by))).toEqual(texts(actions));
  });

  always('leaves what it looked at as it is', (_, scene, by) => {
    const before = structuredClone(scene);
    plan(scene, by);
    expect(scene).toEqual(before);
  });

  always('gives each action a reason that fits into a message', (actions) => {
    for (const { why } of actions) {
      expect(why).toMatch(/^\S/);
      expect(why.length).toBeLessThan(300);
    }
  });
});

describe('a plan never', () => {
  always('launches twice, moves the name twice, or ends a server twice', (actions) => {
    expect(kinds(actions, 'launch', 'stuck').length).toBeLessThan(2);
    expect(kinds(actions, 'point', 'park').length).toBeLessThan(2);
    const ended = actions.flatMap((action) => (action.kind === 'retire' ? action.serverId : []));
    expect(new Set(ended).size).toBe(ended.length);
  });

  always('launches or is stuck while a fit server lives', (actions, scene, by) => {
    if (!toFleet(scene, by).live.some(({ fit }) => fit)) return;
    // But for a move in peace, which the plan tests have.
    const needed = actions.filter((action) => action.kind === 'launch' && !action.planned);
    expect([...needed, ...kinds(actions, 'stuck')]).toEqual([]);
  });

  always('launches, points or is stuck with the power off', (actions, scene) => {
    if (scene.desired.power === 'on') return;
    expect(kinds(actions, 'launch', 'point', 'stuck')).toEqual([]);
  });

  always('launches on spot above the cap', (actions, { prices }, { cap }) => {
    for (const action of actions) {
      if (action.kind !== 'launch' || action.market !== 'spot' || !prices) continue;
      const price = prices.find(
        ({ pool: { type: t, zone: z } }) => t === action.pool.type && z === action.pool.zone,
      );
      expect(action.perHour).toBe(price?.perHour);
      expect(price?.perHour).toBeLessThanOrEqual(cap);
    }
  });

  always('sends a limit above the cap, or any on demand', (actions, _, { cap }) => {
    for (const action of actions)
      if (action.kind === 'launch')
        expect([null, action.market === 'spot' ? cap : null]).toContain(action.maxPrice);
  });

  always('points at what does not serve, or is not ours', (actions, scene) => {
    for (const action of actions) {
      if (action.kind !== 'point') continue;
      expect(isServing(scene, action.serverId)).toBe(true);
      expect(scene.servers.find((one) => one.id === action.serverId)?.address).toBe(action.address);
    }
  });

  always('ends the last server that serves while the power is on', (actions, scene) => {
    if (scene.desired.power === 'off') return;
    const before = ids.filter((one) => isServing(scene, one));
    const retired = actions.flatMap((action) => (action.kind === 'retire' ? action.serverId : []));
    if (before.length) expect(before.filter((one) => !retired.includes(one))).not.toEqual([]);
  });

  always('gives up an address that the name has', (actions, scene) => {
    for (const action of kinds(actions, 'retire')) {
      const given = scene.servers.find((one) => 'serverId' in action && one.id === action.serverId);
      if (given?.address) expect(scene.name?.address).not.toBe(given.address);
    }
  });
});
