/** The dashboard's last thirty days: each day from the ledger of its own month, at every turn of months. */
import { expect, test } from 'vitest';
import type { Ledger } from '../web/data/answers.ts';
import { toDays, toMonths } from '../web/data/days.ts';

test.each([
  ['2026-11-22T05:00:00Z', ['2026-11', '2026-10']],
  ['2026-10-30T23:59:59Z', ['2026-10']],
  ['2026-10-31T00:00:00Z', ['2026-10']],
  ['2026-10-29T00:00:00Z', ['2026-10', '2026-09']],
  ['2027-01-01T00:00:00Z', ['2027-01', '2026-12']],
  ['2027-03-01T12:00:00Z', ['2027-03', '2027-02', '2027-01']],
  ['2028-03-01T12:00:00Z', ['2028-03', '2028-02']],
])('on %s they lie in %j', (at, months) => {
  expect(toMonths(at)).toEqual(months);
});

test('each has its own hours, and one that nobody counted has none', () => {
  const of = (month: string, days: Ledger['days']) => ({ month, days }) as Ledger;
  const ledgers = [
    of('2027-03', { '01': { wanted: 3, out: 1 } }),
    of('2027-02', { '01': { wanted: 24, out: 0 }, '28': { wanted: 5, out: 0 } }),
    of('2027-01', { '31': { wanted: 7, out: 2 }, '30': { wanted: 9, out: 9 } }),
  ];
  const days = toDays(ledgers, '2027-03-01T12:00:00Z');
  expect(days).toHaveLength(30);
  expect(days.map(({ at }) => new Date(at).toISOString().slice(0, 10)).slice(0, 2)).toEqual([
    '2027-01-31',
    '2027-02-01',
  ]);
  expect(days.filter(({ wanted }) => wanted).map(({ wanted, out }) => [wanted, out])).toEqual([
    [7, 2],
    [24, 0],
    [5, 0],
    [3, 1],
  ]);
});
