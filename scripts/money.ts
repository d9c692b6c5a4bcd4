/** What ways of having a VPN cost, side by side. */
import { type Cost, toTotal } from '../local/billing.ts';

/** One way; `available` is the share of the time it was wanted, from 0 to 1, or null where nobody looked. */
export interface Way {
  what: string;
  available: number | null;
  cost: Cost;
}

/** A line for each, under a head: hours run, availability, and dollars for servers and for what comes with them. */
export function toMoneyTable(ways: Way[]): string {
  const rows = ways.map(({ what, available, cost }) => [
    what,
    toHours(cost.hours),
    available === null ? '' : toPercent(available),
    toMoney(cost.instance),
    toMoney(cost.address + cost.disk),
    toMoney(toTotal(cost)),
  ]);
  return toTable([['', 'hours', 'available', 'servers', 'address, disk', 'in all'], ...rows]);
}

/** The first column to the left, all others to the right. */
export function toTable(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const toLine = (row: string[]) =>
    row
      .map((cell, column) =>
        column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return rows.map((row) => `  ${toLine(row)}`).join('\n');
}

/** 0.99994 -> "99.994 %"; all of it only if it is all of it. */
export function toPercent(share: number): string {
  const percent = Math.floor(share * 100_000) / 1_000;
  return `${share === 1 ? '100' : percent.toFixed(3)} %`;
}

export function toMoney(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}

function toHours(hours: number): string {
  return hours.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
