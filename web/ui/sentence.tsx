/** A sentence of the loop's, with long ids made short, whose last four tell them apart, and its times as they are here. */
import { toNearest, toSecond } from '../data/words.ts';

const parts = /(i-[0-9a-f]{17}|\d\d:\d\d:\d\d UTC)/;

/** `at` is when it was said, as an ISO text. */
export function Sentence({ text, at }: { text: string; at: string }) {
  return <>{text.split(parts).map((part) => toPart(part, at))}</>;
}

function toPart(part: string, at: string) {
  if (!parts.test(part)) return part;
  if (part.endsWith('UTC')) {
    const time = toNearest(part, at);
    return (
      <time key={part} dateTime={new Date(time).toISOString()} title={part}>
        {toSecond(time)}
      </time>
    );
  }
  return (
    <span key={part} class="id" title={part}>
      i-…{part.slice(-4)}
    </span>
  );
}
