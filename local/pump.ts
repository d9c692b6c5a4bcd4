/** Drives the played AWS by a clock: whatever is due happens when its time has come, step by step. */
import type { Clock } from './clock.ts';
import type { Timers } from './timers.ts';

export interface Pump {
  /** Looks at the world, or changes it, as it is at this moment. */
  change: <T>(run: () => T) => T;
  stop: () => void;
}

/** `onStep` is told after each step, so that nothing in between goes unseen. */
export function startPump(timers: Timers, clock: Clock, onStep: () => void): Pump {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function catchUp(): void {
    const now = clock.now();
    for (let next = timers.nextAt(); next !== null && next <= now; next = timers.nextAt()) {
      timers.advance(next);
      onStep();
    }
    timers.advance(now);
    arm();
  }

  /** What is set meanwhile may be due earlier than what was: so after every step. */
  function arm(): void {
    clearTimeout(timer);
    const next = timers.nextAt();
    if (stopped || next === null) return;
    const waitMs = clock.toRealMs(Math.max(0, next - clock.now()));
    timer = setTimeout(catchUp, Math.ceil(waitMs));
  }

  clock.onChange(arm);
  catchUp();
  return {
    change(run) {
      catchUp();
      try {
        return run();
      } finally {
        onStep();
        arm();
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
