/** What was: prices and moves, the journal, the months' cost. */
import * as v from 'valibot';
import type { PastPorts, PricePoint } from '../api-ports.ts';
import type { Entry } from '../core/deeds.ts';
import { toIncidents } from '../core/incidents.ts';
import { toMonthSum } from '../core/ledger.ts';
import type { Ledger, Market, Policy } from '../core/model.ts';
import { toMonth } from '../core/words.ts';
import type { Ports } from '../ports.ts';
import { time, toDollars, toIso, wholeText } from './fields.ts';
import { toIncidentView } from './incident-view.ts';
import { Problem } from './problem.ts';
import { readQuery } from './query.ts';
import type { Route } from './service.ts';
import { toMonthView } from './status-view.ts';

const hourMs = 60 * 60_000;
const hoursMax = 168;
/** A screenful or two; the rest is asked for by `before`. */
const entriesMax = 50;
const incidentsMax = 10;

export interface PastNeeds {
  ports: PastPorts & { state: Pick<Ports['state'], 'read'> };
  policy: Policy;
}

export function toPastRoutes({ ports, policy }: PastNeeds): Route[] {
  const { past, state } = ports;
  return [
    {
      method: 'GET',
      path: '/prices',
      async handle({ rawQueryString, now }) {
        const hours = v.optional(wholeText(1, hoursMax), '24');
        const from = now - readQuery(rawQueryString, { hours }).hours * hourMs;
        const types = policy.types.map(({ type }) => type);
        const [points, entries] = await Promise.all([
          past.prices(types, from, now),
          past.entries(),
        ]);
        const body = {
          cap: policy.cap,
          from: toIso(from),
          to: toIso(now),
          pools: toPools(points, policy),
          moves: toMoves(entries, from),
        };
        return { status: 200, body };
      },
    },
    {
      method: 'GET',
      path: '/journal',
      async handle({ rawQueryString }) {
        const { before = Number.POSITIVE_INFINITY } = readQuery(rawQueryString, {
          before: v.optional(time),
        });
        const known = await past.entries();
        const older = known.filter(({ at }) => at < before);
        const page = older.slice(-entriesMax);
        const oldest = page.length < older.length ? page[0] : undefined;
        const body = {
          entries: page.toReversed().map(toEntryView),
          before: oldest ? toIso(oldest.at) : null,
          incidents: toIncidents(known).slice(0, incidentsMax).map(toIncidentView),
        };
        return { status: 200, body };
      },
    },
    {
      method: 'GET',
      path: '/ledger',
      async handle({ rawQueryString, now }) {
        const month = v.pipe(
          v.string(),
          v.regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'is a month like 2026-11'),
        );
        const asked = readQuery(rawQueryString, { month: v.optional(month) });
        const wanted = asked.month ?? toMonth(now);
        const running = (await state.read()).ledger;
        const found = running?.month === wanted ? running : await past.ledger(wanted);
        if (!found)
          throw new Problem(404, `Nothing is known of ${wanted}; nothing may have run then.`);
        return { status: 200, body: toLedgerView(found) };
      },
    },
  ];
}

function toPools(points: PricePoint[], { types }: Policy) {
  const pools = new Map<string, PricePoint[]>();
  for (const point of points) {
    const key = `${point.pool.type} ${point.pool.zone}`;
    pools.set(key, [...(pools.get(key) ?? []), point]);
  }
  return [...pools.values()].flatMap((all) => {
    const pool = all[0]?.pool;
    const onDemand = types.find(({ type }) => type === pool?.type)?.onDemand;
    if (!pool || onDemand === undefined) return [];
    return [{ ...pool, onDemand, points: all.map(({ at, perHour }) => [at, perHour]) }];
  });
}

/** Where the name went; nulls where it was parked. */
interface Move {
  at: number;
  market: Market | null;
  type: string | null;
  zone: string | null;
}

/** Where the name moved since `from`, and where it was then. */
function toMoves(entries: Entry[], from: number) {
  const moves = entries.flatMap((entry) => toMove(entry, entries));
  const before = moves.findLast(({ at }) => at < from);
  const since = moves.filter(({ at }) => at >= from);
  const all = before ? [{ ...before, at: from }, ...since] : since;
  return all.map((move) => ({ ...move, at: toIso(move.at) }));
}

function toMove(entry: Entry, entries: Entry[]): Move[] {
  const { at } = entry;
  if (entry.kind === 'parking') return [{ at, market: null, type: null, zone: null }];
  if (entry.kind !== 'pointing' && entry.kind !== 'moving') return [];
  const { serverId, address } = entry;
  // To an address that has just moved to the server.
  const isSaid = entries.some(
    (one) => one.kind === 'moving' && one.serverId === serverId && one.address === address,
  );
  if (entry.kind === 'pointing' && isSaid) return [];
  const launched = entries.find((one) => one.kind === 'launched' && one.serverId === serverId);
  if (launched?.kind !== 'launched') return [];
  return [{ at, market: launched.market, ...launched.pool }];
}

const timeKeys = new Set(['at', 'askedAt', 'endsAt', 'handoverAt', 'lostAt', 'until']);

function toEntryView(entry: Entry): object {
  const fields = Object.entries(entry).map(([key, field]) => [
    key,
    timeKeys.has(key) && typeof field === 'number' ? toIso(field) : field,
  ]);
  return Object.fromEntries(fields);
}

function toLedgerView(ledger: Ledger): object {
  const { month, until, days } = ledger;
  const amounts = (['spot', 'onDemand', 'address', 'disk', 'alwaysOnDemand'] as const).map(
    (key) => [
      key,
      { hours: toDollars(ledger[key].hours), dollars: toDollars(ledger[key].dollars) },
    ],
  );
  const view = { month, until: toIso(until), ...Object.fromEntries(amounts), days };
  return { ...view, ...toMonthView(toMonthSum(ledger)) };
}
