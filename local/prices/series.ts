/** Recorded spot prices as series: one product's pools, each with its changes in order. */
import type { MarketPool, PriceChange } from '../market.ts';
import { type RawRow, toRawRows } from './forms.ts';

/** The prices of one product. Times are epoch milliseconds, prices dollars an hour. */
export interface Series {
  product: string;
  /** When its first price began, and the last price of the file, whatever the product: so long its prices held. */
  from: number;
  to: number;
  /** By type and zone; each pool's changes by time, oldest first. */
  pools: PoolSeries[];
}

export interface PoolSeries {
  pool: MarketPool;
  changes: PriceChange[];
}

/** What is wrong with a file of prices, in words for people; several faults are several lines. */
export class SeriesError extends Error {
  override name = 'SeriesError';
}

/** What a VPN server runs, and what a file has that was not made for another product on purpose. */
const usualProduct = 'Linux/UNIX';
/** More than a year of all changes of a region: a larger file was not meant, and would not fit into memory. */
const rowsMax = 2_000_000;
/** Who has read these has understood. */
const faultsShown = 8;

/**
 * Of several products `product` says which one; unless it does it is Linux/UNIX or, without that, the one with the
 * most prices. The file's order does not matter. Throws a SeriesError that names each fault with its line.
 */
export function readSeries(text: string, product?: string): Series {
  const rows = toRows(text);
  const products = byFrequency(rows.map((row) => row.product));
  const fallback = products.includes(usualProduct) ? usualProduct : products[0];
  const chosen = product ?? fallback ?? usualProduct;
  const its = rows.filter((row) => row.product === chosen);
  if (!its.length)
    throw new SeriesError(`there are no prices of "${chosen}", only of ${products.join(', ')}`);
  its.sort((a, b) => a.at - b.at || a.perHour - b.perHour);
  const to = rows.reduce((latest, { at }) => Math.max(latest, at), 0);
  return { product: chosen, from: its[0]?.at ?? 0, to, pools: toPools(its) };
}

interface Row {
  at: number;
  zone: string;
  type: string;
  product: string;
  perHour: number;
}

function toRows(text: string): Row[] {
  const { rows: raws, faults } = toRawRows(text);
  if (raws.length > rowsMax)
    throw new SeriesError(`there are ${raws.length} prices, and at most ${rowsMax} are read`);
  const rows = raws.flatMap((raw) => {
    const row = toRow(raw);
    if (typeof row !== 'string') return row;
    faults.push(row);
    return [];
  });
  if (faults.length) throw new SeriesError(toMessage(faults));
  if (!rows.length) throw new SeriesError('there are no prices in it');
  return rows;
}

const shapes = {
  at: [
    'time like 2013-01-01T00:00:00Z',
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
  ],
  // A local zone is one like us-east-1-bos-1a.
  zone: ['zone like us-east-1a', /^[a-z]{2}(-[a-z]+)+-\d(-[a-z]+-\d)?[a-z]$/],
  type: ['type like t3.nano', /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/],
  product: ['product like Linux/UNIX', /^[\x21-\x7e][\x20-\x7e]{0,60}$/],
  perHour: ['price above 0 like 0.0016', /^\d{1,4}(\.\d{1,12})?$/],
} as const satisfies Record<keyof Row, [string, RegExp]>;

/** The row, or what is wrong with it. */
function toRow(raw: RawRow): Row | string {
  const texts = {} as Record<keyof Row, string>;
  for (const field of Object.keys(shapes) as (keyof Row)[]) {
    const value = typeof raw[field] === 'number' ? String(raw[field]) : raw[field];
    if (typeof value !== 'string' || !shapes[field][1].test(value)) return toFault(raw, field);
    texts[field] = value;
  }
  const [at, perHour] = [Date.parse(texts.at), Number(texts.perHour)];
  if (Number.isNaN(at)) return toFault(raw, 'at');
  if (!(perHour > 0)) return toFault(raw, 'perHour');
  return { ...texts, at, perHour };
}

function toFault(raw: RawRow, field: keyof Row): string {
  const [value, what] = [raw[field], shapes[field][0]];
  if (value === undefined || value === '') return `line ${raw.line}: a ${what} is missing`;
  return `line ${raw.line}: ${JSON.stringify(value).slice(0, 40)} is no ${what}`;
}

function toMessage(faults: string[]): string {
  const more = faults.length - faultsShown;
  return [...faults.slice(0, faultsShown), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** The rows are in order. What is said twice counts once; of two prices at one moment the higher one does. */
function toPools(rows: Row[]): PoolSeries[] {
  const pools = new Map<string, PoolSeries>();
  for (const { type, zone, at, perHour } of rows) {
    const key = `${type} ${zone}`;
    const known = pools.get(key) ?? { pool: { type, zone }, changes: [] };
    pools.set(key, known);
    if (known.changes.at(-1)?.at === at) known.changes.pop();
    known.changes.push({ at, perHour });
  }
  return [...pools].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series);
}

/** The most frequent first, and the alphabet for the rest. */
function byFrequency(words: string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1))
    .map(([word]) => word);
}
