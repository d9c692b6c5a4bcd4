/** Makes all checks side by side: one that can't be made, or that hangs, keeps none of the others from being made. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble, toSentence } from '../trouble.ts';
import { type Check, type Finding, Moot, type Said, Unmet, unknown } from './model.ts';

export interface Diagnosing {
  signal: AbortSignal;
  /** Told what is waited for. */
  say: (words: string) => void;
  timeoutMs?: number;
}

/** The longest check is a command on the server, which has a minute. */
const timeoutUsualMs = 90_000;

/** In the order of the checks. */
export async function diagnose(checks: Check[], diagnosing: Diagnosing): Promise<Finding[]> {
  const { signal, say, timeoutMs = timeoutUsualMs } = diagnosing;
  const open = new Set(checks.map(({ name }) => name));
  const tell = () =>
    say(`${checks.length - open.size} of ${checks.length} checked; next ${[...open].join(', ')}`);
  const found = await Promise.all(
    checks.map(async (check) => {
      const said = await within(check, timeoutMs, signal);
      open.delete(check.name);
      if (open.size) tell();
      return [said].flat().map((one): Finding => ({ part: check.part, name: check.name, ...one }));
    }),
  );
  return found.flat();
}

async function within({ run }: Check, timeoutMs: number, signal: AbortSignal) {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  try {
    return await Promise.race([
      run(),
      sleep(timeoutMs, undefined, { signal: ended }).then((): never => {
        throw new Trouble(`no answer within ${timeoutMs / 1_000} s`);
      }),
    ]);
  } catch (error) {
    signal.throwIfAborted();
    return toUnknown(error);
  } finally {
    over.abort();
  }
}

function toUnknown(error: unknown): Said {
  if (error instanceof Moot) return { level: 'moot', says: error.message, remedy: null };
  if (error instanceof Unmet) return unknown(`not checked: ${error.message}`);
  // Some go on for lines, for whoever debugs them.
  const [first] = toSentence(error).split('\n');
  return unknown(`could not be checked: ${first}`);
}
