/** A line at the foot of the terminal that says how far it is. Where nobody looks it says nothing. */
import { styleText } from 'node:util';

export interface Progress {
  /** So much of the whole is done. */
  show: (done: number, words: string) => void;
  /** Clears the line: whatever is printed next begins where it was. */
  clear: () => void;
}

interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write: (text: string) => unknown;
}

const barWidth = 24;
/** Of what took no time yet nobody can say how long it takes. */
const tellFrom = 0.02;
/** More often than this nobody sees, and terminals take their time. */
const everyMs = 100;

export function startProgress(
  total: number,
  terminal: Terminal = process.stderr,
  now: () => number = Date.now,
  env: Record<string, string | undefined> = process.env,
): Progress {
  const isSeen = terminal.isTTY === true && env.TERM !== 'dumb' && !env.CI;
  const begun = now();
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(done, words) {
      if (!isSeen || now() - shownAt < everyMs) return;
      shownAt = now();
      const share = total > 0 ? Math.min(1, done / total) : 1;
      const left =
        share >= tellFrom ? `${toTime(((now() - begun) * (1 - share)) / share)} left` : '';
      const full = Math.round(share * barWidth);
      const bar = '█'.repeat(full) + '░'.repeat(barWidth - full);
      const text = `${bar} ${Math.floor(share * 100)} %  ${words}  ${left}`;
      // A line that wraps can't be cleared.
      terminal.write(`\r\x1b[2K${styleText('cyan', text.slice(0, (terminal.columns ?? 80) - 1))}`);
    },
    clear() {
      if (shownAt > Number.NEGATIVE_INFINITY) terminal.write('\r\x1b[2K');
      shownAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** 75,000 ms -> "1:15". */
function toTime(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
