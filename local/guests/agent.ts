/** The two agents on a server: Perennial's own, which applies secrets, and AWS's, through which it is told to. */
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';
import { type CallSsm, pull, type Secrets } from './secrets.ts';

/** What becomes of a command: it is done at once, after half a minute, badly, never to its end, or not at all. */
export type Fate = 'done' | 'slow' | 'fails' | 'hangs' | 'lost' | 'undeliverable';

/** Whether the script began, or why it never will. */
export type Delivery = 'running' | 'unheard' | 'undeliverable';

export type OnExit = (exitCode: number, stderr: string) => void;

export interface Agent {
  readonly secrets: Secrets | null;
  /** Why the secrets of today are not on the server, for its report. */
  readonly problem: string | null;
  /** Pulls and applies them in an instant; says whether that worked. */
  apply: () => boolean;
  /** The same by a script, which takes its time. */
  run: (script: string[], fate: Fate, onExit: OnExit) => void;
}

const applyScript = '/usr/local/lib/perennial/agent apply-secrets';

/** Under the minute that the document gives it. */
const slowMs = 30_000;

/** `onApplied` is told after each script that was to apply them; a server that is not alive ends none. */
export function toAgent(
  world: World,
  call: CallSsm,
  vpn: string,
  isAlive: () => boolean,
  onApplied: () => void,
): Agent {
  let secrets: Secrets | null = null;
  let problem: string | null = null;

  const read = (): Secrets | null => {
    try {
      return pull(call, vpn, world.timers.now);
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      problem = `The secrets could not be read: ${error.code}`;
      return null;
    }
  };
  /** Of two scripts at once the one that has read later counts, whichever ends first. */
  const take = (pulled: Secrets) => {
    if (secrets && pulled.pulledAt < secrets.pulledAt) return;
    secrets = pulled;
    problem = null;
  };
  return {
    get secrets() {
      return secrets;
    },
    get problem() {
      return problem;
    },
    apply() {
      const pulled = read();
      if (pulled) take(pulled);
      return pulled !== null;
    },
    run(script, fate, onExit) {
      const { timers, times } = world;
      const after = (what: () => void) =>
        timers.after(fate === 'slow' ? slowMs : times.applyMs(), () => isAlive() && what());
      if (script.join() !== applyScript) return after(() => onExit(127, 'not found'));
      if (fate === 'hangs') return;
      if (fate === 'fails') return after(() => onExit(1, 'The secrets could not be applied'));
      const pulled = read();
      after(() => {
        if (pulled) take(pulled);
        onApplied();
        onExit(pulled ? 0 : 1, pulled ? '' : 'The secrets could not be read');
      });
    },
  };
}
