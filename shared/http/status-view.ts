/** The status as the API tells it. */

import { toIncidents } from '../core/incidents.ts';
import type { Journal } from '../core/journal.ts';
import { toMonthSum } from '../core/ledger.ts';
import type { Policy, Server } from '../core/model.ts';
import { toNextPower, toPower, type Word } from '../core/power.ts';
import { toLacking } from '../core/secrets.ts';
import type { Foreseen } from '../core/status.ts';
import { toDollars, toIso, toIsoOrNull } from './fields.ts';
import { toIncidentView } from './incident-view.ts';

export type StatusView = ReturnType<typeof toStatus>;

export function toStatus(
  foreseen: Foreseen,
  { entries }: Pick<Journal, 'entries'>,
  unread: string[],
  policy: Policy,
  name: string,
) {
  const { observed, actions, state, server: member } = foreseen;
  const { memory, ledger, reports, now } = observed;
  const { incident } = memory;
  const report = reports.find(({ serverId }) => serverId === member?.server.id);
  const last = toIncidents(entries).find(({ end }) => end !== null);
  const lacking = member ? toLacking(observed, policy, member.server.id) : [];
  return {
    vpn: policy.vpn,
    name,
    protocols: policy.protocols,
    at: toIso(now),
    state,
    power: toPowerView(foreseen),
    server: member && {
      ...toServerView(member.server, foreseen, policy),
      serving: member.phase === 'serving',
    },
    sessions: report?.sessions ?? 0,
    who: (report?.who ?? []).map((one) => ({ ...one, since: toIso(one.since) })),
    secrets: { current: member?.phase === 'serving' && !lacking.length, lacking },
    incident: incident && {
      since: toIso(incident.lostAt ?? incident.at),
      serverId: incident.serverId,
      lost: incident.lostAt !== null,
    },
    lastIncident: last ? toIncidentView(last) : null,
    month: ledger && { month: ledger.month, ...toMonthView(toMonthSum(ledger)) },
    plan: actions.map(({ why }) => why),
    cap: policy.cap,
    onDemand: Math.min(...policy.types.map(({ onDemand }) => onDemand)),
    unread,
  };
}

function toPowerView({ observed }: Foreseen) {
  const { desired, memory, now } = observed;
  const { power, why } = toPower(desired, memory, now);
  const next = toNextPower(desired, memory, now);
  const { until, idleMinutes } = desired;
  return {
    wanted: power,
    why,
    next: next && toWordView(next),
    until: toIsoOrNull(until !== null && until > now ? until : null),
    idleMinutes,
  };
}

function toWordView({ at, power, why }: Word) {
  return { at: toIso(at), power, why };
}

function toServerView(server: Server, { observed }: Foreseen, { types }: Policy) {
  const { id, market, pool, address, launchedAt } = server;
  const spot = observed.prices?.find(
    (one) => one.pool.type === pool.type && one.pool.zone === pool.zone,
  );
  const onDemand = types.find(({ type }) => type === pool.type)?.onDemand;
  return {
    id,
    market,
    ...pool,
    address,
    since: toIso(launchedAt),
    dollarsPerHour: (market === 'spot' ? spot?.perHour : onDemand) ?? null,
  };
}

export function toMonthView({ dollars, saving }: { dollars: number; saving: number }) {
  return { dollars: toDollars(dollars), saving: toDollars(saving) };
}
