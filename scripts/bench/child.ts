/** Loads the bundle it is given and calls its handler twice, as Lambda does, and prints what each phase took. */
import { createRequire } from 'node:module';

/** Milliseconds. */
export interface Phases {
  load: number;
  /** What the bundle does between being loaded and the first event: a warm-up, if it has one. */
  init: number;
  first: number;
  next: number;
}

const tick = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
const context = { getRemainingTimeInMillis: () => 10_000 };

async function main(bundle: string): Promise<Phases> {
  const started = performance.now();
  const { handler } = createRequire(bundle)(bundle);
  const loaded = performance.now();
  // Lambda's runtime asks for its first event in the event loop's next round.
  await new Promise(setImmediate);
  const ready = performance.now();
  await handler(tick, context);
  const answered = performance.now();
  await handler(tick, context);
  const next = performance.now() - answered;
  return { load: loaded - started, init: ready - loaded, first: answered - ready, next };
}

main(process.argv[2] ?? '').then(
  (phases) => {
    // The function's own log is on standard output: the last line is ours.
    console.log(JSON.stringify(phases));
    // Kept connections would hold the process.
    process.exit();
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
