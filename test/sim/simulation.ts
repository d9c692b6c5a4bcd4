/**
 * Runs the real loop against the played AWS in virtual time, with trouble from a seed. Two phases: while it
 * storms, promises are watched; then all trouble stops, and everything must come to rest.
 */
import { createHash } from 'node:crypto';
import { isAlive } from '../../local/ec2/instances.ts';
import { toRandom } from '../../local/random.ts';
import { bakedImageId, type World } from '../../local/world.ts';
import { bootMaxMs, nameSettleMs, reportFreshMs } from '../../shared/core/limits.ts';
import { desire, name, setStage, start } from '../stage.ts';
import { startLoop } from './loop.ts';
import { type Broken, watch } from './promises.ts';
import { makeTrouble } from './trouble.ts';
import type { Weather } from './weather.ts';

export interface Outcome {
  seed: number;
  broken: Broken[];
  hours: number;
  passes: number;
  interruptions: number;
  launches: number;
  outageMs: number;
  longestOutageMs: number;
  /** Hash of all that happened: equal seeds give equal hashes. */
  digest: string;
  /** What happened, a line each; kept only if asked for. */
  trace: string[];
}

const minuteMs = 60_000;
/** The first server has this long to come up before the promises are watched. */
const firstStartMs = 5 * minuteMs;
/** After the last fault: a silence is noticed, a server boots in vain, the next one serves, the name settles. */
const restMs = reportFreshMs + 2 * bootMaxMs + nameSettleMs + 30 * minuteMs;

export async function simulate(
  seed: number,
  hours: number,
  weather: Weather,
  keepTrace = false,
): Promise<Outcome> {
  const random = toRandom(seed);
  const stage = setStage({ seed: seed + 1_000_000, times: { bootMs } });
  const { world } = stage;
  const { timers } = world;
  const hash = createHash('sha256');
  const trace: string[] = [];
  const note = (line: string) => {
    const dated = `${new Date(timers.now).toISOString().slice(5, 23)} ${line}`;
    hash.update(dated);
    if (keepTrace) trace.push(dated);
  };
  function bootMs(): number | null {
    return random.chance(weather.failedBoots) ? null : random.between(25_000, 70_000);
  }

  let launches = 0;
  world.onEvent(({ detail, 'detail-type': type }) => {
    note(`${type} ${JSON.stringify(detail)}`);
    if (detail.state === 'pending') launches++;
  });
  const loop = startLoop(stage, weather, random, note);
  desire(world, { power: 'on', imageId: bakedImageId });
  const trouble = makeTrouble(stage, weather, random, note);
  const watching = watch(world, weather.bounds, () => trouble.wanted, start + firstStartMs);

  const advanceTo = async (end: number) => {
    for (let next = timers.nextAt(); next !== null && next <= end; next = timers.nextAt()) {
      timers.advance(next);
      await loop.drain();
      watching.look();
    }
    timers.advance(end);
  };
  const stormEnds = start + hours * 60 * minuteMs;
  await advanceTo(stormEnds);
  trouble.end();
  loop.calmDown();
  await advanceTo(stormEnds + restMs);

  const broken = [...watching.broken, ...whyRestless(world)];
  const { outageMs, longestOutageMs } = watching;
  const { passes } = loop;
  const { interruptions } = trouble;
  const digest = hash.digest('hex');
  return {
    seed,
    broken,
    hours,
    passes,
    interruptions,
    launches,
    outageMs,
    longestOutageMs,
    digest,
    trace,
  };
}

/** At rest there is one server, it serves, and the name points to it. */
function whyRestless(world: World): Broken[] {
  const at = world.timers.now;
  const alive = [...world.instances.values()].filter(isAlive);
  const [only] = alive;
  if (alive.length !== 1 || !only)
    return [{ at, promise: `at rest there is one server, not ${alive.length}` }];
  if (!world.guests.serves(only.id)) return [{ at, promise: 'at rest the server serves' }];
  if (world.resolve(name) !== only.address)
    return [{ at, promise: 'at rest the name points to the server' }];
  return [];
}
