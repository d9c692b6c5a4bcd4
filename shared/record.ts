/** Appends to the journal so that passes writing at once lose nothing of each other's. */
import { append, type Journal, missing, trim, writtenSince } from './core/journal.ts';
import { journalTriesMax } from './core/limits.ts';
import type { Entry } from './core/model.ts';
import { writeJournal } from './documents.ts';
import type { Ports, Versioned } from './ports.ts';

/**
 * Parameter Store has no conditional write, but each write answers its version. If that is not the next one
 * after what we read, we have written over somebody who may not know: we carry on what they wrote, until
 * what stands has it all, whoever wrote it. Answers the journal as it stands then.
 */
export async function record(
  state: Ports['state'],
  known: Versioned<Journal>,
  entries: Entry[],
): Promise<Versioned<Journal>> {
  if (!entries.length) return known;
  let carried = entries;
  let added = entries;
  let stands = known;
  for (let attempt = 0; attempt < journalTriesMax; attempt++) {
    const value = trim(append(stands.value, added), writeJournal);
    const version = await state.writeJournal(value);
    if (version === stands.version + 1) return { value, version };
    const [lost, latest] = await Promise.all([
      version === null ? null : state.readJournal(version - 1),
      state.readJournal(null),
    ]);
    if (lost) {
      const ours = append(known.value, carried);
      carried = [...carried, ...missing(writtenSince(known.value, lost.value), ours, ours)];
    }
    added = missing(carried, latest.value, known.value);
    if (!added.length) return latest;
    stands = latest;
  }
  throw new Error(`The journal was written by others ${journalTriesMax} times in a row`);
}
