/** Getting the VPN's own address, and moving it from server to server. */
import type { Action, Entry } from './core/deeds.ts';
import { unallocatedMs } from './core/limits.ts';
import type { Observed } from './core/model.ts';
import type { Ports } from './ports.ts';

/** What is to be said of it; `observed` has the address from then on. */
export async function allocate(observed: Observed, ports: Ports): Promise<Entry[]> {
  const answer = await ports.addresses.allocate();
  const at = ports.now();
  if (answer.kind === 'allocated') {
    const { id: addressId, address } = answer.address;
    observed.addresses = [...(observed.addresses ?? []), answer.address];
    return [
      { at, kind: 'allocated', addressId, address, why: `${address} is the address of the VPN` },
    ];
  }
  const { code } = answer;
  const full = code === 'AddressLimitExceeded' ? 'the account has as many as it may have' : code;
  const why = `No address can be had (${full}): the name goes to each server's own`;
  return [{ at, kind: 'unallocated', code, until: at + unallocatedMs, why }];
}

/** The servers are told first, so that the one that has it can send some of its clients away in time. */
export async function move(
  { addressId, address, serverId, from }: Action & { kind: 'move' },
  observed: Observed,
  ports: Ports,
): Promise<void> {
  const untold = await ports.state.announce({ address, from, to: serverId }).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const isMoved = await ports.addresses.move(addressId, serverId);
  // What it is like now only the next pass can see.
  if (!isMoved) observed.addresses = null;
  if (untold) throw untold.error;
}
