/** Tells people what the journal says: each piece of news once and in order, whoever else is telling it just now. */
import type { Journal } from '../core/journal.ts';
import { deliver } from './deliver.ts';
import { toGuesses } from './guesses.ts';
import {
  looksMax,
  messagesPerRunMax,
  newsMaxMs,
  tickMs,
  ticksPerCleaning,
  triesKeptMs,
  versionsKept,
  versionsPerLookMax,
} from './limits.ts';
import { type Sender, toMessage } from './message.ts';
import { toMoney } from './money.ts';
import type { News } from './news.ts';
import type { Desk, TellPorts } from './ports.ts';
import { readOn, toStory } from './story.ts';

/** What one run did, by the ids of the messages, for the log. */
export interface Telling {
  told: string[];
  /** Nobody will hear of these any more, for the reason given. */
  dropped: string[];
  /** Why the rest waits for another run; null if nothing is left. */
  waiting: string | null;
}

/**
 * One run. Only a tick saves how far it has read: at other times the loop, which may be in a hurry, needs the three
 * writes that Parameter Store allows a second.
 */
export async function tell(ports: TellPorts, sender: Sender, isTick: boolean): Promise<Telling> {
  const telling: Telling = { told: [], dropped: [], waiting: null };
  let desk = await ports.read();
  for (let look = 1; look < looksMax; look++) {
    if (await isAllRead(desk, ports, sender, isTick, telling)) break;
    desk = await ports.read();
  }
  // Last: nothing that happens to the VPN waits for this.
  if (!telling.waiting) await tellAll(toGuesses(desk.attempts), desk, ports, sender, telling);
  if (isTick && isCleaningTick(ports.now())) await ports.forget(ports.now() - triesKeptMs);
  return telling;
}

/** One look at the journal; whether another one can find no more. */
async function isAllRead(
  desk: Desk,
  ports: TellPorts,
  sender: Sender,
  isTick: boolean,
  telling: Telling,
): Promise<boolean> {
  const { bookmark: begun, journal } = desk;
  // The first time, or somebody has begun the journal anew: what was before is no news.
  if (!begun || begun.version > journal.version) {
    await ports.saveBookmark({ version: journal.version, story: toStory(journal.value) });
    return true;
  }
  const toldBefore = telling.told.length;
  const unread = await readUnread(ports, begun.version, desk);
  let bookmark = begun;
  for (const { version, value } of unread) {
    const { story, news } = readOn(bookmark.story, value);
    await tellAll(news, desk, ports, sender, telling);
    if (telling.waiting) break;
    bookmark = { version, story };
  }
  const isBehind = unread.length === versionsPerLookMax;
  if (bookmark.version > begun.version && (isTick || isBehind)) await ports.saveBookmark(bookmark);
  if (telling.waiting) return true;
  // Another run that found a message of ours being told has left all that came after it to us.
  return !isBehind && telling.told.length === toldBefore;
}

interface Version {
  version: number;
  value: Journal;
}

/** The versions after the bookmark, oldest first, as far as the history goes back. */
async function readUnread(
  ports: TellPorts,
  bookmark: number,
  { journal }: Desk,
): Promise<Version[]> {
  const first = Math.max(bookmark, journal.version - versionsKept) + 1;
  const length = Math.min(journal.version - first + 1, versionsPerLookMax);
  const read = Array.from({ length }, async (_, index): Promise<Version[]> => {
    const version = first + index;
    if (version === journal.version) return [journal];
    const value = await ports.readJournal(version);
    return value ? [{ version, value }] : [];
  });
  return (await Promise.all(read)).flat();
}

/** In order, until one has to wait. */
async function tellAll(
  news: News[],
  { webhook, ledger }: Desk,
  ports: TellPorts,
  sender: Sender,
  telling: Telling,
): Promise<void> {
  for (const one of news) {
    // What happens while nobody wants to be told is not told later either.
    if (!webhook || ports.now() - one.at > newsMaxMs) continue;
    if (telling.told.length >= messagesPerRunMax) {
      telling.waiting = `${one.id}: ${messagesPerRunMax} messages are enough for one run`;
      return;
    }
    const make = () => toMessage(one, toMoney(ledger), sender);
    const delivered = await deliver(ports, one.id, webhook, make);
    if (delivered.kind === 'told') telling.told.push(one.id);
    if (delivered.kind === 'dropped') telling.dropped.push(`${one.id}: ${delivered.why}`);
    if (delivered.kind === 'waits') {
      telling.waiting = `${one.id}: ${delivered.why}`;
      return;
    }
  }
}

/** One of so many ticks, counted by the clock. */
function isCleaningTick(now: number): boolean {
  return Math.floor(now / tickMs) % ticksPerCleaning === 0;
}
