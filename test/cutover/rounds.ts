/** Interruptions in a row, and what each cost whoever was connected. */
import { interrupt } from '../../local/ec2/instances.ts';
import { noticeMs } from '../../shared/core/limits.ts';
import { type Answer, type Stage, type Stream, setWay, streams, type Way } from './stage.ts';

export interface Round {
  way: Way;
  /** Whether AWS gave its two minutes' notice, or took the server at once. */
  noticed: boolean;
  /** From then until the next server had the address, or the name. */
  movedMs: number;
  /** The longest time without an answer. */
  gapMs: Record<Stream, number>;
  /** Packets of the call without an answer. */
  callLost: number;
  /** Connections that broke, of the two that there are. */
  connectionsLost: number;
  /** When the call's answers came, as spans: milliseconds after the last one before its longest silence. */
  spans: [from: number, to: number][];
}

/** What of the call is drawn, around its longest silence. */
const window = { before: 3_000, after: 60_000 };
/** Answers that are closer than this are one span: five packets. */
const spanMs = 100;
/** Whoever is interrupted that often has some quiet in between: two launches at most in an hour. */
const restMs = 2 * 60 * 60_000;
/** WireGuard's own timers, TCP's backoff and the settling of a name are minutes each. */
const roundMaxMs = 10 * 60_000;
const calmMs = 3_000;
/** The loop looks each minute anyway; nobody has to wait for that here. */
const tickMs = 5_000;

interface Plan {
  way: Way;
  /** Of each interruption, whether it comes with notice. */
  plan: boolean[];
  /** How long a machine takes until its agent starts. */
  bootMs: number;
  /** Ends it early, and leaves nothing behind. */
  signal: AbortSignal;
}

export async function runWay(
  { way, plan, bootMs, signal }: Plan,
  onRound: (round: Round) => void,
): Promise<void> {
  const stage = await setWay(way, bootMs, signal);
  try {
    for (const noticed of plan) {
      stage.leap(restMs);
      onRound(await runRound(stage, way, noticed));
    }
  } finally {
    await stage.close();
  }
}

async function runRound(stage: Stage, way: Way, noticed: boolean): Promise<Round> {
  const { world, answers, change, current, knowsClient, alive, until, tick } = stage;
  const isKnown = () =>
    alive().some((server) => server.id === current()?.id && knowsClient(server));
  await until('the server knows its client', isKnown, roundMaxMs);
  await until('everything comes and goes', () => isCalm(answers), roundMaxMs);
  // What broke before is not this round's.
  const before = answers.filter(({ at, number }) => number !== null && at > Date.now() - calmMs);
  answers.splice(0, answers.length, ...before);
  const old = current();
  if (!old) throw new Error(`${way}: no server serves`);
  const from = Date.now();
  change(() => interrupt(world, old, noticed ? noticeMs : 0));
  await until('another server is the one', () => (current() ?? old).id !== old.id, roundMaxMs);
  const movedMs = Date.now() - from;
  // Whoever is still with the old one has a gap to come.
  const ticking = setInterval(tick, tickMs);
  await until('the old one is gone', () => alive().length === 1, roundMaxMs).finally(() =>
    clearInterval(ticking),
  );
  const goneAt = Date.now();
  await until(
    'everything goes on',
    () => isCalm(answers) && Date.now() > goneAt + calmMs,
    roundMaxMs,
  );
  return { way, noticed, movedMs, ...measure(answers.splice(0)) };
}

/** Every stream has been there in each of the last seconds. */
function isCalm(answers: Answer[]): boolean {
  const now = Date.now();
  return streams.every((stream) => {
    const times = answers.filter((one) => one.stream === stream && one.number !== null);
    return [1, 2, 3].every((seconds) =>
      times.some(({ at }) => at <= now - (seconds - 1) * 1_000 && at > now - seconds * 1_000),
    );
  });
}

export function measure(answers: Answer[]): Omit<Round, 'way' | 'noticed' | 'movedMs'> {
  const of = (stream: Stream) =>
    answers.filter((one) => one.stream === stream && one.number !== null);
  const gaps = streams.map((stream) => [stream, toGap(of(stream)).ms]);
  const call = of('call');
  const numbers = call.flatMap(({ number }) => number ?? []);
  const { at } = toGap(call);
  // What begins anew may break again; it was one all the same.
  const broken = answers.filter(({ number }) => number === null);
  return {
    gapMs: Object.fromEntries(gaps) as Record<Stream, number>,
    callLost: Math.max(...numbers) - Math.min(...numbers) + 1 - new Set(numbers).size,
    connectionsLost: new Set(broken.map(({ stream }) => stream)).size,
    spans: toSpans(call.map((one) => one.at - at)),
  };
}

/** The longest silence, and when it began. */
function toGap(answers: Answer[]): { at: number; ms: number } {
  let longest = { at: answers[0]?.at ?? 0, ms: 0 };
  answers.slice(1).forEach(({ at }, index) => {
    const before = answers[index]?.at ?? at;
    if (at - before > longest.ms) longest = { at: before, ms: at - before };
  });
  return longest;
}

function toSpans(times: number[]): [number, number][] {
  const spans: [number, number][] = [];
  for (const time of times) {
    if (time < -window.before || time > window.after) continue;
    const last = spans.at(-1);
    if (last && time - last[1] < spanMs) last[1] = time;
    else spans.push([time, time]);
  }
  return spans;
}
