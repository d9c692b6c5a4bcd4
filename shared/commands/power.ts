/** What people say of power: on, off, until when, by the week; and that the next interruption be now. */

import type { WishPorts } from '../api-ports.ts';
import type { Desired, Schedule } from '../core/model.ts';
import { change } from './change.ts';

type Needs = Pick<WishPorts, 'now' | 'wishes'>;

/** A wish that can't come true; `message` says what to do first. */
export class VainWish extends Error {}

/** Turns it on; until then, if a time is given. What was said of idleness no longer counts. May throw a VainWish. */
export function start(ports: Needs, until: number | null): Promise<Desired> {
  return turn(ports, 'on', until);
}

/** Turns it off; until then, if a time is given. */
export function stop(ports: Needs, until: number | null): Promise<Desired> {
  return turn(ports, 'off', until);
}

function turn(ports: Needs, power: Desired['power'], until: number | null): Promise<Desired> {
  const at = ports.now();
  return change(ports, (desired) => {
    if (power === 'on' && desired.imageId === null)
      throw new VainWish(
        'There is no image yet to launch a server from: bake one (vpn bake), then start.',
      );
    return { ...desired, power, at, until, idleMinutes: null };
  });
}

/** Leaves it on until nobody has used it for so long. */
export function stopWhenIdle(ports: Needs, idleMinutes: number): Promise<Desired> {
  return change(ports, (desired) => ({ ...desired, idleMinutes }));
}

/** Null leaves power to people. */
export function setSchedule(ports: Needs, schedule: Schedule | null): Promise<Desired> {
  return change(ports, (desired) => ({ ...desired, schedule }));
}

/** Has the loop treat the server as if AWS took it. */
export function drill(ports: Needs): Promise<Desired> {
  const drillAt = ports.now();
  return change(ports, (desired) => ({ ...desired, drillAt }));
}
