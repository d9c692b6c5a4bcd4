/** How the loop words things for people: in the journal, in logs and in chat alike. */
import type { Market, Pool } from './model.ts';

/** 0.0052 -> "$0.0052". */
export function toDollars(amount: number): string {
  return `$${Number(amount.toFixed(4))}`;
}

/** 0.312 -> "$0.31"; little is not nothing: 0.001 -> "under $0.01". */
export function toCents(dollars: number): string {
  const size = Math.abs(dollars);
  if (size > 0 && size < 0.005) return 'under $0.01';
  return `${dollars < 0 ? '−' : ''}$${size.toFixed(2)}`;
}

/** "t3.nano in us-east-1b". */
export function toPlace({ type, zone }: Pool): string {
  return zone ? `${type} in ${zone}` : `${type} in a zone of EC2's choice`;
}

export function toMarketWords(market: Market): string {
  return market === 'spot' ? 'on spot' : 'on demand';
}

/** Epoch milliseconds -> "05:02:00". */
export function toTimeOfDay(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** Epoch milliseconds -> "2026-11", in UTC. */
export function toMonth(at: number): string {
  return new Date(at).toISOString().slice(0, 'yyyy-mm'.length);
}

/** Epoch milliseconds -> "22", the day of the month in UTC. */
export function toDay(at: number): string {
  return new Date(at).toISOString().slice('yyyy-mm-'.length, 'yyyy-mm-dd'.length);
}

/** 93_000 -> "1 min 33 s". */
export function toDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Without Slack's control characters, which could make a link, or call everybody in the channel. */
export function toSlackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** 312 -> "0.3 s": of what takes longer, tenths are of no interest. */
export function toGap(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : toDuration(ms);
}
