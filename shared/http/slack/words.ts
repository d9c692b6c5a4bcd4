/** The status in the words of a chat: one thing a line, the most important first. */
import {
  toCents,
  toDollars,
  toDuration,
  toMarketWords,
  toPlace,
  toSlackText,
  toTimeOfDay,
} from '../../core/words.ts';
import type { StatusView } from '../status-view.ts';

const states: Record<StatusView['state'], string> = {
  serving: 'is on, and serves',
  starting: 'is starting',
  recovering: 'is recovering: another server is on its way',
  stopping: 'is stopping',
  off: 'is off',
  stuck: 'has no server, and can have none just now',
};

export function toStatusText(view: StatusView): string {
  const { name, state, plan, unread } = view;
  const lines = [
    ...toServer(view),
    ...toSessions(view),
    ...toSecrets(view),
    ...plan.map((why) => `Next: ${why}`),
    ...toPower(view),
    ...toMonth(view),
    ...unread.map((what) => `AWS did not tell ${what}`),
  ];
  return [`*${toSlackText(name)} ${states[state]}*`, ...lines.map(toSlackText)].join('\n');
}

function toServer({ server, at }: StatusView): string[] {
  if (!server) return [];
  const { type, zone, market, dollarsPerHour, address, since } = server;
  const price = dollarsPerHour === null ? '' : ` at ${toDollars(dollarsPerHour)}/h`;
  const age = toDuration(Math.max(0, Date.parse(at) - Date.parse(since)));
  const where = `${toPlace({ type, zone })} ${toMarketWords(market)}${price}`;
  return [[where, ...(address ? [address] : []), `for ${age}`].join(', ')];
}

function toSessions({ server, sessions }: StatusView): string[] {
  if (!server?.serving) return [];
  return [`${sessions || 'Nobody'} ${sessions > 1 ? 'are' : 'is'} connected`];
}

function toSecrets({ server, secrets }: StatusView): string[] {
  return server?.serving && !secrets.current ? ['It is taking the newest secrets'] : [];
}

function toPower({ power: { next, idleMinutes, wanted } }: StatusView): string[] {
  return [
    ...(next ? [`Turns ${next.power} at ${next.at.slice(0, 10)} ${toClock(next.at)} UTC`] : []),
    ...(idleMinutes !== null && wanted === 'on'
      ? [`Turns off once nobody has used it for ${idleMinutes} min`]
      : []),
  ];
}

function toMonth({ month }: StatusView): string[] {
  if (!month) return [];
  const { dollars, saving } = month;
  const less = `${toCents(Math.abs(saving))} ${saving < 0 ? 'more' : 'less'}`;
  return [`${toCents(dollars)} this month so far, ${less} than always on demand`];
}

/** 2026-11-22T05:02:00.000Z -> "05:02". */
function toClock(at: string): string {
  return toTimeOfDay(Date.parse(at)).slice(0, 5);
}
