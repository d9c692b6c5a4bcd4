/** What people are told of whole stories: the real loop on a played AWS, and the telling beside it. */
import { expect, test } from 'vitest';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { interrupt } from '../../local/ec2/instances.ts';
import { toWorldPorts } from '../../local/ports.ts';
import { bakedImageId, type World } from '../../local/world.ts';
import { toTold } from '../../shared/adapters/told.ts';
import type { Entry } from '../../shared/core/deeds.ts';
import type { Journal } from '../../shared/core/journal.ts';
import { readJournal } from '../../shared/documents/state.ts';
import type { News } from '../../shared/tell/news.ts';
import { readOn, toStory } from '../../shared/tell/story.ts';
import { tell } from '../../shared/tell/tell.ts';
import { simulate } from '../sim/simulation.ts';
import { storm } from '../sim/weather.ts';
import { desire } from '../stage.ts';
import { tellStory } from '../telling.ts';
import { sender } from './desk.ts';
import { toJournal } from './journals.ts';

/** On since five minutes; from now on a tick of the telling comes every minute. */
async function listen() {
  const story = await tellStory();
  const { world } = story;
  world.call('ssm', 'PutParameter', {
    Name: '/perennial/home/slack',
    Type: 'SecureString',
    Value: 'https://hooks.example.org/s3cr3t',
  });
  const said: string[][] = [];
  const ports: Parameters<typeof tell>[0] = {
    ...toTold(toDirectClients(toCall(world)), 'home'),
    now: () => world.timers.now,
    send: async (_, { text }) => {
      said.push(text.split('\n'));
      return { kind: 'taken' };
    },
  };
  await tell(ports, sender, true);
  return {
    world,
    named: () => story.named(),
    pass: async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute++) {
        await story.pass(1);
        await tell(ports, sender, true);
      }
    },
    /** What was said since it was last asked for. */
    heard: () => said.splice(0),
  };
}

function pools({ market }: World) {
  return market.types.flatMap((type) => market.zones.map((zone) => ({ type, zone })));
}

function setPrices(world: World, perHour: number): void {
  for (const pool of pools(world)) world.market.setSpot(pool, world.timers.now, perHour);
}

test('the main job: taken, on demand since spot is dear, and back on spot once it is not', async () => {
  const { world, pass, named, heard } = await listen();
  const first = named();
  setPrices(world, 0.0051);
  if (first) interrupt(world, first);
  await pass(10);
  const second = named();
  expect(heard()).toEqual([
    [
      expect.stringMatching(/^AWS takes the server of vpn.example.org at \d\d:\d\d:\d\d UTC$/),
      `Before: t3.nano in us-east-1a on spot at $0.0016/h, ${first?.address}`,
      expect.stringMatching(
        /^Now launching t3a.nano in us-east-1. on demand at \$0.0047\/h, since spot costs/,
      ),
    ],
    [
      'vpn.example.org goes on without an outage',
      `Now: t3a.nano in ${second?.pool.zone} on demand at $0.0047/h, ${second?.address}`,
      `Before: t3.nano in us-east-1a on spot at $0.0016/h, ${first?.address}`,
      expect.stringMatching(/^Cost: \$0.0106\/h now, with address and disk/),
    ],
  ]);
  setPrices(world, 0.0016);
  await pass(150);
  expect(heard()).toEqual([
    [
      'vpn.example.org is back on spot',
      'In peace, without an outage',
      expect.stringMatching(/^Now: t3.nano in us-east-1. on spot at \$0.0016\/h, 203/),
      `Before: t3a.nano in ${second?.pool.zone} on demand at $0.0047/h, ${second?.address}`,
      expect.stringMatching(/^Cost: .* this month so far/),
    ],
  ]);
});

test('a silent death: from when, and how long it was away', async () => {
  const { world, pass, named, heard } = await listen();
  world.guests.silence(named()?.id ?? '');
  await pass(15);
  expect(heard().map(([title, detail]) => [title, detail])).toEqual([
    [
      'The server of vpn.example.org has fallen silent',
      expect.stringMatching(/^It was last heard of at .* UTC$/),
    ],
    [
      expect.stringMatching(/^vpn.example.org is back after \d min \d+ s$/),
      expect.stringMatching(/^Now: /),
    ],
  ]);
});

test('no capacity anywhere: that nothing can be launched, and that it can again', async () => {
  const { world, pass, named, heard } = await listen();
  const setAll = (there: boolean) => {
    for (const pool of pools(world))
      for (const market of ['spot', 'on-demand'] as const)
        world.market.setCapacity(pool, market, there);
  };
  setAll(false);
  const server = named();
  if (server) interrupt(world, server);
  await pass(20);
  setAll(true);
  await pass(70);
  expect(heard().map(([title]) => title)).toEqual([
    expect.stringMatching(/^AWS takes the server/),
    'vpn.example.org: no server can be launched just now',
    'vpn.example.org: a server could be launched again',
    expect.stringMatching(/^vpn.example.org is back after/),
  ]);
});

test('a person turns it off, and on again; and of a quiet day nothing', async () => {
  const { world, pass, heard } = await listen();
  desire(world, { power: 'off', imageId: bakedImageId });
  await pass(10);
  desire(world, { power: 'on', imageId: bakedImageId });
  await pass(10);
  expect(heard().map(([title]) => title)).toEqual([
    'vpn.example.org is off',
    'vpn.example.org is on',
  ]);
  await pass(24 * 60);
  expect(heard()).toEqual([]);
});

test('a drill that somebody asks for: that it is one, at its beginning and at its end', async () => {
  const { world, pass, heard } = await listen();
  const drill = new Date(world.timers.now).toISOString();
  desire(world, { power: 'on', imageId: bakedImageId, drill });
  await pass(15);
  const [begun, over, ...more] = heard();
  expect(begun?.[0]).toMatch(/^A drill takes the server of vpn.example.org at .* UTC$/);
  expect(over?.slice(0, 2)).toEqual([
    'vpn.example.org goes on without an outage',
    'It was a drill',
  ]);
  expect(more).toEqual([]);
});

/** Every version of the journal that a simulated storm leaves, in order. */
async function weather(seed: number): Promise<Journal[]> {
  const written = new Map<number, string>();
  const listening = new Set<World>();
  const readVersions = ({ parameters }: World) => {
    const { versions = [] } = parameters.get('/perennial/home/state/journal') ?? {};
    for (const { version, value } of versions.slice(written.size ? -1 : 0))
      written.set(version, value);
  };
  const { broken } = await simulate({
    seed,
    hours: 20,
    weather: storm,
    door: (world, ...others) => {
      if (!listening.has(world))
        world.onEvent(({ detail }) => {
          if (String(detail.name).endsWith('/state/journal')) readVersions(world);
        });
      listening.add(world);
      return toWorldPorts(world, ...others);
    },
  });
  expect(broken).toEqual([]);
  return [...written.values()].map(readJournal);
}

/** All that was ever written, laid side by side. */
function toWhole(versions: Journal[]): Entry[] {
  const all = new Map<string, Entry>();
  for (const { entries } of versions)
    for (const entry of entries) all.set(JSON.stringify(entry), entry);
  return [...all.values()].toSorted((one, other) => one.at - other.at);
}

/** Incidents that began while there was none. */
function toIncidents(whole: Entry[]): number[] {
  const begun: number[] = [];
  let isOpen = false;
  for (const { kind, at } of whole) {
    if (kind === 'incident' && !isOpen) begun.push(at);
    if (kind === 'incident' || kind === 'recovered') isOpen = kind === 'incident';
  }
  return begun;
}

/**
 * A pass that was late may note an incident that is over, and one that comes after the VPN was off may take the
 * server of before for a lost one: of neither is there anything to tell.
 */
function isEcho(time: number, whole: Entry[]): boolean {
  const before = whole.findLast(
    ({ kind, at }) => at < time && (kind === 'recovered' || kind === 'pointing'),
  );
  return before?.kind === 'recovered' && (before.serverId === null || time - before.at < passMaxMs);
}

/** Passes at once note the same within this. */
const passMaxMs = 60_000;

test.each([1, 2, 3, 4])(
  'in a storm each incident is told once, and once that it is over (seed %i)',
  async (seed) => {
    const versions = await weather(seed);
    let story = toStory(toJournal());
    const news: News[] = [];
    for (const journal of versions) {
      const read = readOn(story, journal);
      story = read.story;
      news.push(...read.news);
    }
    const told = news.filter(({ kind }) => kind === 'incident' || kind === 'recovered');
    for (const [index, { kind }] of told.entries())
      expect(kind).toBe(index % 2 ? 'recovered' : 'incident');
    const ids = news.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const times = told.filter(({ kind }) => kind === 'incident').map(({ at }) => at);
    const whole = toWhole(versions);
    const happened = toIncidents(whole);
    const isIn = (list: number[]) => (time: number) =>
      list.some((other) => Math.abs(other - time) < passMaxMs);
    expect(times.filter((time) => !isIn(happened)(time))).toEqual([]);
    const untold = happened.filter((time) => !isIn(times)(time));
    expect(untold.filter((time) => !isEcho(time, whole))).toEqual([]);
    expect(times.length).toBeGreaterThan(10);
  },
);
