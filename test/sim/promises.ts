/** What Perennial promises, watched over the played AWS: how long each has been broken, and what it allows. */
import { type InstanceRecord, isAlive, toState } from '../../local/ec2/instances.ts';
import type { World } from '../../local/world.ts';
import { launchesPerHourMax, movesPerDayMax, parkedAddress } from '../../shared/core/limits.ts';
import { name } from '../stage.ts';
import type { Findings } from './audit.ts';
import type { Gaps } from './client.ts';
import type { People } from './people.ts';
import { findStrays } from './strays.ts';
import type { Bounds } from './weather.ts';

export interface Broken {
  at: number;
  promise: string;
}

/** The world at one moment, as far as promises are about it. */
export interface Scene {
  now: number;
  wanted: boolean;
  /** Where the name points, or null. */
  named: string | null;
  /** The living server that has that address, and whether it serves. */
  owner: InstanceRecord | null;
  serves: boolean;
  /** Whether it points to the VPN's own address, which nobody else can get. */
  isKept: boolean;
  alive: number;
  /** Launches of the loop within the last hour. */
  launches: number;
  untagged: number;
  stopped: number;
  /** Elastic IP addresses, and for how long one of them has been idle. */
  addresses: number;
  idleMs: number;
  /** The longest time that WireGuard's clients missed a server, and the same where one handed them to the next. */
  gapMs: number;
  handedMs: number;
  /** How long the oldest stray has been there; 0 if there is none. */
  strayMs: number;
  /** How long a server that serves has let in who is out, or kept out who is in. */
  unfairMs: number;
  /** What the loop's own calls and words show. */
  findings: Findings;
}

/** A promise is broken when its opposite has lasted longer than it may. */
export interface Pledge {
  promise: string;
  isOpposite: (scene: Scene) => boolean;
  forMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export const servingPromise = 'while it is on the name points to a serving server';

export function toPledges(bounds: Bounds): Pledge[] {
  return [
    {
      promise: servingPromise,
      isOpposite: ({ wanted, serves }) => wanted && !serves,
      forMs: bounds.outageMs,
    },
    {
      promise: 'the name points at no address that is not ours',
      isOpposite: ({ named, owner, isKept }) =>
        !owner && !isKept && named !== null && named !== parkedAddress,
      forMs: bounds.strangerMs,
    },
    {
      promise: 'there are never more than two servers',
      isOpposite: ({ alive }) => alive > 2,
      forMs: bounds.moreThanTwoMs,
    },
    {
      promise: 'while it is off there is no server',
      isOpposite: ({ wanted, alive }) => !wanted && alive > 0,
      forMs: bounds.aliveWhileOffMs,
    },
    {
      promise: 'no Elastic IP address is idle for long',
      isOpposite: ({ idleMs }) => idleMs > bounds.idleMs,
      forMs: 0,
    },
    {
      promise: 'there are not two Elastic IP addresses for long',
      isOpposite: ({ addresses }) => addresses > 1,
      forMs: bounds.twoAddressesMs,
    },
    {
      promise: 'while it is off there is no Elastic IP address',
      isOpposite: ({ wanted, addresses }) => !wanted && addresses > 0,
      forMs: bounds.aliveWhileOffMs + 2 * minuteMs,
    },
    {
      promise: "WireGuard's clients miss no server for longer than they may",
      isOpposite: ({ gapMs }) => gapMs > bounds.gapMs,
      forMs: 0,
    },
    {
      promise: "an address that moves from a server that serves takes WireGuard's clients along",
      isOpposite: ({ handedMs }) => handedMs > bounds.handedMs,
      forMs: 0,
    },
    {
      promise: 'launches stay under their guard',
      isOpposite: ({ launches }) => launches > launchesPerHourMax,
      forMs: 0,
    },
    {
      promise: 'every server is tagged as ours',
      isOpposite: ({ untagged }) => untagged > 0,
      forMs: 0,
    },
    {
      promise: 'no server is left stopped',
      isOpposite: ({ stopped }) => stopped > 0,
      forMs: 10 * minuteMs,
    },
    {
      promise: 'no stray is left',
      isOpposite: ({ strayMs }) => strayMs > bounds.strayMs,
      forMs: 0,
    },
    {
      promise: 'every server that serves lets in whom it should, and nobody else',
      isOpposite: ({ unfairMs }) => unfairMs > bounds.secretsMs,
      forMs: 0,
    },
    {
      promise: 'every deed is in the journal with its reason before it is done',
      isOpposite: ({ findings }) => findings.unexplained > 0,
      forMs: 0,
    },
    {
      promise: 'each incident is told once, and its end once',
      isOpposite: ({ findings }) => findings.retold > 0,
      forMs: 0,
    },
    {
      promise: 'moves of mere wish stay under their guard',
      isOpposite: ({ findings }) => findings.movesInADay > movesPerDayMax,
      forMs: 0,
    },
    {
      promise: "nothing is launched on demand once the month's dollars are spent",
      isOpposite: ({ findings }) => findings.overspent > 0,
      forMs: 0,
    },
  ];
}

export interface Watch {
  /** Takes in the world as it is now. */
  look: (scene: Scene) => void;
  /** Each promise at most once, when it was first broken. */
  readonly broken: Broken[];
}

export function watch(pledges: Pledge[]): Watch {
  const broken: Broken[] = [];
  const states = pledges.map((pledge) => ({ pledge, since: Number.NaN, told: false }));
  return {
    broken,
    look(scene) {
      for (const state of states) {
        const { promise, isOpposite, forMs } = state.pledge;
        if (!isOpposite(scene)) {
          state.since = Number.NaN;
          continue;
        }
        if (Number.isNaN(state.since)) state.since = scene.now;
        if (state.told || scene.now - state.since <= forMs) continue;
        state.told = true;
        broken.push({ at: scene.now, promise });
      }
    },
  };
}

export function toScene(
  world: World,
  wanted: boolean,
  people: People,
  findings: Findings,
  gaps: Gaps,
): Scene {
  const { now } = world.timers;
  const named = world.resolve(name);
  const scene: Scene = {
    now,
    wanted,
    named,
    owner: null,
    serves: false,
    isKept: false,
    alive: 0,
    addresses: world.addresses.size,
    idleMs: 0,
    gapMs: gaps.longestMs,
    handedMs: gaps.handedMs,
    launches: 0,
    untagged: 0,
    stopped: 0,
    unfairMs: people.unfairMs(),
    strayMs: Math.max(0, ...findStrays(world).map(({ at }) => now - at)),
    findings,
  };
  for (const record of world.instances.values()) {
    if (now - record.launchedAt < hourMs && record.tags.has('perennial:generation'))
      scene.launches++;
    if (toState(record) === 'stopped') scene.stopped++;
    if (!isAlive(record)) continue;
    scene.alive++;
    if (record.tags.get('perennial:vpn') !== 'home') scene.untagged++;
    if (record.address !== null && record.address === named) scene.owner = record;
  }
  for (const { address, allocatedAt, owners } of world.addresses.values()) {
    const owner = owners.at(-1);
    if (address === named) scene.isKept = true;
    if (!owner?.instanceId) scene.idleMs = Math.max(scene.idleMs, now - (owner?.at ?? allocatedAt));
  }
  scene.serves = scene.owner !== null && world.guests.serves(scene.owner.id);
  return scene;
}
