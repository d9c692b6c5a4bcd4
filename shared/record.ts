/** Appends to the journal so that passes writing at once lose nothing of each other's. */
import { append, contains, type Journal, merge, trim } from './core/journal.ts';
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
  let ours = append(known.value, entries);
  let stands = known;
  for (let attempt = 0; attempt < journalTriesMax; attempt++) {
    const value = trim(merge(stands.value, ours), writeJournal);
    const version = await state.writeJournal(value);
    if (version === stands.version + 1) return { value, version };
    const [lost, latest] = await Promise.all([
      version === null ? null : state.readJournal(version - 1),
      state.readJournal(null),
    ]);
    if (lost) ours = merge(lost.value, ours);
    if (contains(latest.value, ours)) return latest;
    stands = latest;
  }
  throw new Error(`The journal was written by others ${journalTriesMax} times in a row`);
}
