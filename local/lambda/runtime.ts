/** Runs one Lambda function from its zip: as many execution environments as there are events at once. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Clock } from '../clock.ts';
import type { LambdaFunction } from '../template.ts';
import { type Environment, type Invocation, startEnvironment } from './environment.ts';

export type { Invocation } from './environment.ts';

/** A function of the template, with what a deployment adds to it. Its time runs out in real time. */
export interface FunctionSpec
  extends Pick<
    LambdaFunction,
    'name' | 'arn' | 'handler' | 'environment' | 'timeoutSeconds' | 'memoryMb'
  > {
  zipPath: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Where the function finds AWS. */
  endpointUrl: string;
  /** The time that the function's Date tells; real time without it. */
  clock?: Clock | undefined;
  concurrencyMax?: number | undefined;
  /** Told of every line that the function writes. */
  onLog?: ((line: string) => void) | undefined;
}

export interface LocalFunction {
  /** Rejects only if no process can be started; what goes wrong in the function is a failed invocation. */
  invoke: (event: unknown, requestId?: string) => Promise<Invocation>;
  /** Ends all processes and removes the unzipped files; what is under way fails. */
  stop: () => Promise<void>;
}

/** What a new AWS account has in all. */
const newAccountConcurrencyMax = 10;

/** Throws an Error if the zip can't be read. */
export function startFunction(spec: FunctionSpec): LocalFunction {
  const taskRoot = unzip(spec.zipPath);
  const environments = new Set<Promise<Environment>>();
  const idle: Environment[] = [];
  const concurrency = toGate(spec.concurrencyMax ?? newAccountConcurrencyMax);
  let stopped = false;

  async function take(): Promise<Environment> {
    for (let kept = idle.pop(); kept; kept = idle.pop()) if (!kept.ended()) return kept;
    const starting = startEnvironment(spec, taskRoot);
    environments.add(starting);
    return starting;
  }

  return {
    async invoke(event, requestId = randomUUID()) {
      // Lambda would throttle what is above the limit, and try again later: here it waits in line.
      await concurrency.enter();
      try {
        if (stopped) return { kind: 'failed', ...stoppedFailure };
        const environment = await take();
        const invocation = await environment.invoke(event, requestId);
        idle.push(environment);
        return invocation;
      } finally {
        concurrency.leave();
      }
    },
    async stop() {
      stopped = true;
      await Promise.allSettled([...environments].map(async (one) => (await one).stop()));
      rmSync(taskRoot, { recursive: true, force: true });
    },
  };
}

const stoppedFailure = {
  errorType: 'Local.Stopped',
  message: 'The function has been stopped',
  durationMs: 0,
};

/** Lets so many in at once; the others wait their turn. */
function toGate(max: number) {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return {
    async enter(): Promise<void> {
      if (inside < max) inside++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    leave(): void {
      const next = waiting.shift();
      if (next) next();
      else inside--;
    },
  };
}

function unzip(zipPath: string): string {
  const files = Object.entries(unzipSync(readFileSync(zipPath)));
  const outside = files.find(([name]) => name.startsWith('/') || name.split('/').includes('..'));
  if (outside) throw new Error(`${zipPath} has a file outside of its folder: ${outside[0]}`);
  const taskRoot = mkdtempSync(join(tmpdir(), 'perennial-'));
  for (const [name, content] of files) {
    const path = join(taskRoot, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, content);
  }
  return taskRoot;
}
