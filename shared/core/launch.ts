/** Whether to launch a server, where, and why: because one is needed, or because a better one can be had in peace. */

import type { Action } from './deeds.ts';
import { type Fleet, type Member, whyUnfit } from './fleet.ts';
import { type Rung, toLadder, whyNoRung } from './ladder.ts';
import {
  dayMs,
  launchesPerHourMax,
  memoryMs,
  movesPerDayMax,
  onDemandHoldMs,
  restlessHoldMs,
  restlessInterruptions,
  returnShare,
  serversMax,
} from './limits.ts';
import type { Observed, Policy } from './model.ts';
import { hasSettled } from './settle.ts';
import { toDollars, toPlace } from './words.ts';

/** At most one launch at a time; what keeps a needed one from happening is said, once. */
export function launch(observed: Observed, policy: Policy, fleet: Fleet): Action[] {
  const { live } = fleet;
  if (live.some(({ fit }) => fit)) return move(observed, policy, fleet);
  const { memory, desired } = observed;
  const stuck = (why: string): Action[] => (memory.stuck === why ? [] : [{ kind: 'stuck', why }]);
  if (!desired.imageId) return stuck("Can't launch: there is no image yet; bake one");
  if (countLaunches(observed) >= launchesPerHourMax)
    return stuck(`Not launching: ${launchesPerHourMax} launches within an hour are the limit`);
  if (live.length >= serversMax)
    return stuck(`Not launching: ${serversMax} servers at a time are the limit`);
  const [rung] = toLadder(observed, policy);
  if (!rung) return stuck(`Can't launch: ${whyNoRung(observed, policy)}`);
  const need = live.length ? live.map(whyUnfit).join(' and ') : 'There is no server';
  return [toLaunch(observed, desired.imageId, rung, need, false)];
}

/** Replaces a server that could stay: make before break, one at a time, and not too often. */
function move(observed: Observed, policy: Policy, { live }: Fleet): Action[] {
  const [keeper, ...others] = live;
  const { desired, memory, now } = observed;
  if (!keeper || others.length || !desired.imageId) return [];
  if (keeper.phase !== 'serving' || !hasSettled(observed, keeper.server.address)) return [];
  const moves = memory.moves.filter((at) => now - at < dayMs).length;
  // What AWS has announced to end has to be replaced, whatever we had rather.
  if (keeper.risk !== 'maintenance' && moves >= movesPerDayMax) return [];
  if (countLaunches(observed) >= launchesPerHourMax) return [];
  const better = toBetter(keeper, observed, policy);
  return better ? [toLaunch(observed, desired.imageId, better.rung, better.why, true)] : [];
}

function toBetter(
  keeper: Member,
  observed: Observed,
  policy: Policy,
): { rung: Rung; why: string } | null {
  const { server, risk } = keeper;
  const choose = (why: string, fits: (rung: Rung) => boolean) => {
    // What can wait waits until prices are known.
    const rung = observed.prices ? toLadder(observed, policy).find(fits) : undefined;
    return rung ? { rung, why } : null;
  };
  if (risk === 'maintenance') return choose(`AWS has announced to end ${server.id}`, () => true);
  if (risk === 'rebalance')
    // On demand would cost more than the mere risk of an interruption, and the same pool has the same risk.
    return choose(
      `AWS recommends to move away from ${server.id}`,
      ({ market, pool }) => market === 'spot' && toPlace(pool) !== toPlace(server.pool),
    );
  if (server.imageId !== observed.desired.imageId)
    return choose(`${server.id} runs an older image`, () => true);
  if (server.market === 'on-demand' && isQuiet(keeper, observed))
    return choose(
      `Spot has been clearly under the cap of ${toDollars(policy.cap)} for a while, and ${server.id} is on demand`,
      (rung) => rung.market === 'spot' && isClearlyCheaper(rung, keeper, policy),
    );
  return null;
}

/** Long enough on demand, and longer after a day of many interruptions: real prices cross a cap again and again. */
function isQuiet({ server }: Member, { memory, now }: Observed): boolean {
  if (now - server.launchedAt < onDemandHoldMs) return false;
  const today = memory.interruptions.filter((at) => now - at < dayMs);
  return today.length < restlessInterruptions || now - Math.max(...today) >= restlessHoldMs;
}

function isClearlyCheaper({ peak }: Rung, { server }: Member, { cap, types }: Policy): boolean {
  const onDemand = types.find(({ type }) => type === server.pool.type)?.onDemand ?? cap;
  return peak !== null && peak <= returnShare * Math.min(cap, onDemand);
}

function countLaunches({ memory, now }: Observed): number {
  return memory.launches.filter(({ at }) => now - at < memoryMs).length;
}

function toLaunch(
  { memory, servers }: Observed,
  imageId: string,
  { market, pool, maxPrice, perHour, why }: Rung,
  need: string,
  planned: boolean,
): Action {
  const generations = servers.map(({ generation }) => generation);
  return {
    kind: 'launch',
    market,
    pool,
    imageId,
    maxPrice,
    perHour,
    generation: Math.max(memory.generation, ...generations) + 1,
    attempt: memory.attempt,
    planned,
    why: `${need}: launching ${toPlace(pool)} ${why}`,
  };
}
