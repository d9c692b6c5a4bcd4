/** An incident as the API tells it. */
import type { PastIncident } from '../core/incidents.ts';
import { toIso } from './fields.ts';

export function toIncidentView({ at, serverId, why, end }: PastIncident) {
  return {
    at: toIso(at),
    serverId,
    why,
    end: end && {
      at: toIso(end.at),
      serverId: end.serverId,
      outageSeconds: end.outageMs / 1_000,
      gapMs: end.gapMs,
    },
  };
}
