/** The fields that requests have: how they are checked, and what is said of them when they are wrong. */
import * as v from 'valibot';

const aYearMs = 366 * 24 * 60 * 60_000;

/** RFC 3339, with its offset; epoch milliseconds inside. */
export const time = v.pipe(
  v.string('is a time like 2026-11-22T18:00:00Z'),
  v.regex(
    /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/,
    'is a time like 2026-11-22T18:00:00Z',
  ),
  v.transform(Date.parse),
  v.number('is a time that exists'),
);

/** A time that is not over and not further away than anybody means. */
export const future = (now: number) =>
  v.pipe(
    time,
    v.minValue(now + 1, 'has to lie in the future'),
    v.maxValue(now + aYearMs, 'is at most a year away'),
  );

export const whole = (min: number, max: number) =>
  v.pipe(
    v.number(`is a number from ${min} to ${max}`),
    v.integer('is a whole number'),
    v.minValue(min, `is at least ${min}`),
    v.maxValue(max, `is at most ${max}`),
  );

/** The same in a query, where all is text. */
export const wholeText = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,6}$/, `is a whole number from ${min} to ${max}`),
    v.transform(Number),
    v.minValue(min, `is at least ${min}`),
    v.maxValue(max, `is at most ${max}`),
  );

export function toIso(at: number): string {
  return new Date(at).toISOString();
}

export function toIsoOrNull(at: number | null): string | null {
  return at === null ? null : toIso(at);
}

/** Dollars to a hundredth of a cent. */
export function toDollars(amount: number): number {
  return Number(amount.toFixed(4));
}
