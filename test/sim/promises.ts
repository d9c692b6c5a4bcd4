/** What Perennial promises, watched over the played AWS: how long each has been broken, and what it allows. */
import { isAlive, toState } from '../../local/ec2/instances.ts';
import type { World } from '../../local/world.ts';
import { launchesPerHourMax, parkedAddress } from '../../shared/core/limits.ts';
import { name } from '../stage.ts';
import type { Bounds } from './weather.ts';

export interface Broken {
  at: number;
  promise: string;
}

export interface Watch {
  /** Looks at the world as it is now. */
  look(): void;
  readonly broken: Broken[];
  /** Milliseconds, while it was wanted on, that the name did not point to a serving server. */
  readonly outageMs: number;
  readonly longestOutageMs: number;
}

const minuteMs = 60_000;

export function watch(world: World, bounds: Bounds, isWanted: () => boolean, from: number): Watch {
  const broken: Broken[] = [];
  const since = new Map<string, number>();
  let lookedAt = from;
  let wasOut = false;
  let outageMs = 0;
  let longestOutageMs = 0;

  /** A promise is broken when its opposite has lasted longer than it may; told once. */
  const promise = (what: string, opposite: boolean, forMs: number): void => {
    const { now } = world.timers;
    if (!opposite) {
      since.delete(what);
      return;
    }
    const begun = since.get(what) ?? now;
    since.set(what, begun);
    if (now - begun > forMs && !broken.some((other) => other.promise === what))
      broken.push({ at: now, promise: what });
  };

  return {
    broken,
    get outageMs() {
      return outageMs;
    },
    get longestOutageMs() {
      return longestOutageMs;
    },
    look() {
      const { now } = world.timers;
      if (now < from) return;
      if (wasOut) outageMs += now - lookedAt;
      lookedAt = now;

      const alive = [...world.instances.values()].filter(isAlive);
      const named = world.resolve(name);
      const owner = alive.find(({ address }) => address === named);
      const wanted = isWanted();
      wasOut = wanted && !(owner && world.guests.serves(owner.id));
      if (wasOut) longestOutageMs = Math.max(longestOutageMs, now - (since.get(serving) ?? now));

      promise(serving, wasOut, bounds.outageMs);
      promise(
        'the name points at no address that is not ours',
        named !== null && named !== parkedAddress && !owner,
        bounds.strangerMs,
      );
      promise('there are never more than two servers', alive.length > 2, bounds.moreThanTwoMs);
      promise(
        'while it is off there is no server',
        !wanted && alive.length > 0,
        bounds.aliveWhileOffMs,
      );
      const ours = [...world.instances.values()].filter(
        (record) =>
          now - record.launchedAt < 60 * minuteMs && record.tags.has('perennial:generation'),
      );
      promise('launches stay under their guard', ours.length > launchesPerHourMax, 0);
      promise(
        'every server is tagged as ours',
        alive.some(({ tags }) => tags.get('perennial:vpn') !== 'home'),
        0,
      );
      promise(
        'no server is left stopped',
        [...world.instances.values()].some((record) => toState(record) === 'stopped'),
        10 * minuteMs,
      );
    },
  };
}

const serving = 'while it is on the name points to a serving server';
