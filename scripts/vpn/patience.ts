/** What is followed for minutes may fail for a moment: it is asked again, and only a longer silence is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from './trouble.ts';

const pauseMs = 2_000;
/** About half a minute. */
const failuresMax = 15;

export async function patiently<T>(
  signal: AbortSignal,
  say: (words: string) => void,
  ask: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Trouble && error.isPassing) || failures >= failuresMax) throw error;
      say(error.message);
      await sleep(pauseMs, undefined, { signal });
    }
  }
}
