/** Sees what no API tells: whether somebody who goes to the name finds a VPN there, and for how long not. */
import { isAlive } from './ec2/instances.ts';
import type { World } from './world.ts';

/** Epoch milliseconds; `to` is null while it lasts. */
export interface Outage {
  from: number;
  to: number | null;
}

export interface Witness {
  /** Looks at the world as it is now; to be called whenever something may have changed. */
  look: () => void;
  /** Of all that was seen since the name first pointed to a serving server. */
  readonly outages: Outage[];
  isUp: () => boolean;
}

export function toWitness(world: World, name: string): Witness {
  const outages: Outage[] = [];
  let seenUp = false;
  const isUp = () => {
    const address = world.resolve(name);
    const owner = [...world.instances.values()].find(
      (record) => isAlive(record) && record.address === address,
    );
    return owner !== undefined && world.guests.serves(owner.id);
  };
  return {
    outages,
    isUp,
    look() {
      const last = outages.at(-1);
      const isOut = last?.to === null;
      const up = isUp();
      if (up && isOut) last.to = world.timers.now;
      if (!up && seenUp && !isOut) outages.push({ from: world.timers.now, to: null });
      seenUp ||= up;
    },
  };
}

export function toOutageMs(outages: Outage[], now: number): number {
  return outages.reduce((sum, { from, to }) => sum + (to ?? now) - from, 0);
}
