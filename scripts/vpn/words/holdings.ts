/** What there is in the account, with its price, for people and for programs. */

import { toCents } from '../../../shared/core/words.ts';
import type { Holding } from '../leftovers/model.ts';
import { paint } from '../screen.ts';
import { toTable } from './table.ts';

export function toHoldingsText(holdings: Holding[]): string {
  const { dollarsPerMonth, unneededDollarsPerMonth } = toHoldingsShown(holdings);
  const unneeded = holdings.filter(({ use }) => use === null);
  const table = toTable(
    ['what', '', '', 'a month', 'for'],
    holdings.map(({ kind, id, what, dollarsPerMonth: dollars, use }) => [
      kind,
      id,
      what,
      dollars === null ? '' : toCents(dollars),
      use ?? paint('yellow', 'nothing'),
    ]),
  );
  const all = `All of it costs ${toCents(dollarsPerMonth)} a month, if it stays as it is.`;
  if (!unneeded.length) return `${table}\n${all} Nothing of it is left over.`;
  const sum = `${toCents(unneededDollarsPerMonth)} of that is for nothing`;
  return `${table}\n${all} ${sum}: "vpn leftovers --remove" removes it.`;
}

/** What nobody knows the price of is left out of the sums. */
export function toHoldingsShown(holdings: Holding[]) {
  const sum = (all: Holding[]) =>
    round(all.reduce((dollars, one) => dollars + (one.dollarsPerMonth ?? 0), 0));
  return {
    holdings: holdings.map((one) => ({
      ...one,
      dollarsPerMonth: one.dollarsPerMonth === null ? null : round(one.dollarsPerMonth),
    })),
    dollarsPerMonth: sum(holdings),
    unneededDollarsPerMonth: sum(holdings.filter(({ use }) => use === null)),
  };
}

function round(dollars: number): number {
  return Number(dollars.toFixed(2));
}
