/** What all JSON documents share: times are ISO 8601 outside and epoch milliseconds inside. */
import * as v from 'valibot';

export const time = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform(Date.parse),
  v.number('is a time like 2026-11-22T05:00:00Z'),
);
const timeKeys = new Set([
  'again',
  'allocatingAt',
  'at',
  'askedAt',
  'drill',
  'endsAt',
  'handoverAt',
  'idledAt',
  'interruptions',
  'lostAt',
  'moves',
  'since',
  'unallocatedUntil',
  'until',
]);

/** Times, and lists of them, become ISO 8601 at this edge. */
export function toIso(key: string, field: unknown): unknown {
  if (!timeKeys.has(key)) return field;
  const convert = (one: unknown) => (typeof one === 'number' ? new Date(one).toISOString() : one);
  return Array.isArray(field) ? field.map(convert) : convert(field);
}

/** Undefined if it is no JSON. */
export function toValue(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
