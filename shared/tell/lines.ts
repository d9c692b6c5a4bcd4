/** The journal's entries as the telling understands them: what it does not know is left out, field by field. */
import * as v from 'valibot';
import type { Journal } from '../core/journal.ts';

const at = v.number();
const serverId = v.pipe(v.string(), v.regex(/^i-[0-9a-f]{8,17}$/));
const why = v.string();
const market = v.picklist(['spot', 'on-demand']);
const pool = v.object({ type: v.string(), zone: v.nullable(v.string()) });
const where = { serverId, market, pool };

const kind = <Kind extends string>(literal: Kind) => ({ kind: v.literal(literal), at });

const line = v.variant('kind', [
  v.object({ ...kind('doomed'), ...where, endsAt: v.number() }),
  v.object({ ...kind('ended'), serverId, taken: v.nullable(v.object({ market, pool })), why }),
  v.object({ ...kind('launching'), why }),
  v.object({ ...kind('launched'), ...where, perHour: v.optional(v.nullable(v.number()), null) }),
  v.object({ ...kind('pointing'), serverId, address: v.pipe(v.string(), v.ipv4()) }),
  v.object({ ...kind('moving'), serverId, address: v.pipe(v.string(), v.ipv4()) }),
  v.object({ ...kind('parking'), serverId: v.nullable(serverId) }),
  v.object({ ...kind('retiring'), serverId }),
  v.object({ ...kind('stuck'), why }),
  v.object({ ...kind('incident'), serverId, lostAt: v.nullable(v.number()), why }),
  v.object({
    ...kind('recovered'),
    serverId: v.nullable(serverId),
    outageMs: v.number(),
    gapMs: v.optional(v.nullable(v.number()), null),
  }),
  v.object({ ...kind('unrefreshed'), serverId, why }),
  v.object({ ...kind('refreshed'), serverId }),
  v.object({ ...kind('drilling'), serverId, endsAt: v.number() }),
  v.object({ ...kind('idling'), why }),
]);

export type Line = v.InferOutput<typeof line>;

/** A person, or a newer version, may have written of what is not known here, or written it otherwise. */
export function toLines({ entries }: Journal): Line[] {
  return entries.flatMap((entry) => {
    const parsed = v.safeParse(line, entry);
    return parsed.success ? [parsed.output] : [];
  });
}
