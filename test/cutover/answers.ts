/** What came back to those who use the VPN, and what its silences amount to. */

/** Of whoever uses WireGuard: fifty packets a second, ten keys a second, and what only the other side sends. */
export const tunnelStreams = ['call', 'typing', 'download'] as const;
type TunnelStream = (typeof tunnelStreams)[number];

/**
 * Whoever uses PPTP asks ten times a second; some of that goes `beside` the tunnel while there is none. `late` is whoever
 * calls when their own machine did not let them.
 */
export type Stream = TunnelStream | 'asking' | 'beside' | 'late';

export interface Answer {
  /** Milliseconds since 1970. */
  at: number;
  stream: Stream;
  /** Null for a connection that broke. */
  number: number | null;
}

export interface Measured {
  /** The longest time without an answer. */
  gapMs: Record<TunnelStream, number>;
  /** Packets of the call without an answer, and its longest silence with one in it: others may be this machine's own. */
  callLost: number;
  lossMs: number;
  /** Connections that broke, of the two that there are. */
  connectionsLost: number;
  /** For how long at most the caller's own machine was busy with something else: no silence is known better. */
  lateMs: number;
  /** When the call's answers came. */
  spans: Spans;
  /** Only where somebody uses PPTP. */
  pptp?: {
    gapMs: number;
    /** Answers that came beside the tunnel meanwhile. */
    beside: number;
    spans: Spans;
  };
}

/** Milliseconds after the last answer before the longest silence. */
export type Spans = [from: number, to: number][];

/** What is drawn, around the longest silence. */
const window = { before: 3_000, after: 120_000 };
/** Answers that are closer than this are one span: five packets of a call, and two and a half questions. */
const spanMs = { call: 100, asking: 250 };

/** As `traffic.py` and `asking.py` write it. By which address PPTP's people are seen is not told here. */
export function toAnswer(line: string): Answer {
  const [at, stream, number] = line.split(' ');
  return {
    at: Number(at),
    stream: stream as Stream,
    number: number === 'lost' ? null : Number(number),
  };
}

const any = () => true;

/** Each has been there in each of the last seconds. */
export function isCalm(answers: Answer[], streams: readonly Stream[], now: number): boolean {
  return streams.every((stream) => {
    const times = answers.filter((one) => one.stream === stream && one.number !== null);
    return [1, 2, 3].every((seconds) =>
      times.some(({ at }) => at <= now - (seconds - 1) * 1_000 && at > now - seconds * 1_000),
    );
  });
}

export function measure(answers: Answer[]): Measured {
  const of = (stream: Stream) =>
    answers.filter((one) => one.stream === stream && one.number !== null);
  const gaps = tunnelStreams.map((stream) => [stream, toLongest(of(stream), any).ms]);
  const call = of('call');
  const numbers = call.flatMap(({ number }) => number ?? []);
  // What begins anew may break again; it was one all the same.
  const broken = answers.filter(({ number }) => number === null);
  const asking = of('asking');
  return {
    gapMs: Object.fromEntries(gaps) as Measured['gapMs'],
    callLost: Math.max(...numbers) - Math.min(...numbers) + 1 - new Set(numbers).size,
    lossMs: toLongest(call, (before, { number }) => number !== Number(before.number) + 1).ms,
    connectionsLost: new Set(broken.map(({ stream }) => stream)).size,
    lateMs: Math.max(0, ...of('late').map(({ number }) => number ?? 0)),
    spans: toSpans(call, spanMs.call),
    ...(asking.length > 0 && {
      pptp: {
        gapMs: toLongest(asking, any).ms,
        beside: of('beside').length,
        spans: toSpans(asking, spanMs.asking),
      },
    }),
  };
}

/** The longest silence of those that count, and when it began. */
function toLongest(
  answers: Answer[],
  counts: (before: Answer, next: Answer) => boolean,
): { at: number; ms: number } {
  let longest = { at: answers[0]?.at ?? 0, ms: 0 };
  answers.slice(1).forEach((next, index) => {
    const before = answers[index] ?? next;
    const ms = next.at - before.at;
    if (ms > longest.ms && counts(before, next)) longest = { at: before.at, ms };
  });
  return longest;
}

function toSpans(answers: Answer[], withinMs: number): Spans {
  const began = toLongest(answers, any).at;
  const spans: Spans = [];
  for (const { at } of answers) {
    const time = at - began;
    if (time < -window.before || time > window.after) continue;
    const last = spans.at(-1);
    if (last && time - last[1] < withinMs) last[1] = time;
    else spans.push([time, time]);
  }
  return spans;
}
