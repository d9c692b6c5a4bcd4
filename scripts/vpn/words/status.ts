/** How it is, for people. */
import {
  toCents,
  toDollars,
  toDuration,
  toGap,
  toMarketWords,
  toPlace,
} from '../../../shared/core/words.ts';
import type { Incident, StateWord, Status } from '../../../web/data/answers.ts';
import { paint } from '../screen.ts';
import { toPairs } from './table.ts';
import { toWhen } from './time.ts';

const colors = {
  serving: 'green',
  starting: 'yellow',
  recovering: 'yellow',
  stopping: 'yellow',
  off: 'dim',
  stuck: 'red',
} as const satisfies Record<StateWord, string>;

const verbs: Record<StateWord, string> = {
  serving: 'serves',
  starting: 'is starting',
  recovering: 'is recovering',
  stopping: 'is stopping',
  off: 'is off',
  stuck: 'is stuck',
};

/** In one line. */
export function toHeadline({ name, state, server }: Status): string {
  const where = server ? `: ${toServerWords(server)}` : '';
  return `${name} ${paint(colors[state], verbs[state])}${where}`;
}

export function toStatusText(status: Status): string {
  const { power, who, sessions, secrets, month, plan, cap, unread, server, at } = status;
  const { incident, lastIncident: last } = status;
  const now = Date.parse(at);
  const next = power.next ? `; ${power.next.power} at ${toWhen(power.next.at)}` : '';
  const since = (time: string) => toDuration(Math.max(0, now - Date.parse(time)));
  const people = who.map((one) => `${one.user} (${one.protocol}, ${since(one.since)})`);
  const pairs: [string, string][] = [
    ['wanted', `${power.wanted}: ${power.why}${next}`],
    ...(server
      ? [['up since', `${toWhen(server.since)}, ${since(server.since)} ago`] as const]
      : []),
    ['connected', people.length ? `${sessions}: ${people.join(', ')}` : String(sessions)],
    [
      'secrets',
      secrets.current ? 'the newest' : secrets.lacking.join('; ') || 'no server has them',
    ],
    ['cap', `${toDollars(cap)}/h`],
    ...(month ? [['this month', toMonthWords(month)] as const] : []),
    ...(incident ? [['incident', `since ${toWhen(incident.since)}`] as const] : []),
    ...(last?.end
      ? [['last incident', `${toWhen(last.at)}: ${toEndWords(last.end)}`] as const]
      : []),
    ...plan.map((why, index) => [index ? '' : 'next', why] as const),
    ...unread.map((what) => ['unread', what] as const),
  ].map(([name, text]) => [name, text] as [string, string]);
  return `${toHeadline(status)}\n${toPairs(pairs)}`;
}

function toServerWords({
  type,
  zone,
  market,
  dollarsPerHour,
  address,
}: NonNullable<Status['server']>) {
  const price = dollarsPerHour === null ? '' : ` at ${toDollars(dollarsPerHour)}/h`;
  return `${toPlace({ type, zone })} ${toMarketWords(market)}${price}${address ? `, ${address}` : ''}`;
}

/** What it cost those who were connected. */
function toEndWords({ serverId, outageSeconds, gapMs }: NonNullable<Incident['end']>) {
  if (serverId === null) return 'turned off before another server served';
  const out = outageSeconds ? `out for ${toDuration(outageSeconds * 1_000)}` : 'no outage';
  return gapMs === null ? out : `${out}, WireGuard's clients missed ${toGap(gapMs)}`;
}

/** A loss is said as one. */
export function toMonthWords({ dollars, saving }: { dollars: number; saving: number }): string {
  const against = saving < 0 ? `${toCents(-saving)} more` : `${toCents(saving)} less`;
  return `${toCents(dollars)}, ${against} than always on demand`;
}
