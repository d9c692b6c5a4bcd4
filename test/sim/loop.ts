/** Runs passes of the loop in virtual time as Lambda would: late, twice, at once, dying anywhere, tried again. */
import { AwsFault } from '../../local/fault.ts';
import { type Reach, toWorldPorts } from '../../local/ports.ts';
import { type Random, toRandom } from '../../local/random.ts';
import type { AwsEvent } from '../../local/world.ts';
import { toSignal } from '../../shared/core/signal.ts';
import { reconcile } from '../../shared/reconcile.ts';
import { UserError } from '../../shared/users/errors.ts';
import type { Stage } from '../stage.ts';
import type { Weather } from './weather.ts';

export interface Loop {
  /** Whether passes are under way. */
  readonly isAwake: boolean;
  /** Lets all of them go on as far as they can. */
  drain(): Promise<void>;
  /** From now on nothing goes wrong any more. */
  calmDown(): void;
  readonly passes: number;
}

/** How the loop's calls reach the played AWS: by the shortest way, unless a story is about the way. */
export type Door = typeof toWorldPorts;

const minuteMs = 60_000;
/** Lambda tries a failed event again after one minute and after two more. */
const retryAfterMs = [minuteMs, 2 * minuteMs];
const lateMaxMs = 5 * minuteMs;
/**
 * Of the ticks and the heartbeats, most of which find nothing to do, only so many take their time and can fail: the
 * others are over in an instant, which makes an hour four times as fast to simulate.
 */
const disturbedShare = 0.25;

const callFaults = [
  new AwsFault('RequestLimitExceeded', 'Request limit exceeded.', 503),
  new AwsFault('InternalError', 'An internal error has occurred', 500),
  new AwsFault('ThrottlingException', 'Rate exceeded', 400),
];

export interface LoopOptions {
  stage: Stage;
  weather: Weather;
  random: Random;
  trace: (line: string) => void;
  door?: Door | undefined;
  /** Does what a call asks for. */
  see?: <T>(operation: string, act: () => T) => T;
}

export function startLoop({
  stage: { world, config },
  weather: storm,
  random,
  trace,
  door = toWorldPorts,
  see = (_, act) => act(),
}: LoopOptions): Loop {
  const { timers } = world;
  let weather = storm;
  let passes = 0;
  let awake = 0;
  const seed = random.next() * 2 ** 31;
  const chances = new Map<string, Random>();
  const bugs: Error[] = [];
  const undisturbed = door(world, config, async (operation, act) => see(operation, act));

  /** One invocation. A pass that dies never answers: Lambda notices at its timeout, and tries again. */
  function invoke(event: AwsEvent, attempt = 0): void {
    const signal = toSignal(event, config.policy.vpn);
    if (signal.kind === 'ignored') return;
    passes++;
    const again = () => {
      const delay = retryAfterMs[attempt];
      if (delay !== undefined) timers.after(delay, () => invoke(event, attempt + 1));
    };
    let isOver = false;
    /** Whether it was not over before: what is still asked for by then changes nothing for the pass. */
    const end = () => {
      if (isOver) return false;
      isOver = true;
      awake--;
      return true;
    };
    const die = (operation: string) => {
      if (!end()) return;
      trace(`dies at ${operation}`);
      again();
    };
    const troubled = signal.kind !== 'tick' && signal.kind !== 'parameter';
    const disturbed = troubled || random.chance(disturbedShare);
    const ports = disturbed ? door(world, config, toMortalReach(die)) : undisturbed;
    awake++;
    reconcile(ports, config.policy, signal).then(
      ({ entries }) => {
        end();
        for (const { kind, why } of entries) trace(`${signal.kind} > ${kind}: ${why}`);
      },
      (error: Error) => {
        end();
        trace(`${signal.kind} > failed: ${error.name} ${error.message}`);
        // A surprise of AWS's is the weather; one of our own is a bug.
        if (isOfAws(error)) again();
        else bugs.push(error);
      },
    );
  }

  /** Each operation has chance of its own: in which order a pass asks side by side makes no difference. */
  function toChance(operation: string): Random {
    const known = chances.get(operation) ?? toRandom(seed + toNumber(operation));
    chances.set(operation, known);
    return known;
  }

  /** API calls take their time; the pass may die before or after AWS has done what it asked. */
  function toMortalReach(onDeath: (operation: string) => void): Reach {
    let dead = false;
    return <T>(operation: string, act: () => T) =>
      new Promise<T>((resolve, reject) => {
        const chance = toChance(operation);
        const die = () => {
          dead = true;
          onDeath(operation);
        };
        timers.after(chance.between(5, 60), () => {
          if (dead) return;
          if (chance.chance(weather.crashes / 2)) return die();
          let answer: () => void;
          try {
            if (chance.chance(weather.callFaults)) throw chance.pick(callFaults);
            const output = see(operation, act);
            answer = () => resolve(output);
          } catch (error) {
            answer = () => reject(error);
          }
          if (chance.chance(weather.crashes / 2)) return die();
          timers.after(chance.between(5, 60), () => dead || answer());
        });
      });
  }

  world.onEvent((event) => {
    if (random.chance(weather.lost)) return;
    const copies = random.chance(weather.doubled) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delay = random.chance(weather.late)
        ? random.between(0, lateMaxMs)
        : random.between(200, 1_500);
      timers.after(delay, () => invoke(event));
    }
  });
  everyMinute();

  function everyMinute(): void {
    timers.after(minuteMs, () => {
      world.emit('aws.events', 'Scheduled Event', [], {});
      everyMinute();
    });
  }

  return {
    get isAwake() {
      return awake > 0;
    },
    async drain() {
      // Node runs it when no promise is left that can go on.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (bugs.length) throw bugs[0];
    },
    calmDown() {
      weather = { ...storm, callFaults: 0, crashes: 0, lost: 0, doubled: 0, late: 0 };
    },
    get passes() {
      return passes;
    },
  };
}

function toNumber(text: string): number {
  return Array.from(text).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 31, 0);
}

/** As it came, or in the words that people get. */
function isOfAws(error: Error): boolean {
  return error instanceof UserError ? error.code === 'busy' : error.name in faultNames;
}

const faultNames = Object.fromEntries(callFaults.map(({ code }) => [code, true]));
