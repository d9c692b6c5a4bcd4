/** The journal as a document: entries for people, and the memory that is their fold. */
import { documentBytesMax } from './limits.ts';
import { remember } from './memory.ts';
import type { Entry, Memory } from './model.ts';

/** What two passes say within this time is said once. */
const sameMs = 60_000;

export interface Journal {
  memory: Memory;
  /** Oldest first. */
  entries: Entry[];
}

/** Takes entries in, at the end. */
export function append(journal: Journal, entries: Entry[]): Journal {
  return {
    memory: entries.reduce(remember, journal.memory),
    entries: [...journal.entries, ...entries],
  };
}

/** Takes in what only `ours` has. */
export function merge(theirs: Journal, ours: Journal): Journal {
  const { memory, entries } = append(theirs, missing(theirs, ours));
  return { memory, entries: entries.toSorted((a, b) => a.at - b.at) };
}

/** Whether the journal has all that `ours` has. */
export function contains(journal: Journal, ours: Journal): boolean {
  return missing(journal, ours).length === 0;
}

/** What only `ours` has; but what `theirs` has let go of, being older than all it has, stays gone. */
function missing(theirs: Journal, ours: Journal): Entry[] {
  const known = new Set(theirs.entries.map(toIdentity));
  const oldest = theirs.entries[0]?.at ?? 0;
  return ours.entries.filter((entry) => entry.at >= oldest && !known.has(toIdentity(entry)));
}

/**
 * Passes at once learn and do the same: the same launch, the same end of a server, is one entry; and so is what
 * is said twice within a minute.
 */
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
    case 'incident':
      return `${entry.kind} ${entry.serverId}`;
    default:
      return `${entry.kind} ${Math.floor(entry.at / sameMs)} ${entry.why}`;
  }
}

/** Lets go of the oldest entries, then of the shortest holds, until what `write` makes of it fits. */
export function trim(journal: Journal, write: (journal: Journal) => string): Journal {
  let trimmed = journal;
  while (new Blob([write(trimmed)]).size > documentBytesMax) trimmed = shrink(trimmed);
  return trimmed;
}

function shrink({ memory, entries }: Journal): Journal {
  if (entries.length > 1) return { memory, entries: entries.slice(1) };
  const holds = memory.holds.toSorted((a, b) => b.until - a.until);
  if (holds.length) return { memory: { ...memory, holds: holds.slice(0, -1) }, entries };
  throw new Error('The journal does not fit into one parameter even without its entries');
}
