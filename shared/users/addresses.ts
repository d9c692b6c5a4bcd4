/** Hands out tunnel addresses: each to one user, whoever else asks at the same time. */
import type { User } from '../core/users.ts';
import type { Ports } from '../ports.ts';
import { UserError } from './errors.ts';

/** WireGuard's net is 10.40.2.0/24: .1 is the server's, .255 everybody's. */
const addresses = Array.from({ length: 253 }, (_, index) => `10.40.2.${index + 2}`);

/**
 * The one that the user had claimed before, if their making broke off then; else the first that is free. It is theirs
 * until it is released. `users` may have addresses that nobody has claimed, and they keep them.
 */
export async function takeAddress(
  secrets: Ports['secrets'],
  name: string,
  users: User[],
): Promise<string> {
  const claims = await secrets.claims();
  const others = users.filter((user) => user.name !== name).map(({ address }) => address);
  const claimed = claims.filter(({ user }) => user !== name).map(({ address }) => address);
  const taken = new Set([...others, ...claimed]);
  const own = claims.filter(({ user }) => user === name).map(({ address }) => address);
  for (const address of [...own, ...addresses]) {
    if (taken.has(address)) continue;
    if ((await secrets.claim(address, name)) === name) return address;
  }
  throw new UserError('full', 'All tunnel addresses are taken; remove users who are not needed.');
}
