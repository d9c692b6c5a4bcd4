/** The JSON documents in Parameter Store: read with care, since people may edit them; written small. */
import * as v from 'valibot';
import type { Entry } from '../core/deeds.ts';
import type { Journal } from '../core/journal.ts';
import { emptyMemory } from '../core/memory.ts';
import type { Ledger, Report } from '../core/model.ts';
import { time, toIso, toValue } from './json.ts';

const text = v.pipe(v.string(), v.maxLength(300));
const address = v.pipe(v.string(), v.ipv4());
const serverId = v.pipe(v.string(), v.regex(/^i-[0-9a-f]{8,17}$/));

/** Names are repeated in the journal's sentences: longer ones would fill it. */
const versions = v.record(v.pipe(v.string(), v.maxLength(20)), v.pipe(v.number(), v.integer()));
/** Only shown: what is too long is cut. */
const problem = v.pipe(
  v.string(),
  v.transform((said) => said.slice(0, 300)),
);

const session = v.object({
  user: text,
  protocol: v.picklist(['pptp', 'wireguard']),
  since: time,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const handover = v.pipe(
  v.object({
    at: time,
    from: v.optional(v.nullable(serverId), null),
    clients: count,
    answered: count,
    gapMs: v.optional(v.nullable(count), null),
  }),
);

const report = v.object({
  applied: v.optional(
    v.object({ users: v.optional(versions, {}), keys: v.optional(versions, {}) }),
    {},
  ),
  notice: v.optional(time),
  rebalance: v.optional(time),
  problem: v.optional(problem),
  sessions: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  idleSeconds: v.optional(v.pipe(v.number(), v.minValue(0))),
  // Only shown: one that is spoilt spoils nothing else.
  who: v.fallback(v.exactOptional(v.pipe(v.array(session), v.maxLength(64))), []),
  handover: v.fallback(v.exactOptional(handover), undefined as never),
  serving: v.object({
    pptp: v.exactOptional(v.boolean()),
    wireguard: v.exactOptional(v.boolean()),
  }),
});

const pool = v.object({ type: text, zone: v.nullable(text) });
const market = v.picklist(['spot', 'on-demand']);

const amount = v.object({ hours: v.number(), dollars: v.number() });

const ledger = v.object({
  month: v.pipe(v.string(), v.regex(/^\d{4}-\d\d$/)),
  until: time,
  spot: amount,
  onDemand: amount,
  address: amount,
  disk: amount,
  alwaysOnDemand: amount,
  // Ledgers of earlier versions lack them.
  days: v.optional(v.record(v.string(), v.object({ wanted: v.number(), out: v.number() })), {}),
});

const journal = v.object({
  memory: v.object({
    generation: count,
    attempt: count,
    launches: v.array(v.object({ at: time, serverId, generation: count, market, pool })),
    dooms: v.array(v.object({ serverId, endsAt: time })),
    // Journals of earlier versions lack these.
    drill: v.optional(v.nullable(v.object({ serverId, endsAt: time, askedAt: time })), null),
    idledAt: v.optional(v.nullable(time), null),
    risks: v.array(
      v.object({ at: time, serverId, cause: v.picklist(['rebalance', 'maintenance']) }),
    ),
    ended: v.array(v.object({ at: time, serverId, explained: v.boolean() })),
    interruptions: v.array(time),
    moves: v.array(time),
    holds: v.array(
      v.object({
        market: v.exactOptional(market),
        type: v.exactOptional(text),
        zone: v.exactOptional(v.nullable(text)),
        until: time,
        code: text,
        times: count,
      }),
    ),
    named: v.nullable(v.object({ at: time, address, serverId: v.nullable(serverId) })),
    allocatingAt: v.optional(v.nullable(time), null),
    allocated: v.optional(v.nullable(v.object({ at: time, id: text, address })), null),
    unallocatedUntil: v.optional(v.nullable(time), null),
    moved: v.optional(
      v.nullable(v.object({ at: time, id: text, address, serverId, from: v.nullable(serverId) })),
      null,
    ),
    released: v.optional(v.array(v.object({ at: time, id: text })), []),
    handed: v.optional(v.nullable(v.object({ at: time, serverId })), null),
    incident: v.nullable(v.object({ at: time, serverId, lostAt: v.nullable(time) })),
    refreshes: v.optional(
      v.array(
        v.object({
          serverId,
          at: time,
          times: count,
          since: time,
          wanted: count,
          failed: v.boolean(),
        }),
      ),
      [],
    ),
    stuck: v.nullable(v.string()),
  }),
  // Entries are for people: the loop reads their times, kind and why, and keeps the rest as it is.
  entries: v.array(
    v.looseObject({
      at: time,
      kind: text,
      why: v.string(),
      endsAt: v.exactOptional(time),
      askedAt: v.exactOptional(time),
      lostAt: v.exactOptional(v.nullable(time)),
      until: v.exactOptional(time),
      handoverAt: v.exactOptional(time),
    }),
  ),
});

const emptyJournal: Journal = { memory: emptyMemory, entries: [] };

/** A report that makes no sense is none: its server is then silent, and silence has its own remedy. */
export function readReport(id: string, json: string, at: number): Report | null {
  const parsed = v.safeParse(report, toValue(json));
  if (!parsed.success || !v.is(serverId, id)) return null;
  const { notice = null, rebalance = null, problem = null, idleSeconds, ...said } = parsed.output;
  const idleMs = idleSeconds === undefined ? null : idleSeconds * 1_000;
  return { serverId: id, at, ...said, idleMs, noticeAt: notice, rebalanceAt: rebalance, problem };
}

/** In a quiet hour the journal is the same sixty times: what was read last is kept. */
let lastRead: { json: string; journal: Journal } | null = null;

export function readJournal(json: string | undefined): Journal {
  if (json === undefined) return emptyJournal;
  if (lastRead?.json !== json) lastRead = { json, journal: parseJournal(json) };
  return lastRead.journal;
}

/** A journal that somebody has spoilt begins anew: its history is still in Parameter Store. */
function parseJournal(json: string): Journal {
  const parsed = v.safeParse(journal, toValue(json));
  if (!parsed.success) return emptyJournal;
  return { memory: parsed.output.memory, entries: parsed.output.entries as unknown as Entry[] };
}

export function writeJournal(value: Journal): string {
  return JSON.stringify(value, toIso);
}

/** A ledger that somebody has spoilt begins anew. */
export function readLedger(json: string | undefined): Ledger | null {
  const parsed = v.safeParse(ledger, toValue(json ?? ''));
  return parsed.success ? parsed.output : null;
}

const ledgerNumbers = new Set(['hours', 'dollars', 'wanted', 'out']);

/** Dollars to a millionth: a minute of a nano costs about a ten-thousandth. */
export function writeLedger(value: Ledger): string {
  return JSON.stringify(value, (key, field: unknown) =>
    ledgerNumbers.has(key) ? Number(Number(field).toFixed(6)) : toIso(key, field),
  );
}
