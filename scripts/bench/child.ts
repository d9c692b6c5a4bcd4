/** Loads the bundle it is given, calls its handler twice with an event, as Lambda does, and prints what each phase took. */
import { createRequire } from 'node:module';

/** Milliseconds. */
export interface Phases {
  load: number;
  /** What the bundle does between being loaded and the first event: a warm-up, if it has one. */
  init: number;
  first: number;
  next: number;
}

const context = { getRemainingTimeInMillis: () => 10_000 };

async function main(bundle: string, event: object): Promise<Phases> {
  const started = performance.now();
  const { handler } = createRequire(bundle)(bundle);
  const loaded = performance.now();
  // Lambda's runtime asks for its first event in the event loop's next round.
  await new Promise(setImmediate);
  const ready = performance.now();
  refuse(await handler(event, context));
  const answered = performance.now();
  await handler(event, context);
  const next = performance.now() - answered;
  return { load: loaded - started, init: ready - loaded, first: answered - ready, next };
}

/** An HTTP function that has refused has not done its work. */
function refuse(answer: { statusCode?: number; body?: string } | undefined): void {
  const { statusCode = 200, body } = answer ?? {};
  if (statusCode >= 300) throw new Error(`it answers ${statusCode} ${body}`);
}

const [bundle = '', event = '{}'] = process.argv.slice(2);
main(bundle, JSON.parse(event)).then(
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
