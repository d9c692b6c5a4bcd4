/**
 * Runs the real loop against the played AWS in virtual time, with trouble from a seed. Two phases: while it
 * storms, promises are watched; then all trouble stops, and everything must come to rest.
 */
import { setImmediate } from 'node:timers/promises';
import { alwaysOnDemand, type Cost, type Costs, startMeter } from '../../local/billing.ts';
import { type MarketPool, replay } from '../../local/market.ts';
import { startPersistentRequest } from '../../local/persistent-request.ts';
import { toRandom } from '../../local/random.ts';
import { bakedImageId, type World } from '../../local/world.ts';
import { bootMaxMs, drainMaxMs, nameSettleMs, reportFreshMs } from '../../shared/core/limits.ts';
import { desire, setStage } from '../stage.ts';
import { startAudit } from './audit.ts';
import { type Gaps, startClient } from './client.ts';
import { type Door, startLoop } from './loop.ts';
import { startNotes } from './notes.ts';
import { toPeople } from './people.ts';
import { type Broken, type Pledge, toPledges, toScene, watch } from './promises.ts';
import { type Setting, toSetting } from './setting.ts';
import { watchSpending } from './spending.ts';
import { type Presence, type Span, startTimeline, toPresence } from './timeline.ts';
import { makeTrouble } from './trouble.ts';
import type { Weather } from './weather.ts';

export interface Story {
  seed: number;
  /** Simulated hours before all trouble stops. */
  hours: number;
  weather: Weather;
  /** By default the one or the other by the seed: odd ones have an address that moves. */
  address?: 'elastic' | 'dynamic';
  /** By default the weather's own, by the seed. */
  setting?: Setting;
  /** By default all that Perennial promises. */
  pledges?: Pledge[];
  keepTrace?: boolean;
  door?: Door;
  /** Ends with the first broken promise. */
  stopsAtBreak?: boolean;
  /** Ends where it is, with what it has found. */
  signal?: AbortSignal;
  /** Told now and then how many hours are over. */
  onHours?: (hours: number) => void;
}

export interface Outcome extends Presence {
  seed: number;
  /** The setting's name. */
  place: string;
  broken: Broken[];
  /** So long it stormed. */
  hours: number;
  start: number;
  /** Up to the end of the storm. */
  spans: Span[];
  passes: number;
  interruptions: number;
  launches: number;
  /** Dollars for those hours: what it cost, and what other ways of having a VPN would have. */
  costs: Costs;
  alwaysOnDemand: Cost;
  /** Of WireGuard's clients, where the address moves. */
  gaps: Gaps;
  persistent: { wantedMs: number; upMs: number; cost: Cost };
  /** Hash of all that happened: equal seeds give equal hashes. */
  digest: string;
  /** What happened, a line each; kept only if asked for. */
  trace: string[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Some hundredths of a second of this machine's time. */
const tellEveryMs = 10 * hourMs;
/** The first server has this long to come up before the promises are watched. */
const firstStartMs = 5 * minuteMs;
/** After the last fault: a silence is noticed, a server boots in vain, the next one serves, the name settles. */
const restMs = reportFreshMs + 2 * bootMaxMs + nameSettleMs + 30 * minuteMs;
/** From the launch of a better server to the end of the one before it. */
const moveMs = bootMaxMs + nameSettleMs + drainMaxMs;

export async function simulate(story: Story): Promise<Outcome> {
  const play = setUp(story);
  const { world, loop, trouble, watching, timeline, audit } = play;
  const { timers } = world;
  const { start } = play.setting;
  const isOver = () =>
    story.signal?.aborted === true || (story.stopsAtBreak === true && watching.broken.length > 0);

  let tellAt = start;
  const advanceTo = async (end: number) => {
    for (let next = timers.nextAt(); next !== null && next <= end; next = timers.nextAt()) {
      if (isOver()) return;
      timers.advance(next);
      if (loop.isAwake) await loop.drain();
      audit.look();
      play.client.look(trouble.wanted);
      const scene = toScene(world, trouble.wanted, play.people, audit.findings, play.client.read());
      timeline.see(scene.now, scene.serves ? scene.owner : null, scene.wanted);
      if (scene.now >= start + firstStartMs) watching.look(scene);
      if (scene.now < tellAt) continue;
      // What else is to be done in this process, like hearing of a signal, has its turn.
      await setImmediate();
      story.onHours?.((scene.now - start) / hourMs);
      tellAt = scene.now + tellEveryMs;
    }
    timers.advance(end);
  };

  await advanceTo(start + story.hours * hourMs);
  const outcome = toOutcome(story, play);
  if (!isOver()) {
    trouble.end();
    loop.calmDown();
    await advanceTo(timers.now + restMs);
    // Prices go on: a move in peace may be under way just now, which ends by itself; and strays are found hourly.
    const movedBy = timers.now + moveMs + hourMs;
    while (!isOver() && whyRestless(play).length && timers.now < movedBy)
      await advanceTo(timers.now + minuteMs);
  }
  const broken = [...watching.broken, ...(isOver() ? [] : whyRestless(play))];
  return { ...outcome, broken, ...play.notes.read() };
}

type Play = ReturnType<typeof setUp>;

/** Each part has chance of its own, so that one part's change leaves the others as they were. */
function setUp(story: Story) {
  const { seed, weather } = story;
  const chances = toRandom(seed);
  const own = () => toRandom(chances.next() * 2 ** 32);
  const setting = story.setting ?? toSetting(weather.prices, seed, own());
  const boots = own();
  const bootMs = () =>
    !trouble.over && boots.chance(weather.failedBoots) ? null : boots.between(25_000, 70_000);
  const { start, cap, onDemandMax } = setting;
  const stage = setStage({
    seed: seed + 1_000_000,
    address: story.address ?? (seed % 2 ? 'elastic' : 'dynamic'),
    start,
    cap,
    ...(onDemandMax !== undefined && { onDemandMax }),
    market: setting,
    times: { bootMs },
    env: { PERENNIAL_ROTATE_DAYS: '1', PERENNIAL_OLD_PASSWORD_MINUTES: '10' },
  });
  const { world } = stage;
  const notes = startNotes(world.timers, story.keepTrace ?? false);
  const tally = startTally(world, notes.write);
  const client = startClient(world, stage.config.policy.address);
  replay(world.market, world.timers, setting.courses);
  const meter = startMeter(world);
  const rival = startPersistentRequest(world, toCheapest(world), cap);
  const { onDemandDollarsMax } = stage.config.policy;
  const audit = startAudit(world, watchSpending(world, meter, onDemandDollarsMax));
  const loop = startLoop({
    stage,
    weather,
    random: own(),
    trace: notes.write,
    door: story.door,
    see: audit.see,
  });
  desire(world, { power: 'on', imageId: bakedImageId });
  const chance = { random: own(), trace: notes.write };
  const people = toPeople(world);
  const trouble = makeTrouble({ stage, weather, setting, rival, people, ...chance });
  const watching = watch(story.pledges ?? toPledges(weather.bounds));
  const timeline = startTimeline(start);
  const watched = { loop, trouble, people, watching, timeline };
  return { setting, world, ...watched, notes, tally, client, meter, rival, audit };
}

/** How it stands now, at the end of the storm. */
function toOutcome(
  { seed }: Story,
  { setting, world, loop, timeline, tally, client, meter, rival }: Play,
): Omit<Outcome, 'broken' | 'digest' | 'trace'> {
  const { market, timers } = world;
  const { start, name: place } = setting;
  const spans = timeline.read(timers.now);
  const wantedMs = spans.reduce((sum, { from, to, wanted }) => sum + (wanted ? to - from : 0), 0);
  return {
    seed,
    place,
    start,
    hours: (timers.now - start) / hourMs,
    spans,
    ...toPresence(spans, start + firstStartMs),
    ...tally,
    gaps: client.read(),
    passes: loop.passes,
    costs: meter.read(),
    alwaysOnDemand: alwaysOnDemand(market.types.map(market.onDemand), wantedMs / hourMs),
    persistent: rival.read(),
  };
}

/** Notes every event, and counts what concerns servers. */
function startTally(world: World, note: (line: string) => void) {
  const tally = { interruptions: 0, launches: 0 };
  const warned = new Set<unknown>();
  world.onEvent(({ detail, 'detail-type': type }) => {
    if (type === 'Scheduled Event') return;
    note(`${type} ${JSON.stringify(detail)}`);
    if (detail.state === 'pending') tally.launches++;
    if (type === 'EC2 Spot Instance Interruption Warning') {
      warned.add(detail['instance-id']);
      tally.interruptions++;
    }
    // AWS tells of its taking a server even if it gave no notice.
    if (detail.eventName !== 'BidEvictedEvent') return;
    const { instanceIdSet } = detail.serviceEventDetails as { instanceIdSet: string[] };
    tally.interruptions += instanceIdSet.filter((id) => !warned.delete(id)).length;
  });
  return tally;
}

/** The pool that somebody who looks at the prices once chooses. */
function toCheapest({ market, timers }: World): MarketPool {
  const pools = market.types
    .flatMap((type) => market.zones.map((zone) => ({ type, zone })))
    .filter(market.offers);
  const perHour = (pool: MarketPool) => market.spot(pool, timers.now);
  const [cheapest] = pools.sort((a, b) => perHour(a) - perHour(b));
  if (!cheapest) throw new Error('At the start of the story no pool has a price');
  return cheapest;
}

/** At rest there is one server, it serves those whom it should, and the name points to it. */
function whyRestless({ world, people, audit, client }: Play): Broken[] {
  const scene = toScene(world, true, people, audit.findings, client.read());
  const { now: at, alive, owner, serves, strayMs, unfairMs } = scene;
  if (strayMs) return [{ at, promise: 'at rest there is no stray' }];
  if (alive !== 1) return [{ at, promise: `at rest there is one server, not ${alive}` }];
  if (scene.addresses > 1) return [{ at, promise: 'at rest there is one address at most' }];
  if (!owner) return [{ at, promise: 'at rest the name points to the server' }];
  if (!serves) return [{ at, promise: 'at rest the server serves' }];
  return unfairMs ? [{ at, promise: 'at rest the server has the secrets of today' }] : [];
}
