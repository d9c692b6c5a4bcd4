/** Does a request with an Idempotency-Key once, however often it comes within a day. */
import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { AccessPorts, DoneRequest } from '../api-ports.ts';
import { requestKeptMs, requestUnderWayMaxMs } from '../core/limits.ts';
import { Problem, retryAfter } from './problem.ts';

interface Deeds<A> {
  handle: () => Promise<A>;
  /** What a repetition is answered with; without it, that it is one. */
  again: (() => Promise<A>) | undefined;
}

/** No answer is kept, since it may have shown secrets: only what was asked, when, and whether it was done. */
export async function once<A>(
  requests: AccessPorts['requests'],
  { headers, rawPath }: APIGatewayProxyEventV2,
  body: unknown,
  now: number,
  { handle, again }: Deeds<A>,
): Promise<A> {
  const key = headers['idempotency-key'];
  if (key === undefined) return handle();
  if (!/^[\w-]{8,64}$/.test(key))
    throw new Problem(400, 'An Idempotency-Key is 8 to 64 of A-Z, a-z, 0-9, _ and -.');
  const id = toHash(key);
  const mine = {
    at: now,
    asked: toHash(`${rawPath} ${JSON.stringify(body ?? null)}`),
    done: false,
  };
  const known = await requests.claim(id, mine);
  if (known && isLive(known.value, now)) {
    refuseOther(known.value, mine, now);
    if (again) return again();
    throw new Problem(
      409,
      `This was done at ${new Date(known.value.at).toISOString()}, and its answer is not shown again. ` +
        'If it is lost, rotate the user with a new Idempotency-Key.',
    );
  }
  // Of two who find the same old one, one goes on.
  if (known && (await requests.write(id, mine)) !== known.version + 1) throw underWay();
  try {
    const answer = await handle();
    await requests.write(id, { ...mine, done: true });
    await requests.sweep(now - requestKeptMs);
    return answer;
  } catch (error) {
    // What every request here does can be done again, so whoever was refused may try again with the same key.
    await requests.remove(id);
    throw error;
  }
}

function isLive({ at, done }: DoneRequest, now: number): boolean {
  return now - at < (done ? requestKeptMs : requestUnderWayMaxMs);
}

function refuseOther(known: DoneRequest, mine: DoneRequest, now: number): void {
  if (known.asked !== mine.asked)
    throw new Problem(422, 'This Idempotency-Key was used for another request: take a new one.');
  if (!known.done) throw underWay(known.at + requestUnderWayMaxMs - now);
}

function underWay(leftMs = requestUnderWayMaxMs): Problem {
  const detail = 'The same request is under way: wait for its answer.';
  return new Problem(409, detail, { headers: retryAfter(leftMs / 1_000) });
}

function toHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
