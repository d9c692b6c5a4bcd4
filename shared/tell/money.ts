/** What the VPN costs: now, and this month so far. */
import { addressPerHour, diskPerHour } from '../core/ledger.ts';
import type { Ledger } from '../core/model.ts';
import { toCents, toDollars } from '../core/words.ts';
import type { News, Place } from './news.ts';

/** What is less than this is not worth its words. */
const centDollars = 0.01;

/** Dollars of the month so far, and how many fewer than a server always on demand would have cost. */
export interface Money {
  dollars: number;
  saved: number;
}

export function toMoney(ledger: Ledger | null): Money | null {
  if (!ledger) return null;
  const { spot, onDemand, address, disk, alwaysOnDemand } = ledger;
  const dollars = [spot, onDemand, address, disk].reduce((sum, one) => sum + one.dollars, 0);
  return { dollars, saved: alwaysOnDemand.dollars - dollars };
}

/** "Cost: $0.0106/h now, with address and disk; $0.31 this month so far, $0.52 less than always on demand". */
export function toMoneyLine(news: News, money: Money | null): string | null {
  const place = toPaid(news);
  if (place === 'not asked') return null;
  const now = place?.perHour
    ? [`${toDollars(place.perHour + addressPerHour + diskPerHour)}/h now, with address and disk`]
    : [];
  const month =
    money && money.dollars >= centDollars
      ? [`${toCents(money.dollars)} this month so far, ${toSaving(money.saved)}`]
      : [];
  const parts = [...now, ...month];
  return parts.length ? `Cost: ${parts.join('; ')}` : null;
}

/** The server that is paid for from now on, if any. */
function toPaid(news: News): Place | null | 'not asked' {
  switch (news.kind) {
    case 'recovered':
      return news.now;
    case 'moved':
    case 'on':
      return news.to;
    case 'off':
    case 'incident':
      return null;
    case 'stuck':
    case 'free':
    case 'unrefreshed':
    case 'refreshed':
    case 'guessed':
      return 'not asked';
    default:
      return news satisfies never;
  }
}

function toSaving(saved: number): string {
  if (Math.abs(saved) < centDollars) return 'as much as always on demand';
  return `${toCents(Math.abs(saved))} ${saved > 0 ? 'less' : 'more'} than always on demand`;
}
