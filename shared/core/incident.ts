/** Incidents: when the server that the name points to fails, and when another serves in its place. */

import type { Action } from './deeds.ts';
import { type Fleet, whyUnfit } from './fleet.ts';
import { handoverMs, parkedAddress } from './limits.ts';
import type { Handover, Observed } from './model.ts';
import { isOn } from './power.ts';
import { toDuration, toGap } from './words.ts';

/** One action when an incident begins, and one when it is over, with the outage as the facts have it. */
export function tell(observed: Observed, fleet: Fleet): Action[] {
  return observed.memory.incident ? over(observed, fleet) : begun(observed, fleet);
}

function begun(observed: Observed, { live }: Fleet): Action[] {
  const { memory, name, reports } = observed;
  const { serverId, address } = memory.named ?? {};
  if (!isOn(observed) || !serverId) return [];
  // Written down, and not done: another server may have the address that the name still points to.
  if (address === parkedAddress && name?.address && name.address !== parkedAddress) return [];
  const member = live.find(({ server }) => server.id === serverId);
  if (member?.fit && address !== parkedAddress) return [];
  if (!member) {
    const end = memory.ended.find((other) => other.serverId === serverId);
    const why = `${serverId}, which the name points to, is gone`;
    return [{ kind: 'incident', serverId, lostAt: end?.at ?? null, why }];
  }
  // Of a silent server its last report is all that is known; of a doomed one, that it still serves.
  const heardAt = reports.find((report) => report.serverId === serverId)?.at ?? null;
  const lostAt = member.phase === 'silent' ? heardAt : null;
  return [{ kind: 'incident', serverId, lostAt, why: whyUnfit(member) }];
}

function over(observed: Observed, { live }: Fleet): Action[] {
  const { memory, name, now } = observed;
  const { incident, named } = memory;
  if (!incident) return [];
  if (!isOn(observed)) {
    const why = 'The VPN was turned off before another server served';
    return [{ kind: 'recovered', serverId: null, outageMs: 0, gapMs: null, why }];
  }
  const heir = live.find(
    ({ server, fit, phase }) =>
      fit && phase === 'serving' && server.address !== null && server.address === name?.address,
  );
  if (!heir) return [];
  const { id } = heir.server;
  const { moved } = memory;
  const movedAt = moved?.serverId === id && moved.at >= incident.at ? moved.at : null;
  const handover = toHandover(id, observed);
  if (!handover && movedAt !== null && now - movedAt < handoverMs && hasClients(observed))
    return [];
  // It may have been the same server that came back, and the name never moved.
  const namedAt = named?.serverId === id && named.at >= incident.at ? named.at : now;
  const backAt = movedAt ?? namedAt;
  const outageMs = incident.lostAt === null ? 0 : Math.max(0, backAt - incident.lostAt);
  const how = outageMs ? `after an outage of ${toDuration(outageMs)}` : 'without an outage';
  const gapMs = toMissed(outageMs, handover?.gapMs);
  const missed = gapMs === null || outageMs ? '' : `; its clients missed ${toGap(gapMs)}`;
  return [
    { kind: 'recovered', serverId: id, outageMs, gapMs, why: `${id} serves ${how}${missed}` },
  ];
}

/** What WireGuard's clients missed: an outage, and then the time until they had come over. Null if nobody measured it. */
export function toMissed(outageMs: number, handoverMs: number | null | undefined): number | null {
  return handoverMs == null ? null : outageMs + handoverMs;
}

/** Of those of WireGuard the new server will tell how they came over. */
function hasClients({ reports, memory: { moved } }: Observed): boolean {
  const last = reports.find(({ serverId }) => serverId === moved?.from);
  return last?.who?.some(({ protocol }) => protocol === 'wireguard') ?? false;
}

/** What the server has told of the last move of the address, and not of an earlier one. */
function toHandover(id: string, { reports, memory: { moved } }: Observed): Handover | null {
  const report = reports.find(({ serverId }) => serverId === id);
  const { handover } = report ?? {};
  if (!report || !handover || moved?.serverId !== id || report.at < moved.at) return null;
  // By its own clock, which may be off a little.
  return handover.at > moved.at - handoverMs ? handover : null;
}

/** How WireGuard's clients came over, once for each move of the address. */
export function tellHandover(observed: Observed): Action[] {
  const { moved, handed } = observed.memory;
  const handover = moved && toHandover(moved.serverId, observed);
  if (!moved || !handover) return [];
  const { serverId } = moved;
  const { at: handoverAt, clients, answered, gapMs } = handover;
  if (handed?.serverId === serverId && handed.at >= handoverAt) return [];
  const missed = gapMs === null ? '' : ` after ${toGap(gapMs)}`;
  const why = `${answered} of ${clients} WireGuard clients go on with ${serverId}${missed}`;
  return [{ kind: 'handed', serverId, handoverAt, clients, answered, gapMs, why }];
}
