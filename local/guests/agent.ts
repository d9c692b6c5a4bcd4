/** The two agents on a server: Perennial's own, which applies secrets, and AWS's, through which it is told to. */
import type { Protocol } from '../../shared/core/model.ts';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';
import { toProtocols } from './conf.ts';
import { type CallSsm, pull, type Secrets } from './secrets.ts';
import { toSelfTest } from './self-test.ts';

/** What becomes of a command: it is done at once, after half a minute, badly, never to its end, or not at all. */
export type Fate = 'done' | 'slow' | 'fails' | 'hangs' | 'lost' | 'undeliverable';

/** Whether the script began, or why it never will. */
export type Delivery = 'running' | 'unheard' | 'undeliverable';

export type OnExit = (exitCode: number, stderr: string, stdout?: string) => void;

type Serving = Partial<Record<Protocol, boolean>>;

export interface Agent {
  /** By which people are let in; null before there are any. */
  readonly secrets: Secrets | null;
  /** The last of them that all protocols took. */
  readonly applied: Secrets | null;
  /** Why the secrets of today are not on the server, for its report. Until that is over it tries again by itself. */
  readonly problem: string | null;
  /** Of each protocol whether it serves, if the VPN is up: whether it has what it needs. */
  serving: (isUp: boolean) => Serving;
  /** Pulls and applies them in an instant. */
  apply: () => void;
  /** The same by a script, which takes its time. */
  run: (script: string[], fate: Fate, onExit: OnExit) => void;
}

const applyScript = '/usr/local/lib/perennial/agent apply-secrets';
const selfTestScript = '/usr/local/lib/perennial/agent check --json';

/** Under the minute that the document gives it. */
const slowMs = 30_000;

export interface AgentOptions {
  world: World;
  call: CallSsm;
  vpn: string;
  userData: string;
  /** A server that is not alive ends no script. */
  isAlive: () => boolean;
  /** Whether the VPN on it answers. */
  isUp: () => boolean;
  /** What its self-test finds to be wrong, by the question. */
  faults: ReadonlyMap<string, string>;
  /** Told after each script that was to apply secrets. */
  onApplied: () => void;
}

export function toAgent({
  world,
  call,
  vpn,
  userData,
  isAlive,
  isUp,
  faults,
  onApplied,
}: AgentOptions): Agent {
  const protocols = toProtocols({ userData });
  let secrets: Secrets | null = null;
  let applied: Secrets | null = null;
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
  const isReady = (protocol: Protocol) =>
    secrets !== null && (protocol === 'pptp' || secrets.keys.has('wireguard'));
  /** Of two scripts at once the one that has read later counts, whichever ends first. Says whether all is well. */
  const take = (pulled: Secrets | null): boolean => {
    if (!pulled) return false;
    if (secrets && pulled.pulledAt < secrets.pulledAt) return true;
    secrets = pulled;
    const isWhole = protocols.every(isReady);
    if (isWhole) applied = pulled;
    problem = isWhole ? null : "wireguard: the server's WireGuard key is missing.";
    return isWhole;
  };
  return {
    serving: (isUp) => Object.fromEntries(protocols.map((one) => [one, isUp && isReady(one)])),
    get secrets() {
      return secrets;
    },
    get applied() {
      return applied;
    },
    get problem() {
      return problem;
    },
    apply() {
      take(read());
    },
    run(script, fate, onExit) {
      const { timers, times } = world;
      const after = (what: () => void) =>
        timers.after(fate === 'slow' ? slowMs : times.applyMs(), () => isAlive() && what());
      if (script.join() === selfTestScript && fate !== 'fails')
        return after(() => {
          const found = toSelfTest(protocols, this.serving(isUp()), faults);
          const isWell = found.every(({ good }) => good);
          onExit(isWell ? 0 : 1, '', JSON.stringify(found, null, 2));
        });
      if (script.join() !== applyScript) return after(() => onExit(127, 'not found'));
      if (fate === 'hangs') return;
      if (fate === 'fails') return after(() => onExit(1, 'The secrets could not be applied'));
      const pulled = read();
      after(() => {
        const isWhole = take(pulled);
        onApplied();
        onExit(isWhole ? 0 : 1, isWhole ? '' : (problem ?? ''));
      });
    },
  };
}
