/** What no plan ever does, whatever is observed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../shared/core/deeds.ts';
import { toFleet } from '../../shared/core/fleet.ts';
import {
  dayMs,
  launchesPerHourMax,
  listLagMs,
  movesPerDayMax,
  onDemandHoldMs,
  reportFreshMs,
} from '../../shared/core/limits.ts';
import type { Observed, Policy } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import { isOn } from '../../shared/core/power.ts';
import { chosen, ids, inPeace, observed } from './any-scene.ts';
import { ago, hourMs } from './scene.ts';

const runs = { numRuns: 3_000 };

/** Holds of every plan, whatever is observed. */
function always(
  sentence: string,
  check: (actions: Action[], observed: Observed, policy: Policy) => void,
) {
  test(sentence, () => {
    fc.assert(
      fc.property(fc.oneof(observed, inPeace), chosen, (scene, by) =>
        check(plan(scene, by), scene, by),
      ),
      runs,
    );
  });
}

const kinds = (actions: Action[], ...wanted: Action['kind'][]) =>
  actions.filter(({ kind }) => wanted.includes(kind));

const toMoves = (actions: Action[]) =>
  actions.filter((action) => action.kind === 'launch' && action.planned);
const isAbout = (id: string | undefined) => (one: object) =>
  'serverId' in one && one.serverId === id;

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

  always('launches for need, or is stuck, while a fit server lives', (actions, scene, by) => {
    if (!toFleet(scene, by).live.some(({ fit }) => fit)) return;
    expect(actions.filter((action) => action.kind === 'launch' && !action.planned)).toEqual([]);
    expect(kinds(actions, 'stuck')).toEqual([]);
  });

  always('moves but from the one server, which serves and has the name', (actions, scene, by) => {
    if (!toMoves(actions).length) return;
    const { live } = toFleet(scene, by);
    expect(live.map(({ server }) => isServing(scene, server.id))).toEqual([true]);
    expect(scene.name?.address).toBe(live[0]?.server.address);
    expect(kinds(actions, 'retire', 'point', 'park').filter(isAbout(live[0]?.server.id))).toEqual(
      [],
    );
  });

  always('moves without a reason that is observed', (actions, scene) => {
    const [keeper] = scene.servers.filter(({ id }) => isServing(scene, id));
    if (!toMoves(actions).length || !keeper) return;
    const isAtRisk = scene.memory.risks.some(isAbout(keeper.id));
    const isOld = keeper.imageId !== scene.desired.imageId;
    const isDear = keeper.market === 'on-demand' && keeper.launchedAt <= ago(onDemandHoldMs);
    expect(isAtRisk || isOld || isDear).toBe(true);
    expect(scene.prices).not.toBeNull();
  });

  always('launches or moves more often than is allowed', (actions, { memory }) => {
    const within = (times: number[], ms: number) => times.filter((at) => at > ago(ms)).length;
    const lately = within(
      memory.launches.map(({ at }) => at),
      hourMs,
    );
    if (lately >= launchesPerHourMax) expect(kinds(actions, 'launch')).toEqual([]);
    const isAnnounced = memory.risks.some(({ cause }) => cause === 'maintenance');
    if (within(memory.moves, dayMs) >= movesPerDayMax && !isAnnounced)
      expect(toMoves(actions)).toEqual([]);
  });

  always('launches on demand when the month has cost what it may', (actions, { ledger }, by) => {
    if (ledger?.month !== '2026-11' || ledger.onDemand.dollars < by.onDemandDollarsMax) return;
    for (const action of actions) expect(action).not.toMatchObject({ market: 'on-demand' });
  });

  always('begins an incident within another, or ends none', (actions, { memory }) => {
    expect(kinds(actions, memory.incident ? 'incident' : 'recovered')).toEqual([]);
    expect(kinds(actions, 'incident', 'recovered').length).toBeLessThan(2);
    for (const action of actions)
      if (action.kind === 'recovered') expect(action.outageMs).toBeGreaterThanOrEqual(0);
  });

  always('leaves a stray, or removes another', (actions, { strays }) => {
    const removed = actions.flatMap((action) => (action.kind === 'remove' ? action.stray : []));
    expect(removed).toEqual(strays);
  });

  always('launches, points or is stuck with the power off', (actions, scene) => {
    if (isOn(scene)) return;
    expect(kinds(actions, 'launch', 'point', 'stuck')).toEqual([]);
  });

  always('launches on spot above the cap or on demand', (actions, { prices }, { cap, types }) => {
    for (const action of actions) {
      if (action.kind !== 'launch' || action.market !== 'spot' || !prices) continue;
      const price = prices.find(
        ({ pool: { type: t, zone: z } }) => t === action.pool.type && z === action.pool.zone,
      );
      expect(action.perHour).toBe(price?.perHour);
      expect(price?.perHour).toBeLessThanOrEqual(cap);
      const { onDemand } = types.find((one) => one.type === action.pool.type) ?? { onDemand: 0 };
      expect(price?.perHour).toBeLessThanOrEqual(onDemand);
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
    if (!isOn(scene)) return;
    const before = ids.filter((one) => isServing(scene, one));
    const retired = actions.flatMap((action) => (action.kind === 'retire' ? action.serverId : []));
    if (before.length) expect(before.filter((one) => !retired.includes(one))).not.toEqual([]);
  });

  always('gives up an address that the name has', (actions, scene) => {
    for (const action of kinds(actions, 'retire')) {
      const given = scene.servers.find((one) => 'serverId' in action && one.id === action.serverId);
      // An Elastic IP address stays when its server ends.
      const stays = scene.addresses?.some(({ address }) => address === given?.address);
      if (given?.address && !stays) expect(scene.name?.address).not.toBe(given.address);
    }
    for (const action of actions)
      if (action.kind === 'release') expect(action.address).not.toBe(scene.name?.address);
  });
});

test('the scenes in peace do bring moves, of each kind', () => {
  const reasons = fc
    .sample(fc.tuple(inPeace, chosen), { seed: 1, numRuns: 3_000 })
    .flatMap(([scene, by]) =>
      toMoves(plan(scene, by)).map(({ why }) => why.replace(/i-\d+/, 'it').replace(/[:,].*/, '')),
    );
  const kindsOfMoves = new Set(reasons.map((reason) => reason.replace(/\$[\d.]+/, 'the cap')));
  expect([...kindsOfMoves].sort()).toEqual([
    'AWS has announced to end it',
    'AWS recommends to move away from it',
    'Spot has been clearly under the cap of the cap for a while',
    'it runs an older image',
  ]);
  expect(reasons.length).toBeGreaterThan(200);
});
