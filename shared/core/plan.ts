/** The plan: from what is desired and what is observed to what to do, each with its reason. */

import type { Action } from './deeds.ts';
import { isKept, release, seat } from './elastic.ts';
import { type Fleet, type Member, toFleet, whyUnfit } from './fleet.ts';
import { tell, tellHandover } from './incident.ts';
import { launch } from './launch.ts';
import {
  addressSettleMs,
  drainMaxMs,
  drillFreshMs,
  listLagMs,
  noticeMs,
  parkedAddress,
} from './limits.ts';
import type { Observed, Policy, Server } from './model.ts';
import { isOn, toPower } from './power.ts';
import { refresh, tend } from './secrets.ts';
import { hasSettled } from './settle.ts';
import { toTimeOfDay } from './words.ts';

const minuteMs = 60_000;

/** Pure and total. An empty plan means: nothing to do until the world changes. */
export function plan(observed: Observed, policy: Policy): Action[] {
  const fleet = toFleet(observed, policy);
  const actions = isOn(observed)
    ? [
        ...launch(observed, policy, fleet),
        ...point(observed, policy, fleet),
        ...retire(observed, fleet),
        ...release(observed, toServers(fleet), toBest(fleet)),
        ...rest(observed, fleet),
        ...drill(observed, fleet),
      ]
    : off(observed, fleet);
  return [
    ...tend(observed, policy),
    ...actions,
    ...refresh(observed, policy, fleet),
    ...tell(observed, fleet),
    ...tellHandover(observed),
    ...remove(observed),
    ...forget(observed),
  ];
}

/** Points the name at the best server that serves; away from an address that is no longer ours. */
function point(observed: Observed, policy: Policy, fleet: Fleet): Action[] {
  const { name, memory } = observed;
  const { live } = fleet;
  if (!name) return [];
  const best = toBest(fleet);
  const seating = best && seat(observed, policy, best);
  if (seating) return seating;
  const { address, id } = best ?? {};
  if (address && id) {
    // A pass may have written down that it parks the name, and failed: then the journal is put right.
    if (name.address === address && (memory.named?.address ?? address) === address) return [];
    return [{ kind: 'point', serverId: id, address, why: `${id} serves: the name moves to it` }];
  }
  const isOurs = ({ server }: Member) => server.address !== null && server.address === name.address;
  if (name.address === parkedAddress || live.some(isOurs) || isKept(observed, policy)) return [];
  return [
    {
      kind: 'park',
      serverId: memory.named?.serverId ?? null,
      why: name.address
        ? `No server of ours has ${name.address} any more: the name is parked until one serves`
        : 'The name is parked until a server serves',
    },
  ];
}

function toBest({ live }: Fleet): Server | null {
  return live.find(({ phase }) => phase === 'serving')?.server ?? null;
}

function toServers({ live, stopped }: Fleet): Server[] {
  return [...live.map(({ server }) => server), ...stopped];
}

/** Ends what is not needed, once the name has settled and nobody is sent there any more. */
function retire(observed: Observed, { live, stopped }: Fleet): Action[] {
  const [first] = live;
  const keeper = first?.fit ? first : null;
  return [
    ...stopped.map(({ id }) => toRetire(id, `${id} is stopped and serves nobody`)),
    ...live
      .filter((member) => member !== keeper && isSpare(member, keeper, observed))
      .map((member) => toRetire(member.server.id, whySpare(member, keeper, observed))),
  ];
}

function isSpare(member: Member, keeper: Member | null, observed: Observed): boolean {
  // On the way to become a better keeper.
  if (keeper && member.fit && member.phase === 'booting' && member.rank < keeper.rank) return false;
  if (isUnknown(member, observed)) return false;
  if (keeper?.phase === 'serving' && hasSettled(observed, keeper.server.address))
    return !isDraining(member, keeper, observed);
  // What nobody is sent to, nor has been sent to lately: a silent one, or a second launch of two passes at once.
  const { name } = observed;
  const isNamed = !name || (name.address !== null && name.address === member.server.address);
  if (isNamed || !hasSettled(observed, name.address)) return false;
  return member.phase === 'silent' || (member.fit && member.phase === 'booting' && keeper !== null);
}

/** Just launched by a pass that has written down more than we had read: it knows better what it is for. */
function isUnknown({ server }: Member, { memory, now }: Observed): boolean {
  return server.generation > memory.generation && now - server.launchedAt < listLagMs;
}

/** A server that could stay is left for a while to those who are still connected to it. */
function isDraining(member: Member, keeper: Member, observed: Observed): boolean {
  // With the address all of them have gone.
  if (observed.memory.moved?.address === keeper.server.address) return false;
  if (!member.fit || hasSettled(observed, keeper.server.address, drainMaxMs)) return false;
  const report = observed.reports.find(({ serverId }) => serverId === member.server.id);
  return (report?.sessions ?? 0) > 0;
}

function whySpare(member: Member, keeper: Member | null, { memory }: Observed): string {
  const { id } = member.server;
  // Without its address it can't serve, which is no fault of its own.
  const isLeft = keeper?.phase === 'serving' && memory.moved?.from === id && member.endsAt === null;
  if (!member.fit && !isLeft)
    return `${whyUnfit(member)}${keeper ? `; ${keeper.server.id} is kept` : ''}`;
  return `${id} is not needed: ${keeper?.server.id} is kept`;
}

/** Turns the VPN off once nobody has used it for as long as people have asked for, whoever is connected. */
function rest({ desired, reports, memory, now }: Observed, { live }: Fleet): Action[] {
  const { idleMinutes } = desired;
  if (idleMinutes === null || !live.length) return [];
  const since = toPower(desired, memory, now).at;
  const isIdle = ({ server, phase }: Member) => {
    const report = reports.find(({ serverId }) => serverId === server.id);
    if (phase !== 'serving' || !report || report.idleMs === null) return false;
    return Math.min(report.idleMs + now - report.at, now - since) >= idleMinutes * minuteMs;
  };
  const why = `Nobody has used it for ${idleMinutes} minutes: the VPN is turned off`;
  return live.every(isIdle) ? [{ kind: 'idle', why }] : [];
}

/**
 * Treats the one server that serves as if AWS took it, with its notice, once for each time that it is asked for. If
 * no other serves in time it is kept after all: a drill that costs an outage would teach nothing that is not known.
 */
function drill({ desired, memory, now }: Observed, { live }: Fleet): Action[] {
  const { drillAt: askedAt } = desired;
  const [keeper, ...others] = live;
  if (askedAt === null || now - askedAt >= drillFreshMs || askedAt <= (memory.drill?.askedAt ?? 0))
    return [];
  if (!keeper || others.length || !keeper.fit || keeper.phase !== 'serving') return [];
  const { id: serverId } = keeper.server;
  const endsAt = now + noticeMs;
  const why = `Somebody asked for a drill: ${serverId} is taken at ${toTimeOfDay(endsAt)} UTC`;
  return [{ kind: 'drill', serverId, endsAt, askedAt, why }];
}

/** Parks the name before any address is given up, waits until clients have noticed, then ends all. */
function off(observed: Observed, fleet: Fleet): Action[] {
  if (!observed.name) return [];
  if (observed.name.address !== parkedAddress)
    return [{ kind: 'park', serverId: null, why: 'The VPN is off: the name is parked' }];
  if (!hasSettled(observed, parkedAddress)) return [];
  const all = toServers(fleet);
  if (all.length) return all.map(({ id }) => toRetire(id, 'The VPN is off'));
  return release(observed, [], null);
}

const strayWords = {
  'spot-request': 'is a persistent spot request: it would launch servers behind our back',
  volume: 'is a disk that no server uses',
  address: 'is an address that no server uses',
};

function remove({ strays }: Observed): Action[] {
  return strays.map((stray) => ({
    kind: 'remove',
    stray,
    why: `${stray.id} ${strayWords[stray.kind]}`,
  }));
}

/** Reports of servers that EC2 no longer lists, or lists as ended, are of no use to anybody. */
function forget(observed: Observed): Action[] {
  const { reports, servers, memory, now } = observed;
  const launches = memory.launches.filter(({ at }) => now - at < listLagMs);
  // Where its clients are the next server has to know, which may be about to read it.
  const { named, moved } = memory;
  const from = moved && now - moved.at < addressSettleMs ? moved.from : null;
  const last = isOn(observed) ? [named?.serverId ?? '', from ?? ''] : [];
  const known = new Set([
    ...servers.flatMap(({ id, state }) => (state === 'terminated' ? [] : [id])),
    ...launches.map(({ serverId }) => serverId),
    ...last,
  ]);
  return reports
    .filter(({ serverId }) => !known.has(serverId))
    .map(({ serverId }) => ({ kind: 'forget', serverId, why: `${serverId} has ended` }));
}

function toRetire(serverId: string, why: string): Action {
  return { kind: 'retire', serverId, why };
}
