/** `vpn bake`: a bake by hand, with what it does and waits for, and the way back when it is broken off. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clients } from '../../shared/adapters/clients.ts';
import type { BakeConfig } from '../../shared/bake/config.ts';
import { cancel, drive, type Progress } from '../../shared/bake/drive.ts';
import type { Ending, Run, Step } from '../../shared/bake/model.ts';
import { toBakePorts, toBakery } from '../../shared/bake/wire.ts';
import { toTimeOfDay } from '../../shared/core/words.ts';
import { packImage } from '../bundle/image.ts';

/** What is deployed. How old an image may become is no matter of a bake by hand. */
interface BakeSettings extends Pick<BakeConfig, 'region' | 'ssmAgent'> {
  policy: Omit<BakeConfig['policy'], 'refreshDays'>;
}

/** Where it says what; the answer goes elsewhere than what is told meanwhile. */
interface BakeScreen {
  show: (value: unknown, text: string) => void;
  note: (text: string) => void;
  during: <T>(words: string, work: (say: (words: string) => void) => Promise<T>) => Promise<T>;
}

export interface BakeOptions {
  settings: BakeSettings;
  clients: Pick<Clients, 'ec2' | 'ssm'>;
  screen: BakeScreen;
  /** Aborted by ^C: then all is undone. */
  signal: AbortSignal;
  /** Only breaks off what is under way, and removes what bakes have left. */
  cancels?: boolean;
  now?: () => number;
  pause?: (ms: number) => Promise<void>;
}

interface Told {
  at: string;
  why: string;
}

/** As a shell has it for a program that ^C ended. */
const interrupted = 130;

/** Answers the exit code. */
export async function runBake(options: BakeOptions): Promise<number> {
  const { settings, clients, screen, signal, cancels = false, now = Date.now } = options;
  const policy = { ...settings.policy, refreshDays: 0 };
  const pause = options.pause ?? toPause(signal);
  const ports = toBakePorts({ policy }, clients, now, pause);
  const config = { ...settings, policy, endpoints: { ec2: undefined, ssm: undefined } };
  const bakery = toBakery(config, packImage(), ports);
  const steps: Told[] = [];
  const ending = await screen.during('Looking at what there is', (say) => {
    const progress = toProgress(screen, say, steps, now);
    return cancels ? cancel(bakery, progress.onStep) : drive(bakery, progress, signal);
  });
  const imageId =
    ending?.outcome === 'promoted' ? (await ports.wishes.read(null)).value.imageId : null;
  screen.show({ ...toShown(ending), imageId, steps }, toText(ending, imageId));
  if (!ending || cancels || ending.outcome === 'promoted') return 0;
  return ending.outcome === 'cancelled' ? interrupted : 1;
}

function toProgress(
  { note }: BakeScreen,
  say: (words: string) => void,
  steps: Told[],
  now: () => number,
): Progress {
  return {
    onRun: ({ id, startedAt }: Run, isNew) =>
      note(
        isNew
          ? `The bake ${id} begins; it takes about a quarter of an hour, and ^C undoes all of it`
          : `A bake has been under way since ${toTimeOfDay(startedAt)} UTC: this follows it`,
      ),
    onStep(step: Step) {
      if (step.kind === 'wait' || step.kind === 'rest') return say(step.why);
      steps.push({ at: new Date(now()).toISOString(), why: step.why });
      note(`${toTimeOfDay(now())}  ${step.why}`);
    },
  };
}

function toShown(ending: Ending | null): object {
  return ending ? { ...ending, at: new Date(ending.at).toISOString() } : { outcome: null };
}

function toText(ending: Ending | null, imageId: string | null): string {
  if (!ending) return 'Nothing was ever baked, and nothing is left to remove.';
  switch (ending.outcome) {
    case 'promoted':
      return `${imageId} is what is launched from now on: while the VPN is on, the loop moves over to it by itself.`;
    case 'failed':
      return `The bake failed; what it had made is removed, and nothing else has changed. ${ending.why}`;
    case 'cancelled':
      return 'The bake was broken off; what it had made is removed, and nothing else has changed.';
    default:
      return ending.outcome satisfies never;
  }
}

/** ^C ends the waiting too; what then is to be undone waits as usual. */
function toPause(signal: AbortSignal): (ms: number) => Promise<void> {
  return async (ms) => {
    if (signal.aborted) return sleep(ms);
    await Promise.race([
      sleep(ms),
      new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
    ]);
  };
}
