/** A person's bake from its beginning to its end, or the way back when they no longer want it. */

import { listLagMs } from '../core/limits.ts';
import { type Bakery, bake, begin } from './bake.ts';
import { cleanTriesMax, pollMs } from './limits.ts';
import type { Ending, Run, Step } from './model.ts';

export interface Progress {
  /** Told when a bake has begun, or that one was under way. */
  onRun: (run: Run, isNew: boolean) => void;
  /** Told before each step, and of what is waited for once it is something else. */
  onStep: (step: Step) => void;
}

/** Answers how it ended, once nothing of it is left but its image. If `signal` breaks it off, all is undone. */
export async function drive(
  bakery: Bakery,
  progress: Progress,
  signal: AbortSignal,
): Promise<Ending | null> {
  const run = await beginOrFollow(bakery, progress, signal);
  let waitedFor = '';
  for (;;) {
    if (signal.aborted) return cancel(bakery, progress.onStep);
    const pass = await bake(toUnhurried(bakery), progress.onStep);
    if (pass.state.why !== waitedFor) progress.onStep(pass.state);
    waitedFor = pass.state.why;
    if (pass.ending?.runId === run.id && pass.state.kind === 'rest') return pass.ending;
    if (pass.run && pass.run.id !== run.id)
      throw new Error(`Another bake, ${pass.run.id}, has taken over from this one, ${run.id}`);
    await bakery.ports.pause(pollMs);
  }
}

async function beginOrFollow(
  bakery: Bakery,
  progress: Progress,
  signal: AbortSignal,
): Promise<Run> {
  // What earlier bakes left is cleaned up; a refresh that is due is this one.
  const before = await bake(toUnhurried(bakery), progress.onStep);
  if (before.run) {
    progress.onRun(before.run, false);
    return before.run;
  }
  signal.throwIfAborted();
  await begin(bakery);
  const { run } = await bakery.ports.records.read();
  if (!run) throw new Error('The bake that was begun is not there');
  progress.onRun(run, true);
  return run;
}

/** A person's bake begins when they say so. */
function toUnhurried(bakery: Bakery): Bakery {
  return { ...bakery, policy: { ...bakery.policy, refreshDays: 0 } };
}

/** Ends the bake that is under way, if one is, and removes what bakes have left. Answers how the latest one ended. */
export async function cancel(bakery: Bakery, onStep: Progress['onStep']): Promise<Ending | null> {
  const { records, now } = bakery.ports;
  const { run, ending } = await records.read();
  const over = run && ending?.runId !== run.id ? toCancelled(run, now()) : ending;
  if (over && over !== ending) await records.conclude(over);
  for (let tries = 0; tries < cleanTriesMax; tries++) {
    const { state } = await bake(toUnhurried(bakery), onStep);
    // A machine launched a moment ago may not be listed yet.
    const isSure = !over || now() - over.at >= listLagMs;
    if (state.kind === 'rest' && isSure) return over;
    onStep({ kind: 'wait', why: 'What the bake has made goes away' });
    await bakery.ports.pause(pollMs);
  }
  throw new Error('Not all that the bake has made is gone yet; do it again: vpn bake --cancel');
}

function toCancelled({ id: runId }: Run, at: number): Ending {
  return { runId, outcome: 'cancelled', why: 'Somebody has broken it off', at };
}
