/** One execution environment of a function: a process that takes one event after the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { type Outcome, startRuntimeApi } from './api.ts';
import type { FunctionSpec } from './runtime.ts';
import { toVariables } from './variables.ts';

/** How an event ended. `durationMs` is real time. */
export type Invocation = Outcome & { durationMs: number };

export interface Environment {
  /** Never rejects. One at a time. */
  invoke: (event: unknown, requestId: string) => Promise<Invocation>;
  /** Whether it has ended, by itself or by `stop`. */
  ended: () => boolean;
  /** Ends when the process is gone and all it wrote has been told. */
  stop: () => Promise<void>;
}

/** Lambda's bound on what happens before the first event is taken; it then tries again within the timeout. */
const initMaxMs = 10_000;

/** An event under way: taken by the process, answered, and over when the process asks for the next or is gone. */
interface Task {
  event: unknown;
  requestId: string;
  /** Real milliseconds; null before the process took the event. */
  takenAt: number | null;
  invocation: Invocation | null;
  over: (invocation: Invocation) => void;
}

export async function startEnvironment(spec: FunctionSpec, taskRoot: string): Promise<Environment> {
  let task: Task | null = null;
  let deadline: NodeJS.Timeout | undefined;
  let ended = false;

  const api = await startRuntimeApi({
    requestId: () => task?.requestId,
    onNext() {
      if (task?.invocation) finish();
      give();
    },
    onAnswer: record,
    // Nothing more can come of a process that can't load its handler; Lambda starts another one as well.
    onBroken(outcome) {
      record(outcome);
      kill();
    },
  });
  const child = startProcess(spec, taskRoot, api.address);
  const gone = new Promise<void>((resolve) => {
    child.on('exit', (status, signal) => end(toExit(status, signal)));
    child.on('close', () => resolve());
    child.on('error', (error) => {
      end(`Runtime failed to start: ${error.message}`);
      resolve();
    });
  });

  /** Hands the event to the process as soon as there are both. */
  function give(): void {
    if (!task || !api.give(toHeaders(spec, task.requestId), task.event)) return;
    task.takenAt = performance.now();
    limit(spec.timeoutSeconds * 1_000);
  }

  function limit(ms: number): void {
    clearTimeout(deadline);
    deadline = setTimeout(() => {
      const seconds = spec.timeoutSeconds.toFixed(2);
      record(toFault('Sandbox.Timedout', `Task timed out after ${seconds} seconds`));
      kill();
    }, ms);
  }

  const toFault = (errorType: string, why: string): Outcome => ({
    kind: 'failed',
    errorType,
    message: `RequestId: ${task?.requestId} Error: ${why}`,
  });

  /** The first word counts. */
  function record(outcome: Outcome): void {
    if (!task || task.invocation) return;
    const durationMs = task.takenAt === null ? 0 : performance.now() - task.takenAt;
    task.invocation = { ...outcome, durationMs };
  }

  function finish(): void {
    clearTimeout(deadline);
    if (task?.invocation) task.over(task.invocation);
    task = null;
  }

  function end(why: string): void {
    ended = true;
    api.close();
    record(toFault('Runtime.ExitError', why));
    finish();
  }

  function kill(): void {
    ended = true;
    child.kill('SIGKILL');
  }

  return {
    async invoke(event, requestId) {
      if (ended) return hasEnded;
      return new Promise((over) => {
        task = { event, requestId, takenAt: null, invocation: null, over };
        limit(initMaxMs + spec.timeoutSeconds * 1_000);
        give();
      });
    },
    ended: () => ended,
    async stop() {
      kill();
      await gone;
    },
  };
}

const hasEnded: Invocation = {
  kind: 'failed',
  errorType: 'Runtime.ExitError',
  message: 'The execution environment has ended',
  durationMs: 0,
};

/** Nothing of our own environment goes in: Lambda's variables and the function's are all that it sees. */
function startProcess(spec: FunctionSpec, taskRoot: string, runtimeApi: string): ChildProcess {
  const file = (name: string) => join(import.meta.dirname, name);
  const child = spawn(
    process.execPath,
    [...(spec.clock ? ['--require', file('clock.cjs')] : []), file('bootstrap.cjs')],
    {
      cwd: taskRoot,
      env: toVariables(spec, taskRoot, runtimeApi),
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => spec.onLog?.(line));
  return child;
}

function toHeaders(spec: FunctionSpec, requestId: string): Record<string, string> {
  const root = requestId.replaceAll('-', '').padEnd(32, '0');
  return {
    'Lambda-Runtime-Aws-Request-Id': requestId,
    // Real time: the work itself is no faster when the clock is.
    'Lambda-Runtime-Deadline-Ms': String(Date.now() + spec.timeoutSeconds * 1_000),
    'Lambda-Runtime-Invoked-Function-Arn': spec.arn,
    'Lambda-Runtime-Trace-Id': `Root=1-${root.slice(0, 8)}-${root.slice(8, 32)};Sampled=0`,
  };
}

/** In the words of Lambda. */
function toExit(status: number | null, signal: string | null): string {
  if (status === 0) return 'Runtime exited without providing a reason';
  const how = status === null ? `signal: ${signal}` : `exit status ${status}`;
  return `Runtime exited with error: ${how}`;
}
