/** The journal as a document: entries for people, and the memory that is their fold. */
import type { Entry } from './deeds.ts';
import { atOnceMs, documentBytesMax } from './limits.ts';
import { remember } from './memory.ts';
import type { Memory } from './remembered.ts';

export interface Journal {
  memory: Memory;
  /** Oldest first. */
  entries: Entry[];
}

/** Takes entries in, in the order of their times. */
export function append(journal: Journal, entries: Entry[]): Journal {
  return {
    memory: entries.reduce(remember, journal.memory),
    entries: [...journal.entries, ...entries].toSorted((a, b) => a.at - b.at),
  };
}

/** What others have written into `journal` since it was `base`. */
export function writtenSince(base: Journal, journal: Journal): Entry[] {
  const known = new Set(base.entries.map(toKey));
  // What is older than all of the base was let go of by it, and stays gone.
  const oldest = base.entries[0]?.at ?? 0;
  return journal.entries.filter((entry) => entry.at >= oldest && !known.has(toKey(entry)));
}

/** Of these entries those that `journal` lacks: in so many words, or as said by others since it was `base`, or just then. */
export function missing(entries: Entry[], journal: Journal, base: Journal): Entry[] {
  const known = new Set(journal.entries.map(toKey));
  const news = new Set(writtenSince(base, journal));
  const isSaid = (entry: Entry) =>
    journal.entries.some(
      (other) =>
        toIdentity(other) === toIdentity(entry) &&
        (news.has(other) || Math.abs(other.at - entry.at) <= atOnceMs),
    );
  return entries.filter((entry) => !known.has(toKey(entry)) && !isSaid(entry));
}

function toKey(entry: Entry): string {
  return `${entry.at} ${entry.kind} ${toServerId(entry)} ${entry.why}`;
}

function toServerId(entry: Entry): string {
  return 'serverId' in entry ? (entry.serverId ?? '') : '';
}

/** Passes at once learn and do the same: the same launch, the same end of a server, is one entry. */
export function toIdentity(entry: Entry): string {
  switch (entry.kind) {
    case 'launching':
    case 'refused':
      return `${entry.kind} ${entry.generation} ${entry.attempt} ${JSON.stringify(entry.pool)}`;
    case 'ended':
      return `${entry.kind} ${entry.serverId} ${entry.explained}`;
    case 'launched':
    case 'doomed':
    case 'risky':
    case 'retiring':
    case 'incident':
    case 'refreshed':
      return `${entry.kind} ${entry.serverId}`;
    case 'handed':
      return `${entry.kind} ${entry.serverId} ${entry.handoverAt}`;
    case 'moving':
      return `${entry.kind} ${entry.serverId} ${entry.addressId}`;
    case 'refreshing':
      return `${entry.kind} ${entry.serverId} ${entry.wanted}`;
    // An incident is over once, however long each of two passes takes the outage to have been.
    case 'recovered':
      return entry.kind;
    default:
      return `${entry.kind} ${toServerId(entry)} ${entry.why}`;
  }
}

/** What an hour of a dozen interruptions fills; launches stay, since they bound what the loop may do. */
const lists = ['ended', 'interruptions', 'dooms', 'risks', 'moves'] as const;

/**
 * Lets go of the oldest entries but for the last `kept`, of the shortest holds, then of old facts, until what `write`
 * makes of it fits.
 */
export function trim(journal: Journal, write: (journal: Journal) => string, kept: number): Journal {
  let trimmed = journal;
  while (new Blob([write(trimmed)]).size > documentBytesMax) trimmed = shrink(trimmed, kept);
  return trimmed;
}

function shrink({ memory, entries }: Journal, kept: number): Journal {
  if (entries.length > kept) return { memory, entries: withoutOldest(entries, kept) };
  const holds = memory.holds.toSorted((a, b) => b.until - a.until);
  if (holds.length) return { memory: { ...memory, holds: holds.slice(0, -1) }, entries };
  const [longest] = lists.toSorted((a, b) => memory[b].length - memory[a].length);
  if (longest && memory[longest].length)
    return { memory: { ...memory, [longest]: memory[longest].slice(1) }, entries };
  if (entries.length > 1) return { memory, entries: entries.slice(1) };
  throw new Error('The journal does not fit into one parameter even without its entries');
}

/** What was said at one moment goes together: by its time others can tell it from what they have not read yet. */
function withoutOldest(entries: Entry[], kept: number): Entry[] {
  const later = entries.filter(({ at }) => at !== entries[0]?.at);
  return later.length < kept ? entries.slice(-kept) : later;
}
