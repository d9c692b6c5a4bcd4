/** The last thirty days, put together from the ledgers of the months that they lie in. */
import type { Ledger } from './answers.ts';

export interface DayShare {
  /** Midnight, UTC: the ledger's days are. */
  at: number;
  /** Hours. */
  wanted: number;
  out: number;
}

const dayMs = 24 * 60 * 60_000;
export const daysShown = 30;

/** Like 2026-11: two, or three on the first of March. The newest first. */
export function toMonths(at: string): string[] {
  return [...new Set(toDates(at).map(({ month }) => month))].toReversed();
}

/** The oldest first; the last is today. */
export function toDays(ledgers: Ledger[], at: string): DayShare[] {
  return toDates(at).map(({ midnight, month, day }) => {
    const ledger = ledgers.find((one) => one.month === month);
    return { at: midnight, ...(ledger?.days[day] ?? { wanted: 0, out: 0 }) };
  });
}

function toDates(at: string) {
  const today = Math.floor(new Date(at).getTime() / dayMs) * dayMs;
  return Array.from({ length: daysShown }, (_, index) => {
    const midnight = today - (daysShown - 1 - index) * dayMs;
    const date = new Date(midnight).toISOString();
    return { midnight, month: date.slice(0, 7), day: date.slice(8, 10) };
  });
}
