/** Tells a story on the played AWS in virtual time: the real loop, undisturbed, and what it writes down. */
import { type InstanceRecord, isAlive } from '../local/ec2/instances.ts';
import { toRandom } from '../local/random.ts';
import { bakedImageId } from '../local/world.ts';
import type { Entry } from '../shared/core/deeds.ts';
import { toIdentity } from '../shared/core/journal.ts';
import { readJournal, readLedger } from '../shared/documents/state.ts';
import { type Door, startLoop } from './sim/loop.ts';
import { calm } from './sim/weather.ts';
import { desire, name, type Stage, setStage } from './stage.ts';

export interface Telling extends Stage {
  /** Lets so many minutes pass. */
  pass(minutes: number): Promise<void>;
  alive(): InstanceRecord[];
  /** The server that the name points to. */
  named(): InstanceRecord | undefined;
  /** Everything that the journal ever said, of these kinds. */
  said<K extends Entry['kind']>(kind: K): (Entry & { kind: K })[];
  ledger(): ReturnType<typeof readLedger>;
}

const minuteMs = 60_000;

interface StoryOptions {
  bootMs?: number;
  /** Variables of the function. */
  env?: Record<string, string>;
  /** How the loop's calls reach AWS. */
  door?: Door;
}

/** On from the start; after five minutes it serves. */
export async function tellStory({
  bootMs = 40_000,
  env = {},
  door,
}: StoryOptions = {}): Promise<Telling> {
  const stage = setStage({ times: { bootMs: () => bootMs }, env });
  const { world } = stage;
  const said = new Map<string, Entry>();
  const failures: string[] = [];
  world.onEvent(({ detail }) => {
    if (detail.name !== '/perennial/home/state/journal') return;
    const text = world.parameters.get(String(detail.name))?.versions.at(-1)?.value;
    for (const entry of readJournal(text).entries) said.set(toIdentity(entry), entry);
  });
  const loop = startLoop({
    stage,
    weather: calm,
    random: toRandom(1),
    door,
    trace: (line) => line.includes('> failed') && failures.push(line),
  });
  desire(world, { power: 'on', imageId: bakedImageId });
  const telling: Telling = {
    ...stage,
    async pass(minutes) {
      const end = world.timers.now + minutes * minuteMs;
      for (let next = world.timers.nextAt(); next !== null && next <= end; ) {
        world.timers.advance(next);
        await loop.drain();
        next = world.timers.nextAt();
      }
      world.timers.advance(end);
      if (failures.length) throw new Error(failures.join('\n'));
    },
    alive: () => [...world.instances.values()].filter(isAlive),
    named: () => telling.alive().find(({ address }) => address === world.resolve(name)),
    said: <K extends Entry['kind']>(kind: K) =>
      [...said.values()].filter((entry): entry is Entry & { kind: K } => entry.kind === kind),
    ledger: () =>
      readLedger(world.parameters.get('/perennial/home/state/ledger')?.versions.at(-1)?.value),
  };
  await telling.pass(5);
  return telling;
}
