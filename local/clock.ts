/** Virtual time: the same moment for this process and for the functions it runs, at a speed that may change. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Clock {
  /** Epoch milliseconds of virtual time. */
  now: () => number;
  /** How long a stretch of virtual time takes in real milliseconds, at the speed of now. */
  toRealMs: (virtualMs: number) => number;
  /** From now on so many virtual milliseconds pass in a real one. */
  go: (speed: number) => void;
  /** Until the work is done time is no faster than real: it takes as long as it would at AWS, on any machine. */
  during: <T>(work: () => Promise<T>) => Promise<T>;
  onChange: (listener: () => void) => void;
  /** What `clock.cjs` makes the same clock of, in another process on this machine. */
  env: () => string;
  /** Takes away what `env` has made. */
  stop: () => void;
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
  check(speed);
  let wanted = speed;
  let working = 0;
  let origin = { real: realNow(), virtual: at ?? realNow(), speed };
  let face: Face | undefined;
  const listeners: (() => void)[] = [];

  const toVirtual = (real: number) => origin.virtual + (real - origin.real) * origin.speed;

  function adjust(): void {
    const next = working ? Math.min(wanted, 1) : wanted;
    if (next === origin.speed) return;
    const real = realNow();
    origin = { real, virtual: toVirtual(real), speed: next };
    face?.show(toText(origin));
    for (const listen of listeners) listen();
  }

  return {
    now: () => Math.floor(toVirtual(realNow())),
    toRealMs: (virtualMs) => virtualMs / origin.speed,
    go(next) {
      check(next);
      wanted = next;
      adjust();
    },
    async during(work) {
      working++;
      adjust();
      try {
        return await work();
      } finally {
        working--;
        adjust();
      }
    },
    onChange: (listener) => listeners.push(listener),
    env() {
      face ??= openFace(toText(origin));
      return face.path;
    },
    stop: () => face?.close(),
  };
}

function check(speed: number): void {
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new Error(`A clock's speed is above 0, like 1 or 30, not ${speed}`);
}

function toText({ real, virtual, speed }: Record<'real' | 'virtual' | 'speed', number>): string {
  return `${real},${virtual},${speed}`;
}

/** Where other processes read the clock: a small file, since no message reaches them in the middle of their work. */
interface Face {
  path: string;
  show: (text: string) => void;
  close: () => void;
}

/** Always as many bytes, so that what is shown is written over what was. */
const textChars = 100;

function openFace(text: string): Face {
  const path = join(mkdtempSync(join(tmpdir(), 'perennial-clock-')), 'clock');
  const file = openSync(path, 'w');
  // Twice: whoever reads in the middle of a write sees that the two differ.
  const show = (next: string) => writeSync(file, next.padEnd(textChars).repeat(2), 0);
  show(text);
  return {
    path,
    show,
    close() {
      closeSync(file);
      rmSync(dirname(path), { recursive: true });
    },
  };
}

/** The same clock in another process: what stands at `path`. While it is being written its halves differ. */
export function readClock(path: string, realNow = Date.now): () => number {
  return () => {
    for (;;) {
      const text = readFileSync(path, 'latin1');
      const shown = text.slice(0, text.length / 2);
      const [real = 0, virtual = 0, speed = 1] = shown.split(',').map(Number);
      if (shown && text === shown + shown) return Math.floor(virtual + (realNow() - real) * speed);
    }
  };
}
