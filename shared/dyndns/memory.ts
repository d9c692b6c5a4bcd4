/** What is remembered of one host so that abuse is slowed: failed logins by where they came from, and changes. */
import * as v from 'valibot';

export interface Memory {
  /** `since` is when the first of so many was. */
  failures: { from: string; times: number; since: number }[];
  /** When the name was changed of late. */
  changes: number[];
}

/** A client with an old password tries every five or ten minutes and is not slowed; a guesser is, to 720 a day. */
const failuresMax = 5;
const failuresKeptMs = 10 * 60_000;

/** So that the document stays small, and thousands of sources don't make thousands of writes. */
const sourcesMax = 20;

/** A line that reconnects this often is broken, or two clients pull the name to and fro. */
export const changesMax = 10;
const changesKeptMs = 60 * 60_000;

export const emptyMemory: Memory = { failures: [], changes: [] };

const time = v.pipe(v.string(), v.isoTimestamp(), v.transform(Date.parse), v.number());
const memory = v.object({
  failures: v.pipe(
    v.array(v.object({ from: v.string(), times: v.number(), since: time })),
    v.maxLength(sourcesMax),
  ),
  changes: v.pipe(v.array(time), v.maxLength(changesMax)),
});

/** What still counts. A document that somebody has spoilt begins anew. */
export function readMemory(json: string | undefined, now: number): Memory {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), memory), json);
  if (!parsed.success) return emptyMemory;
  // Another function's clock may be ahead, but a time far to come is a mistake, and would count for ever.
  const counts = (at: number, keptMs: number) => Math.abs(now - at) < keptMs;
  return {
    failures: parsed.output.failures.filter(({ since }) => counts(since, failuresKeptMs)),
    changes: parsed.output.changes.filter((at) => counts(at, changesKeptMs)),
  };
}

export function writeMemory({ failures, changes }: Memory): string {
  const toIso = (at: number) => new Date(at).toISOString();
  return JSON.stringify({
    failures: failures.map((failure) => ({ ...failure, since: toIso(failure.since) })),
    changes: changes.map(toIso),
  });
}

/** Whether whoever is there may not even try. */
export function isBarred({ failures }: Memory, from: string): boolean {
  return failures.some((failure) => failure.from === from && failure.times >= failuresMax);
}

/** Null if there is no room: the login still fails, but nothing is written down. */
export function withFailure(known: Memory, from: string, now: number): Memory | null {
  const others = known.failures.filter((failure) => failure.from !== from);
  if (others.length >= sourcesMax) return null;
  const { times, since } = known.failures.find((failure) => failure.from === from) ?? {
    times: 0,
    since: now,
  };
  return { ...known, failures: [...others, { from, times: times + 1, since }] };
}

export function isRestless({ changes }: Memory): boolean {
  return changes.length >= changesMax;
}

export function withChange(known: Memory, now: number): Memory {
  return { ...known, changes: [...known.changes, now] };
}
