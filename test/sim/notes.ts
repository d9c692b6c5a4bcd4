/** Notes all that happens: as a hash, to compare two runs of a story, and if asked for as lines to read. */
import { createHash } from 'node:crypto';
import type { Timers } from '../../local/timers.ts';

export interface Notes {
  write: (line: string) => void;
  read: () => { digest: string; trace: string[] };
}

/** Hashing many lines at once is several times as fast as each by itself. */
const hashedAtOnce = 64 * 1_024;

export function startNotes(timers: Timers, keepTrace: boolean): Notes {
  const hash = createHash('sha256');
  const trace: string[] = [];
  let fresh = '';
  return {
    write(line) {
      fresh += `${timers.now} ${line}\n`;
      if (keepTrace) trace.push(`${new Date(timers.now).toISOString().slice(5, 23)} ${line}`);
      if (fresh.length < hashedAtOnce) return;
      hash.update(fresh);
      fresh = '';
    },
    read() {
      hash.update(fresh);
      fresh = '';
      return { digest: hash.copy().digest('hex'), trace };
    },
  };
}
