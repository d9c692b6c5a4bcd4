/** News in the words of people: a title, and what else there is to say, line by line. */
import {
  toDollars,
  toDuration,
  toGap,
  toMarketWords,
  toTimeOfDay,
  toPlace as toWhere,
} from '../core/words.ts';
import { addressesMax } from './limits.ts';
import type { Cause, News, Place } from './news.ts';

interface Words {
  title: string;
  lines: string[];
}

/** `name` is what people connect to. */
export function toWords(news: News, name: string): Words {
  switch (news.kind) {
    case 'incident':
      return {
        title: toTitle(news.cause, name),
        lines: [
          ...causeLines(news.cause),
          ...placeLine('Before:', news.lost),
          ...(news.launching ? [`Now launching ${news.launching}`] : []),
        ],
      };
    case 'recovered':
      return toRecovery(news, name);
    case 'moved':
      return {
        title: isReturn(news) ? `${name} is back on spot` : `${name} moved to a better server`,
        lines: ['In peace, without an outage', ...fromTo(news.from, news.to)],
      };
    case 'on':
      return { title: `${name} is on`, lines: placeLine('Now:', news.to) };
    case 'off':
      return { title: `${name} is off`, lines: news.why ? [news.why] : [] };
    case 'stuck':
      return {
        title: `${name}: no server can be launched just now`,
        lines: [
          news.why,
          'It is tried again and again; when one can be launched, this is told too',
        ],
      };
    case 'free':
      return {
        title: `${name}: a server could be launched again`,
        lines: placeLine('Now:', news.to),
      };
    case 'unrefreshed':
      return {
        title: `${name}: the server does not take its new secrets`,
        lines: [
          news.why,
          'Until it does, whoever was removed or rotated can still connect with the old ones',
        ],
      };
    case 'refreshed':
      return {
        title: `${name}: the secrets are current again`,
        lines: [news.gone ? 'The server that did not take them is gone' : 'The server took them'],
      };
    case 'guessed':
      return {
        title: `${name}: somebody signs in with wrong tokens`,
        lines: [
          `${news.count} since ${toTimeOfDay(news.since)} UTC, from ${toList(news.from)}`,
          'They wait longer after each; from elsewhere the right token counts all the while',
          "It can't be guessed. If this was you, it may have been rotated",
        ],
      };
    default:
      return news satisfies never;
  }
}

/** "203.0.113.5, 203.0.113.6 and 7 more". */
function toList(addresses: string[]): string {
  const more = addresses.length - addressesMax;
  return `${addresses.slice(0, addressesMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function toTitle(cause: Cause, name: string): string {
  switch (cause.kind) {
    case 'notice':
      return `AWS takes the server of ${name} at ${toTimeOfDay(cause.endsAt)} UTC`;
    case 'taken':
      return `AWS has taken the server of ${name}`;
    case 'gone':
      return `The server of ${name} is gone`;
    case 'drill':
      return `A drill takes the server of ${name} at ${toTimeOfDay(cause.endsAt)} UTC`;
    case 'silent':
      return `The server of ${name} has fallen silent`;
    case 'unfit':
      return `The server of ${name} is replaced`;
    default:
      return cause satisfies never;
  }
}

function causeLines(cause: Cause): string[] {
  if (cause.kind === 'gone' || cause.kind === 'unfit') return [cause.why];
  if (cause.kind === 'taken') return ['Without its two minutes of notice'];
  if (cause.kind === 'silent') return [`It was last heard of at ${toTimeOfDay(cause.since)} UTC`];
  return [];
}

function toRecovery(news: News & { kind: 'recovered' }, name: string): Words {
  const { lost, now, outageMs, gapMs, isDrill } = news;
  if (!now)
    return {
      title: `${name} is off`,
      lines: [...drillLine(isDrill), 'It was turned off before another server served'],
    };
  const outage = outageMs ? `is back after ${toDuration(outageMs)}` : 'goes on without an outage';
  const isSame = lost.serverId === now.serverId;
  return {
    title: `${name} ${outage}`,
    lines: [
      ...drillLine(isDrill),
      ...(gapMs === null || outageMs ? [] : [`WireGuard's clients missed it for ${toGap(gapMs)}`]),
      ...(isSame ? placeLine('The same server serves again:', now) : fromTo(lost, now)),
    ],
  };
}

function drillLine(isDrill: boolean): string[] {
  return isDrill ? ['It was a drill'] : [];
}

function isReturn({ from, to }: { from: Place; to: Place }): boolean {
  return from.market === 'on-demand' && to.market === 'spot';
}

function fromTo(from: Place, to: Place): string[] {
  return [...placeLine('Now:', to), ...placeLine('Before:', from)];
}

/** "Now: t3a.nano in us-east-1a on spot at $0.0014/h, 203.0.113.1"; nothing of what nobody told. */
function placeLine(what: string, { market, pool, address, perHour }: Place): string[] {
  const price = perHour === null ? '' : ` at ${toDollars(perHour)}/h`;
  const where = market && pool ? `${toWhere(pool)} ${toMarketWords(market)}${price}` : null;
  const known = [where, address].filter((part) => part !== null);
  return known.length ? [`${what} ${known.join(', ')}`] : [];
}
