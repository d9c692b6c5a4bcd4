/** Lets in whoever has the token, and slows down whoever guesses. */

import type { AccessPorts } from '../api-ports.ts';
import { addAttempt, toWaits } from '../core/attempts.ts';
import { Problem, retryAfter } from './problem.ts';
import { isToken } from './token.ts';

type Access = AccessPorts['access'];

const challenge = { 'www-authenticate': 'Bearer realm="perennial"' };

/** Throws a Problem unless the request carries the token. */
export async function admit(
  access: Access,
  authorization: string | undefined,
  sourceIp: string,
  now: number,
): Promise<void> {
  // Who sends none does not guess, and costs nothing.
  if (!authorization)
    throw new Problem(401, 'Send the token in the header: Authorization: Bearer …', {
      headers: challenge,
    });
  const source = toSource(sourceIp);
  const { token, attempts } = await access.read();
  const { sourceMs, allMs } = toWaits(attempts, source, now);
  if (sourceMs) throw tooMany(sourceMs);
  const [, given] = /^Bearer +([\w.~+/=-]{1,200})$/i.exec(authorization) ?? [];
  if (given && token && isToken(given, token)) return;
  // The right token has passed all the same: nobody can lock its owner out by guessing from many addresses.
  if (allMs) throw tooMany(allMs);
  await access.writeAttempts(addAttempt(attempts, source, now));
  throw new Problem(
    401,
    token ? 'This is not the token. It may have been rotated since.' : 'No token was made yet.',
    { headers: challenge },
  );
}

function tooMany(waitMs: number): Problem {
  const detail = 'Too many wrong tokens came: wait before you send another.';
  return new Problem(429, detail, { headers: retryAfter(waitMs / 1_000) });
}

/** Of IPv6 the network: one guest has 2^64 addresses. */
function toSource(ip: string): string {
  return ip.includes(':') ? ip.split(':').slice(0, 4).join(':') : ip;
}
