/** AWS refuses what was signed more than five minutes off its own time, and says what time it has. */
import { AwsFault } from './fault.ts';
import type { WireRequest } from './wire/messages.ts';

const skewMinutesMax = 5;
const minuteMs = 60_000;

/** `now`: AWS's, epoch milliseconds. What is not signed, or not by its header, is none of this one's business. */
export function checkSignedAt({ headers }: WireRequest, now: number): void {
  const text = headers['x-amz-date'] ?? '';
  const signedAt = Date.parse(text.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'));
  const off = signedAt - now;
  if (!(Math.abs(off) > skewMinutesMax * minuteMs)) return;
  const [words, sign] = off < 0 ? ['expired', '-'] : ['not yet current', '+'];
  const limit = now + Math.sign(off) * skewMinutesMax * minuteMs;
  const relation = off < 0 ? 'is now earlier than' : 'is still later than';
  const reason = `${toStamp(limit)} (${toStamp(now)} ${sign} ${skewMinutesMax} min.)`;
  throw new AwsFault(
    'InvalidSignatureException',
    `Signature ${words}: ${text} ${relation} ${reason}`,
  );
}

/** As AWS writes times in signatures: 20261122T050000Z. */
function toStamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
