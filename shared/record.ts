/** Appends to the journal so that passes writing at once lose nothing of each other's. */
import type { Entry } from './core/deeds.ts';
import { append, type Journal, missing, trim, writtenSince } from './core/journal.ts';
import { journalTriesMax, newsMax } from './core/limits.ts';
import { writeJournal } from './documents/state.ts';
import type { Ports, Versioned } from './ports.ts';

/**
 * Parameter Store has no conditional write, but each write answers its version. If that is not the next one
 * after what we read, we have written over somebody who may not know: we carry on what they wrote, until
 * what stands has it all, whoever wrote it. What others have said since the pass `read` is not said again.
 * Answers the journal as it stands then.
 */
export async function record(
  state: Ports['state'],
  known: Versioned<Journal>,
  entries: Entry[],
  read = known.value,
): Promise<Versioned<Journal>> {
  // Most passes have nothing to say.
  if (!entries.length) return known;
  let carried = entries;
  let added = missing(entries, known.value, read);
  if (!added.length) return known;
  let stands = known;
  for (let attempt = 0; attempt < journalTriesMax; attempt++) {
    const whole = append(stands.value, added);
    const value = trim(whole, writeJournal, Math.min(added.length, newsMax));
    const version = await state.writeJournal(value);
    if (version === stands.version + 1) return { value, version };
    const [lost, latest] = await Promise.all([
      version === null ? null : state.readJournal(version - 1),
      state.readJournal(null),
    ]);
    if (lost) carried = carryOn(lost.value, carried, [known.value, whole]);
    added = missing(carried, latest.value, read);
    if (!added.length) return latest;
    stands = latest;
  }
  throw new Error(`The journal was written by others ${journalTriesMax} times in a row`);
}

/** What `lost` has besides, also what we had read ourselves, if what we wrote on was of somebody who had not. */
function carryOn(lost: Journal, carried: Entry[], bases: Journal[]): Entry[] {
  let all = carried;
  for (const base of bases) {
    const ours = { ...base, entries: all };
    all = all.concat(missing(writtenSince(base, lost), ours, ours));
  }
  return all;
}
