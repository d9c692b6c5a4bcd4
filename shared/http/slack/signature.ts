/** Slack's signature: https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What Slack recommends. */
const ageMaxMs = 5 * 60_000;

export interface Signed {
  /** Epoch seconds, as Slack wrote them. */
  timestamp: string;
  /** Like `v0=a2114d57…`. */
  signature: string;
  body: Buffer;
}

export function isTimely({ timestamp }: Signed, now: number): boolean {
  return /^\d{10}$/.test(timestamp) && Math.abs(now - Number(timestamp) * 1_000) <= ageMaxMs;
}

/** In the same time whatever is wrong with it. */
export function isSigned(secret: string, { timestamp, signature, body }: Signed): boolean {
  const found = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  const known = Buffer.from(`v0=${found}`);
  const given = Buffer.from(signature);
  return known.byteLength === given.byteLength && timingSafeEqual(known, given);
}
