/** The plan: from what is desired and what is observed to what to do, each with its reason. */
import { type Fleet, type Member, toFleet, whyUnfit } from './fleet.ts';
import { toLadder, whyNoRung } from './ladder.ts';
import { launchesPerHourMax, memoryMs, nameSettleMs, parkedAddress, serversMax } from './limits.ts';
import type { Action, Observed, Policy } from './model.ts';
import { toPlace } from './words.ts';

/** Pure and total. An empty plan means: nothing to do until the world changes. */
export function plan(observed: Observed, policy: Policy): Action[] {
  const fleet = toFleet(observed, policy);
  const actions =
    observed.desired.power === 'on'
      ? [...launch(observed, policy, fleet), ...point(observed, fleet), ...retire(observed, fleet)]
      : off(observed, fleet);
  return [...actions, ...forget(observed)];
}

/** Launches when no server is, or will soon be, fit to keep. */
function launch(observed: Observed, policy: Policy, { live }: Fleet): Action[] {
  if (live.some(({ fit }) => fit)) return [];
  const { memory, desired, servers, now } = observed;
  const stuck = (why: string): Action[] => (memory.stuck === why ? [] : [{ kind: 'stuck', why }]);

  if (!desired.imageId) return stuck("Can't launch: there is no image yet; bake one");
  const launches = memory.launches.filter(({ at }) => now - at < memoryMs).length;
  if (launches >= launchesPerHourMax)
    return stuck(`Not launching: ${launchesPerHourMax} launches within an hour are the limit`);
  if (live.length >= serversMax)
    return stuck(`Not launching: ${serversMax} servers at a time are the limit`);
  const [rung] = toLadder(observed, policy);
  if (!rung) return stuck(`Can't launch: ${whyNoRung(observed)}`);

  const need = live.length ? live.map(whyUnfit).join(' and ') : 'There is no server';
  const generations = servers.map(({ generation }) => generation);
  return [
    {
      kind: 'launch',
      market: rung.market,
      pool: rung.pool,
      imageId: desired.imageId,
      maxPrice: rung.maxPrice,
      perHour: rung.perHour,
      generation: Math.max(memory.generation, ...generations) + 1,
      attempt: memory.attempt,
      why: `${need}: launching ${toPlace(rung.pool)} ${rung.why}`,
    },
  ];
}

/** Points the name at the best server that serves; away from an address that is no longer ours. */
function point({ name }: Observed, { live }: Fleet): Action[] {
  if (!name) return [];
  const best = live.find(({ phase }) => phase === 'serving');
  const { address, id } = best?.server ?? {};
  if (address && id) {
    if (name.address === address) return [];
    return [{ kind: 'point', serverId: id, address, why: `${id} serves: the name moves to it` }];
  }
  const isOurs = live.some(({ server }) => server.address === name.address);
  if (name.address === parkedAddress || isOurs) return [];
  return [
    {
      kind: 'park',
      why: name.address
        ? `No server of ours has ${name.address} any more: the name is parked until one serves`
        : 'The name is parked until a server serves',
    },
  ];
}

/** Ends what is not needed: at once what serves nobody, the rest when the name has settled on the keeper. */
function retire(observed: Observed, { live, stopped }: Fleet): Action[] {
  const [first] = live;
  const keeper = first?.fit ? first : null;
  const settled = keeper?.phase === 'serving' && hasSettled(observed, keeper.server.address);
  const isSpare = (member: Member) => {
    if (member === keeper) return false;
    if (settled) return true;
    if (member.phase === 'silent') return !isNamed(member, observed);
    // A second launch of two passes at once: it serves nobody yet.
    return member.phase === 'booting' && member.fit;
  };
  return [
    ...stopped.map(({ id }) => toRetire(id, `${id} is stopped and serves nobody`)),
    ...live.filter(isSpare).map((member) => toRetire(member.server.id, whySpare(member, keeper))),
  ];
}

function whySpare(member: Member, keeper: Member | null): string {
  const { id } = member.server;
  if (!member.fit) return `${whyUnfit(member)}${keeper ? `; ${keeper.server.id} is kept` : ''}`;
  return `${id} is not needed: ${keeper?.server.id} is kept`;
}

/** Without Route 53's word any address may be the named one. */
function isNamed({ server: { address } }: Member, { name }: Observed): boolean {
  return !name || (address !== null && address === name.address);
}

/** Parks the name before any address is given up, waits until clients have noticed, then ends all. */
function off(observed: Observed, { live, stopped }: Fleet): Action[] {
  const all = [...live.map(({ server }) => server), ...stopped];
  if (!observed.name) return [];
  if (observed.name.address !== parkedAddress)
    return [{ kind: 'park', why: 'The VPN is off: the name is parked' }];
  if (!hasSettled(observed, parkedAddress)) return [];
  return all.map(({ id }) => toRetire(id, 'The VPN is off'));
}

/** Whether the name points there, and has for so long that clients went along. */
function hasSettled({ name, memory, now }: Observed, address: string | null): boolean {
  if (!address || name?.address !== address) return false;
  const { named } = memory;
  return named?.address !== address || now - named.at >= nameSettleMs;
}

/** Reports of servers that EC2 no longer lists, or lists as ended, are of no use to anybody. */
function forget({ reports, servers, memory }: Observed): Action[] {
  const known = new Set([
    ...servers.flatMap(({ id, state }) => (state === 'terminated' ? [] : [id])),
    ...memory.launches.map(({ serverId }) => serverId),
  ]);
  return reports
    .filter(({ serverId }) => !known.has(serverId))
    .map(({ serverId }) => ({ kind: 'forget', serverId, why: `${serverId} has ended` }));
}

function toRetire(serverId: string, why: string): Action {
  return { kind: 'retire', serverId, why };
}
