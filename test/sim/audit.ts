/** Compares what the loop does, call by call, with what it has written down before; and reads what it tells people. */
import { isAlive } from '../../local/ec2/instances.ts';
import type { World } from '../../local/world.ts';
import { generationTag } from '../../shared/adapters/looks.ts';
import type { Entry } from '../../shared/core/deeds.ts';
import { parkedAddress } from '../../shared/core/limits.ts';
import { readJournal } from '../../shared/documents/state.ts';
import { name } from '../stage.ts';
import { type Reading, startReading } from './reading.ts';
import { findStrays } from './strays.ts';

/** All of them since the story began. */
export interface Findings extends Pick<Reading, 'retold' | 'movesInADay'> {
  /** Deeds that the journal did not name, with a reason, before they were done. */
  unexplained: number;
  /** Launches on demand although the month's dollars were spent. */
  overspent: number;
}

export interface Audit {
  readonly findings: Findings;
  /** Does what the loop asks for, and looks up whether it has said so. */
  see: <T>(operation: string, act: () => T) => T;
  /** To be called whenever time has passed. */
  look: () => void;
}

const minuteMs = 60_000;
const journalName = '/perennial/home/state/journal';
/** A pass writes down what it will do, and does it: that takes seconds. */
const freshMs = 2 * minuteMs;
/** What several passes have written at once is merged by then: this is what people read. */
const standsMs = 5_000;

export function startAudit(world: World, isOverspent: () => boolean): Audit {
  const { timers } = world;
  const reading = startReading();
  let [unexplained, overspent] = [0, 0];
  let fresh: Entry[] = [];
  let unread: { value: string; at: number } | null = null;

  world.onEvent(({ detail }) => {
    if (detail.name !== journalName) return;
    look();
    unread = world.parameters.get(journalName)?.versions.at(-1) ?? null;
    const { entries } = readJournal(unread?.value);
    reading.see(entries);
    const isFresh = ({ at }: Entry) => timers.now - at < freshMs;
    fresh = [...fresh, ...entries].filter(isFresh);
  });

  function look(): void {
    if (!unread || timers.now - unread.at < standsMs) return;
    reading.read(readJournal(unread.value).entries);
    unread = null;
  }

  return {
    get findings() {
      const { retold, movesInADay } = reading;
      return { retold, movesInADay, unexplained, overspent };
    },
    look,
    see(operation, act) {
      const list = things[operation];
      if (!list) return act();
      const before = list(world);
      try {
        return act();
      } finally {
        for (const [id, explains] of toChanged(before, list(world))) {
          if (!fresh.some((entry) => entry.why && explains(entry))) unexplained++;
          const isOnDemand = world.instances.get(id)?.market === 'on-demand';
          if (operation === 'RunInstances' && isOnDemand && isOverspent()) overspent++;
        }
      }
    },
  };
}

type Thing = [id: string, explains: (entry: Entry) => boolean];

/** What an operation makes or ends, and which entry says why. */
const things: Record<string, (world: World) => Thing[]> = {
  RunInstances: ({ instances }) =>
    [...instances.values()].map(({ id, market, pool, tags }) => [
      id,
      (entry) =>
        entry.kind === 'launching' &&
        String(entry.generation) === tags.get(generationTag) &&
        entry.market === market &&
        entry.pool.type === pool.type &&
        (entry.pool.zone ?? pool.zone) === pool.zone,
    ]),
  TerminateInstances: ({ instances }) =>
    [...instances.values()]
      .filter(isAlive)
      .map(({ id }) => [id, (entry) => entry.kind === 'retiring' && entry.serverId === id]),
  ChangeResourceRecordSets: (world) => [
    [
      world.resolve(name) ?? '',
      (entry) =>
        entry.kind === 'pointing'
          ? entry.address === world.resolve(name)
          : entry.kind === 'parking' && world.resolve(name) === parkedAddress,
    ],
  ],
  AllocateAddress: ({ addresses }) =>
    [...addresses.keys()].map((id) => [id, ({ kind }) => kind === 'allocating']),
  AssociateAddress: ({ addresses }) =>
    [...addresses.values()].map(({ id, owners }) => [
      `${id} ${owners.at(-1)?.instanceId}`,
      (entry) => entry.kind === 'moving' && entry.addressId === id,
    ]),
  ReleaseAddress: ({ addresses }) =>
    [...addresses.keys()].map((id) => [
      id,
      (entry) =>
        (entry.kind === 'releasing' && entry.addressId === id) ||
        (entry.kind === 'removing' && entry.stray.id === id),
    ]),
  CancelSpotInstanceRequests: toStrays,
  DeleteVolume: toStrays,
};

/** What is no longer there; or if all of that is, what has come. The name leaves one address for another. */
function toChanged(before: Thing[], after: Thing[]): Thing[] {
  const has = (things: Thing[], [id]: Thing) => things.some(([other]) => other === id);
  const gone = before.filter((thing) => !has(after, thing));
  return gone.length ? gone : after.filter((thing) => !has(before, thing));
}

function toStrays(world: World): Thing[] {
  return findStrays(world).map(({ id }) => [
    id,
    (entry) => entry.kind === 'removing' && entry.stray.id === id,
  ]);
}
