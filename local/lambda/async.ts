/** Lambda's asynchronous invocation: an event that the function fails on is tried again, then goes to a destination. */
import { randomUUID } from 'node:crypto';
import type { LambdaFunction } from '../template.ts';
import type { Invocation } from './environment.ts';

/** What the failure destination is sent, in Lambda's own form. */
export interface FailureRecord {
  version: '1.0';
  timestamp: string;
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: 'RetriesExhausted' | 'EventAgeExceeded';
    approximateInvokeCount: number;
  };
  requestPayload: unknown;
  responseContext: { statusCode: 200; executedVersion: '$LATEST'; functionError: 'Unhandled' };
  responsePayload: { errorType: string; errorMessage: string };
}

export interface AsyncOptions {
  target: Pick<LambdaFunction, 'arn' | 'asynchronous'>;
  invoke: (event: unknown, requestId: string) => Promise<Invocation>;
  /** Epoch milliseconds of virtual time. */
  now: () => number;
  /** Runs it at that moment of virtual time. */
  schedule: (at: number, run: () => void) => void;
  /** Where an event ends that no try could handle. */
  onFailed: (record: FailureRecord) => void;
  /** How often an event is delivered: Lambda may do so twice "without any error". One, if left out. */
  deliveries?: (event: unknown) => number;
  newId?: () => string;
}

/** How long Lambda waits before the second try, and before the third. */
const waitsMs = [60_000, 120_000];

/** Takes an event at once; the promise tells how it ended, after all tries, and need not be awaited. */
export type Send = (event: unknown) => Promise<Invocation>;

export function toAsync(options: AsyncOptions): Send {
  const { deliveries = () => 1, newId = randomUUID } = options;
  return async (event) => {
    const requestId = newId();
    const copies = Array.from({ length: deliveries(event) }, () =>
      deliver(options, event, requestId),
    );
    const [first] = await Promise.all(copies);
    if (!first) throw new Error('An event is delivered at least once');
    return first;
  };
}

async function deliver(
  { target, invoke, now, schedule, onFailed }: AsyncOptions,
  event: unknown,
  requestId: string,
): Promise<Invocation> {
  const { retriesMax, ageMaxSeconds } = target.asynchronous;
  const takenAt = now();
  for (let tries = 1; ; tries++) {
    const invocation = await invoke(event, requestId);
    if (invocation.kind === 'done') return invocation;
    const nextAt = now() + (waitsMs[tries - 1] ?? 0);
    const tooOld = nextAt - takenAt > ageMaxSeconds * 1_000;
    if (tries <= retriesMax && !tooOld) {
      await new Promise<void>((resume) => schedule(nextAt, resume));
      continue;
    }
    const condition = tries > retriesMax ? 'RetriesExhausted' : 'EventAgeExceeded';
    const context = { requestId, functionArn: `${target.arn}:$LATEST`, condition } as const;
    onFailed({
      version: '1.0',
      timestamp: new Date(now()).toISOString(),
      requestContext: { ...context, approximateInvokeCount: tries },
      requestPayload: event,
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: 'Unhandled',
      },
      responsePayload: { errorType: invocation.errorType, errorMessage: invocation.message },
    });
    return invocation;
  }
}
