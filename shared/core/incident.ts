/** Incidents: when the server that the name points to fails, and when another serves in its place. */

import type { Action } from './deeds.ts';
import { type Fleet, whyUnfit } from './fleet.ts';
import { parkedAddress } from './limits.ts';
import type { Observed } from './model.ts';
import { isOn } from './power.ts';
import { toDuration } from './words.ts';

/** One action when an incident begins, and one when it is over, with the outage as the facts have it. */
export function tell(observed: Observed, fleet: Fleet): Action[] {
  return observed.memory.incident ? over(observed, fleet) : begun(observed, fleet);
}

function begun(observed: Observed, { live }: Fleet): Action[] {
  const { memory, reports } = observed;
  const { serverId, address } = memory.named ?? {};
  if (!isOn(observed) || !serverId) return [];
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
    return [{ kind: 'recovered', serverId: null, outageMs: 0, why }];
  }
  const heir = live.find(
    ({ server, fit, phase }) =>
      fit && phase === 'serving' && server.address !== null && server.address === name?.address,
  );
  if (!heir) return [];
  const { id } = heir.server;
  // It may have been the same server that came back, and the name never moved.
  const backAt = named?.serverId === id && named.at >= incident.at ? named.at : now;
  const outageMs = incident.lostAt === null ? 0 : Math.max(0, backAt - incident.lostAt);
  const how = outageMs ? `after an outage of ${toDuration(outageMs)}` : 'without an outage';
  return [{ kind: 'recovered', serverId: id, outageMs, why: `${id} serves ${how}` }];
}
