/** Wrong tokens: who has sent how many of late, and until when they are not listened to. */
import { attemptsKeptMs, attemptsSourcesMax, attemptWaitMaxMs } from './limits.ts';

/** Of one source, or of all together. Epoch milliseconds. */
interface Tally {
  count: number;
  /** The latest. */
  at: number;
  /** Until then further ones are refused unseen. */
  until: number;
}

export interface Attempts {
  /** When the first of these came. */
  since: number;
  all: Tally;
  sources: Record<string, Tally>;
}

/** So many are mistakes; from then on each costs twice as long as the one before. */
const free = { source: 3, all: 20 };

const none: Tally = { count: 0, at: 0, until: 0 };

/** Takes a wrong token into account. Only the latest sources are kept: memory is bounded, whoever asks. */
export function addAttempt(known: Attempts | null, source: string, now: number): Attempts {
  const isOld = !known || now - known.all.at >= attemptsKeptMs;
  const { since, all, sources } = isOld ? { since: now, all: none, sources: {} } : known;
  const { [source]: own = none, ...others } = sources;
  const kept = Object.entries(others)
    .filter(([, { at }]) => now - at < attemptsKeptMs)
    .toSorted(([, a], [, b]) => b.at - a.at)
    .slice(0, attemptsSourcesMax - 1);
  return {
    since,
    all: add(all, now, free.all),
    sources: Object.fromEntries([[source, add(own, now, free.source)], ...kept]),
  };
}

function add({ count }: Tally, at: number, freeCount: number): Tally {
  const over = count + 1 - freeCount;
  const waitMs = over > 0 ? Math.min(1_000 * 2 ** (over - 1), attemptWaitMaxMs) : 0;
  return { count: count + 1, at, until: at + waitMs };
}

/** How long that source, and how long anybody with a wrong token, is not listened to; 0 for not at all. */
export function toWaits(
  known: Attempts | null,
  source: string,
  now: number,
): { sourceMs: number; allMs: number } {
  const left = (tally: Tally | undefined) => Math.max(0, (tally?.until ?? 0) - now);
  return { sourceMs: left(known?.sources[source]), allMs: left(known?.all) };
}
