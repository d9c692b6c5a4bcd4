/** Journals as the loop writes them, version after version, for tests of what is told of them. */

import type { Entry } from '../../shared/core/deeds.ts';
import { append, type Journal } from '../../shared/core/journal.ts';
import { emptyMemory } from '../../shared/core/memory.ts';
import type { News } from '../../shared/tell/news.ts';
import { readOn, type Story, toStory } from '../../shared/tell/story.ts';
import { a, addressOf, b, minuteMs, nano, nanoB, now, secondMs } from '../core/scene.ts';

/** So many seconds after the beginning of every story. */
export const at = (seconds: number) => now + seconds * secondMs;

export const launched = (seconds: number, serverId: string = a): Entry => ({
  at: at(seconds),
  kind: 'launched',
  serverId,
  market: serverId === a ? 'spot' : 'on-demand',
  pool: serverId === a ? nano : nanoB,
  generation: 1,
  planned: false,
  perHour: serverId === a ? 0.0014 : 0.0052,
  why: `${serverId} is starting`,
});
export const pointing = (seconds: number, serverId: keyof typeof addressOf = a): Entry => ({
  at: at(seconds),
  kind: 'pointing',
  serverId,
  address: addressOf[serverId],
  why: `${serverId} serves: the name moves to it`,
});
export const parking = (seconds: number, serverId: string | null = null): Entry => ({
  at: at(seconds),
  kind: 'parking',
  serverId,
  why: 'The name is parked',
});
export const doomed = (seconds: number, serverId: string = a): Entry => ({
  at: at(seconds),
  kind: 'doomed',
  serverId,
  endsAt: at(seconds) + 2 * minuteMs,
  market: 'spot',
  pool: nano,
  why: `AWS takes ${serverId}`,
});
export const ended = (seconds: number, taken: boolean, why = 'AWS has taken it'): Entry => ({
  at: at(seconds),
  kind: 'ended',
  serverId: a,
  taken: taken ? { market: 'spot', pool: nano } : null,
  explained: true,
  why: `${a} is gone: ${why}`,
});
export const launching = (seconds: number): Entry => ({
  at: at(seconds),
  kind: 'launching',
  market: 'on-demand',
  pool: nanoB,
  generation: 2,
  attempt: 0,
  why: `AWS takes ${a}: launching t3.nano in us-east-1b on demand at $0.0052/h, since spot is dear`,
});
export const incident = (seconds: number, lostAt: number | null = null, serverId: string = a) =>
  ({ at: at(seconds), kind: 'incident', serverId, lostAt, why: `${serverId} fails` }) as const;
export const recovered = (seconds: number, serverId: string | null = b, outageMs = 0) =>
  ({
    at: at(seconds),
    kind: 'recovered',
    serverId,
    outageMs,
    why: `${serverId} serves`,
  }) as const;
export const stuck = (seconds: number, why = "Can't launch: every pool is closed"): Entry => ({
  at: at(seconds),
  kind: 'stuck',
  why,
});
/** An entry of a kind that a loop newer than these types writes. */
export const newer = (seconds: number, kind: string, more: object = {}): Entry =>
  ({ at: at(seconds), kind, why: `it is ${kind}`, ...more }) as unknown as Entry;

export const toJournal = (...entries: Entry[]): Journal =>
  append({ memory: emptyMemory, entries: [] }, entries);

/** The VPN is on since a minute, and nothing has happened since. */
export const calm: Entry[] = [launched(-60), pointing(-10)];

export function readAll(versions: Entry[][], story: Story = toStory(toJournal())) {
  const news: News[] = [];
  let read = story;
  for (const entries of versions) {
    const next = readOn(read, toJournal(...entries));
    read = next.story;
    news.push(...next.news);
  }
  return { story: read, news };
}
