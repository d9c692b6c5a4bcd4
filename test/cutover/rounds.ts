/** Interruptions in a row, and what each cost whoever was connected. */

import { type InstanceRecord, interrupt } from '../../local/ec2/instances.ts';
import type { Pump } from '../../local/pump.ts';
import type { World } from '../../local/world.ts';
import { noticeMs } from '../../shared/core/limits.ts';
import { type Answer, isCalm, type Measured, measure, type Stream } from './answers.ts';

/**
 * How clients come to the next server: the address moves and the servers hand over; it moves, to servers that know
 * nothing of each other; or each has its own, and only the name moves.
 */
export const ways = ['handover', 'address', 'name'] as const;
export type Way = (typeof ways)[number];

/** A VPN with people who use it, whatever its machines are. */
export interface Stage {
  world: World;
  change: Pump['change'];
  /** What there is of people. */
  streams: readonly Stream[];
  /** What has come back from the internet, oldest first; whoever has read it may empty it. */
  answers: Answer[];
  alive: () => InstanceRecord[];
  /** The server that clients are sent to, once it serves. */
  current: () => InstanceRecord | null;
  /** Whether that server has said where its clients are. */
  knowsClients: (record: InstanceRecord) => boolean;
  /** Makes haste: the loop looks as each minute does, or the played world's time passes faster. */
  hurry: () => void;
  /** Lets so much of the played world's time pass, which is due before so many interruptions. */
  rest: (ms: number) => Promise<void>;
  restEvery: number;
  /** Resolves when it is so; throws what has gone wrong meanwhile. */
  until: (what: string, isSo: () => boolean, limitMs: number) => Promise<void>;
  close: () => Promise<void>;
}

export interface Round extends Measured {
  way: Way;
  /** Whether AWS gave its two minutes' notice, or took the server at once. */
  noticed: boolean;
  /** From then until the next server had the address, or the name. */
  movedMs: number;
}

/** Whoever is interrupted that often has some quiet in between: twelve launches at most in an hour. */
const restMs = 2 * 60 * 60_000;
/** WireGuard's own timers, TCP's backoff and the settling of a name are minutes each. */
const roundMaxMs = 10 * 60_000;
const calmMs = 3_000;
/** The loop looks each minute anyway; nobody has to wait for that here. */
const hurryMs = 5_000;

/** `plan`: of each interruption, whether it comes with notice. */
export async function runRounds(
  stage: Stage,
  way: Way,
  plan: boolean[],
  onRound: (round: Round) => void,
): Promise<void> {
  for (const [index, noticed] of plan.entries()) {
    if (index % stage.restEvery === 0) await stage.rest(restMs);
    onRound(await runRound(stage, way, noticed));
  }
}

/** `take` has AWS take that server, so many milliseconds from now. */
export async function runRound(
  stage: Stage,
  way: Way,
  noticed: boolean,
  take: (server: InstanceRecord, inMs: number) => void = (server, inMs) =>
    interrupt(stage.world, server, inMs),
): Promise<Round> {
  const { answers, streams, change, current, knowsClients, alive, until, hurry } = stage;
  const goesOn = () => isCalm(answers, streams, Date.now());
  const isKnown = () =>
    alive().some((server) => server.id === current()?.id && knowsClients(server));
  await until('the server knows its clients', isKnown, roundMaxMs);
  await until('everything comes and goes', goesOn, roundMaxMs);
  // What broke before is not this round's.
  const before = answers.filter(({ at, number }) => number !== null && at > Date.now() - calmMs);
  answers.splice(0, answers.length, ...before);
  const old = current();
  if (old?.market !== 'spot') throw new Error(`${way}: no server serves that AWS could take`);
  const from = Date.now();
  change(() => take(old, noticed ? noticeMs : 0));
  await until('another server is the one', () => (current() ?? old).id !== old.id, roundMaxMs);
  const movedMs = Date.now() - from;
  // Whoever is still with the old one has a gap to come.
  const hurrying = setInterval(hurry, hurryMs);
  await until('the old one is gone', () => alive().length === 1, roundMaxMs).finally(() =>
    clearInterval(hurrying),
  );
  const goneAt = Date.now();
  await until('everything goes on', () => goesOn() && Date.now() > goneAt + calmMs, roundMaxMs);
  return { way, noticed, movedMs, ...measure(answers.splice(0)) };
}
