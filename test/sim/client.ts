/**
 * One of WireGuard's clients: it knows the VPN by the address that it has found once, and a server by the handshake that
 * it has had with it. Nothing else tells it that the world has changed.
 */
import { isAlive } from '../../local/ec2/instances.ts';
import type { World } from '../../local/world.ts';
import { name } from '../stage.ts';

export interface Gaps {
  /** The longest time without a server, one that goes on included. */
  longestMs: number;
  /** The same, but only where the address moved from a server that served to one that does. */
  handedMs: number;
  /** How often the address moved. */
  moves: number;
}

export interface Client {
  /** To be called whenever something may have changed. */
  look: (wanted: boolean) => void;
  read: () => Gaps;
}

/** A tunnel that has been dead for so long is started anew by whoever uses it, and asks for the name again. */
const patienceMs = 20_000;

export function startClient(world: World, address: 'elastic' | 'dynamic'): Client {
  let [longestMs, handedMs, moves] = [0, 0, 0];
  let known: string | null = null;
  let carrier: string | null = null;
  let lost: { at: number; isServing: boolean } | null = null;
  // With which server hands are shaken then, at the latest.
  let meets: { serverId: string; at: number } | null = null;
  world.onOccurrence((occurrence) => {
    if (occurrence.kind !== 'handover') return;
    moves++;
    meets = { serverId: occurrence.serverId, at: world.timers.now + occurrence.gapMs };
  });

  const toServer = () =>
    [...world.instances.values()].find(
      (record) => isAlive(record) && record.address === known && world.guests.serves(record.id),
    )?.id ?? null;
  const lose = (now: number) => {
    if (carrier && !lost) lost = { at: now, isServing: world.guests.serves(carrier) };
    carrier = null;
  };
  const find = (serverId: string, now: number) => {
    const at = meets?.serverId === serverId ? meets.at : now;
    if (now < at) return;
    carrier = serverId;
    if (lost?.isServing) handedMs = Math.max(handedMs, at - lost.at);
    if (lost) longestMs = Math.max(longestMs, at - lost.at);
    lost = null;
  };
  return {
    look(wanted) {
      if (address === 'dynamic') return;
      const { now } = world.timers;
      if (!wanted) {
        known = carrier = lost = null;
        return;
      }
      const isNew = carrier === null && lost === null;
      if (isNew || (lost && now - lost.at >= patienceMs)) known = world.resolve(name);
      const serverId = toServer();
      if (carrier !== null && carrier !== serverId) lose(now);
      if (carrier === null && serverId) find(serverId, now);
    },
    read() {
      const soFarMs = lost ? world.timers.now - lost.at : 0;
      return {
        longestMs: Math.max(longestMs, soFarMs),
        handedMs: Math.max(handedMs, lost?.isServing ? soFarMs : 0),
        moves,
      };
    },
  };
}
