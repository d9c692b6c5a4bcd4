/** Virtual time: the same moment for this process and for the functions it runs, at a speed of one's own. */

export interface Clock {
  /** Epoch milliseconds of virtual time. */
  now: () => number;
  /** How long a stretch of virtual time takes in real milliseconds. */
  toRealMs: (virtualMs: number) => number;
  /** What `clock.cjs` makes the same clock of, in another process on this machine. */
  env: () => string;
}

/** `speed` is virtual milliseconds in a real one; `at` is where virtual time begins, by default now. */
export function startClock({
  speed = 1,
  at,
  realNow = Date.now,
}: {
  speed?: number;
  at?: number;
  realNow?: () => number;
} = {}): Clock {
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new Error(`A clock's speed is above 0, like 1 or 30, not ${speed}`);
  const originReal = realNow();
  const originVirtual = at ?? originReal;
  return {
    now: () => Math.floor(originVirtual + (realNow() - originReal) * speed),
    toRealMs: (virtualMs) => virtualMs / speed,
    env: () => `${originReal},${originVirtual},${speed}`,
  };
}
