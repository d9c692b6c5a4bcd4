/** The plan: from what is desired and what is observed to what to do, each with its reason. */
import { type Fleet, type Member, toFleet, whyUnfit } from './fleet.ts';
import { tell } from './incident.ts';
import { launch } from './launch.ts';
import { drainMaxMs, parkedAddress } from './limits.ts';
import type { Action, Observed, Policy } from './model.ts';
import { hasSettled } from './settle.ts';

/** Pure and total. An empty plan means: nothing to do until the world changes. */
export function plan(observed: Observed, policy: Policy): Action[] {
  const fleet = toFleet(observed, policy);
  const actions =
    observed.desired.power === 'on'
      ? [...launch(observed, policy, fleet), ...point(observed, fleet), ...retire(observed, fleet)]
      : off(observed, fleet);
  return [...actions, ...tell(observed, fleet), ...remove(observed), ...forget(observed)];
}

/** Points the name at the best server that serves; away from an address that is no longer ours. */
function point({ name, memory }: Observed, { live }: Fleet): Action[] {
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
      serverId: memory.named?.serverId ?? null,
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
  return [
    ...stopped.map(({ id }) => toRetire(id, `${id} is stopped and serves nobody`)),
    ...live
      .filter((member) => member !== keeper && isSpare(member, keeper, observed))
      .map((member) => toRetire(member.server.id, whySpare(member, keeper))),
  ];
}

function isSpare(member: Member, keeper: Member | null, observed: Observed): boolean {
  // On the way to become a better keeper.
  if (keeper && member.fit && member.phase === 'booting' && member.rank < keeper.rank) return false;
  if (keeper?.phase === 'serving' && hasSettled(observed, keeper.server.address))
    return !isDraining(member, keeper, observed);
  if (member.phase === 'silent') return !isNamed(member, observed);
  // A second launch of two passes at once: it serves nobody yet.
  return member.phase === 'booting' && member.fit;
}

/** A server that could stay is left for a while to those who are still connected to it. */
function isDraining(member: Member, keeper: Member, observed: Observed): boolean {
  if (!member.fit || hasSettled(observed, keeper.server.address, drainMaxMs)) return false;
  const report = observed.reports.find(({ serverId }) => serverId === member.server.id);
  return (report?.sessions ?? 0) > 0;
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
    return [{ kind: 'park', serverId: null, why: 'The VPN is off: the name is parked' }];
  if (!hasSettled(observed, parkedAddress)) return [];
  return all.map(({ id }) => toRetire(id, 'The VPN is off'));
}

const strayWords = {
  'spot-request': 'is a persistent spot request: it would launch servers behind our back',
  volume: 'is a disk that no server uses',
};

function remove({ strays }: Observed): Action[] {
  return strays.map((stray) => ({
    kind: 'remove',
    stray,
    why: `${stray.id} ${strayWords[stray.kind]}`,
  }));
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
