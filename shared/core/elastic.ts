/** The Elastic IP address: which one is the VPN's, which server has it, and what to do so that the best one has. */

import type { Action } from './deeds.ts';
import { addressKeptMs, addressSettleMs, listLagMs, parkedAddress } from './limits.ts';
import type { Address, Observed, Policy, Server } from './model.ts';
import { hasSettled } from './settle.ts';

/** As EC2's list and the journal's last minute tell together; null while EC2 does not tell. */
function toAddresses({ addresses, memory, now }: Observed): Address[] | null {
  if (!addresses) return null;
  const isFresh = ({ at }: { at: number }) => now - at < listLagMs;
  const { allocated, moved, released } = memory;
  const gone = new Set(released.filter(isFresh).map(({ id }) => id));
  const unlisted =
    allocated && isFresh(allocated) && !addresses.some(({ id }) => id === allocated.id)
      ? [{ id: allocated.id, address: allocated.address, serverId: null }]
      : [];
  return [...addresses, ...unlisted]
    .filter(({ id }) => !gone.has(id))
    .map((one) => {
      if (!moved || now - moved.at >= addressSettleMs) return one;
      if (one.id === moved.id) return { ...one, serverId: moved.serverId };
      // A server has one address: what it had before is nobody's.
      return one.serverId === moved.serverId ? { ...one, serverId: null } : one;
    });
}

/** The servers with the addresses that they have by the list of addresses, which is the first to know. */
export function withAddresses(servers: Server[], observed: Observed): Server[] {
  const addresses = toAddresses(observed);
  if (!addresses?.length) return servers;
  return servers.map((server) => {
    const own = addresses.find(({ serverId }) => serverId === server.id);
    if (own) return { ...server, address: own.address };
    const isAnothers = addresses.some(({ address }) => address === server.address);
    return isAnothers ? { ...server, address: null } : server;
  });
}

/** What to do so that clients find `best`, the best server that serves; null if it can be named by its own address. */
export function seat(observed: Observed, policy: Policy, best: Server): Action[] | null {
  const { name, memory, now } = observed;
  // One that clients know by the address that it has is left there: an Elastic IP address comes with the next.
  if (policy.address === 'dynamic' || name?.address === best.address) return null;
  const addresses = toAddresses(observed);
  if (!addresses) return [];
  const chosen = choose(addresses, observed, best);
  if (chosen?.serverId === best.id) return null;
  if (chosen) return [toMove(chosen, best, observed)];
  if (memory.unallocatedUntil !== null && now < memory.unallocatedUntil) return null;
  // It may be on its way: asked for by another pass, and neither listed nor written down yet.
  if (memory.allocatingAt !== null && now - memory.allocatingAt < listLagMs) return [];
  return [{ kind: 'allocate', why: `${best.id} serves: an address is allocated for the VPN` }];
}

function toMove({ id, address }: Address, best: Server, { memory }: Observed): Action {
  const { serverId: last = null } = memory.named ?? {};
  return {
    kind: 'move',
    addressId: id,
    address,
    serverId: best.id,
    from: last === best.id ? null : last,
    why: `${best.id} serves: the address ${address} moves to it`,
  };
}

/** By which two passes that have allocated one each agree: the named one, the one that is there already, the first. */
function choose(addresses: Address[], { name }: Observed, best: Server | null): Address | null {
  const rank = ({ address, serverId }: Address) =>
    2 * Number(address === name?.address) + Number(best !== null && serverId === best.id);
  const [first] = addresses.toSorted((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1));
  return first ?? null;
}

/** Whether the name may go on pointing there though no server has that address: the next one will have it. */
export function isKept(observed: Observed, policy: Policy): boolean {
  const { name, memory, now } = observed;
  // Unless EC2 tells, what has moved last is taken to be still there.
  const last = policy.address === 'elastic' && memory.moved ? [memory.moved] : [];
  const isOurs = (toAddresses(observed) ?? last).some(({ address }) => address === name?.address);
  const lostAt = memory.incident?.at ?? now;
  return isOurs && now - lostAt < addressKeptMs;
}

/** Idle addresses cost what used ones do: one that is not about to be used is given back, once nobody is sent there. */
export function release(observed: Observed, live: Server[], best: Server | null): Action[] {
  const { name, memory, now } = observed;
  // In the minute after one was asked for, another pass may be about to use what is idle.
  if (memory.allocatingAt !== null && now - memory.allocatingAt < listLagMs) return [];
  if (!name || !hasSettled(observed, name.address)) return [];
  const addresses = toAddresses(observed) ?? [];
  const isNamedByItself = best !== null && best.address === name.address;
  const kept = best && !isNamedByItself ? choose(addresses, observed, best) : null;
  return addresses
    .filter(({ serverId }) => serverId === null || hasEnded(serverId, live, observed))
    .filter((one) => one.id !== kept?.id && one.address !== name.address)
    .map(({ id, address }) => ({
      kind: 'release',
      addressId: id,
      address,
      why:
        name.address === parkedAddress && !best
          ? `The name is parked: the address ${address} is given back`
          : `The address ${address} is used by no server: it is given back`,
    }));
}

/** A server of ours that does not live: what somebody has put on a foreign one is left there. */
function hasEnded(serverId: string, live: Server[], { servers }: Observed): boolean {
  return servers.some(({ id }) => id === serverId) && !live.some(({ id }) => id === serverId);
}
