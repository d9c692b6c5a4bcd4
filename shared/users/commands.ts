/** What people do with users: add, list, remove, let them expire, look one up. Each step may be done again. */
import type { User } from '../core/users.ts';
import type { Ports, UserSecret } from '../ports.ts';
import { takeAddress } from './addresses.ts';
import { makeKeyPair, makePassword, makePresharedKey } from './credentials.ts';
import { told, UserError, unknown } from './errors.ts';
import { checkExpiry, checkName, checkPassword, checkPublicKey, usersMax } from './rules.ts';
import { ensureServerKey } from './server-key.ts';
import { type Shown, toShown } from './shown.ts';

export type UserPorts = Pick<Ports, 'now' | 'secrets'>;

interface NewUser {
  name: string;
  /** Epoch milliseconds; never, if it is not given. */
  expiresAt?: number | null;
  /** A WireGuard key whose private half the person keeps. */
  publicKey?: string;
  /** One of their own choice. */
  password?: string;
}

/** Throws a UserError, with `says` for the person, if it can't be. If it broke off it may be asked again. */
export async function addUser(ports: UserPorts, request: NewUser): Promise<Shown> {
  const { name, expiresAt = null, publicKey: ownKey, password = makePassword() } = request;
  const { secrets } = ports;
  const now = ports.now();
  checkName(name);
  checkPassword(password);
  checkExpiry(expiresAt, now);
  return told(async () => {
    const { users, serverKey } = await secrets.list();
    if (users.some((user) => user.name === name)) throw alreadyThere(name);
    if (users.length >= usersMax)
      throw new UserError('full', `There are ${usersMax} users already; remove one first.`);
    const serverPublicKey = serverKey?.publicKey ?? (await ensureServerKey(secrets));
    if (ownKey !== undefined)
      checkPublicKey(ownKey, [serverPublicKey, ...users.map(({ publicKey }) => publicKey)]);
    const made = ownKey === undefined ? makeKeyPair() : { publicKey: ownKey, privateKey: null };
    const secret: UserSecret = {
      password,
      presharedKey: makePresharedKey(),
      publicKey: made.publicKey,
      address: await takeAddress(secrets, name, users),
      ownKey: ownKey !== undefined,
      rotatedAt: now,
      expiresAt,
      old: null,
    };
    const version = await secrets.create(name, secret);
    if (version === null) throw alreadyThere(name);
    return toShown(name, version, secret, serverPublicKey, made.privateKey);
  });
}

/** Their address is given back last, so that nobody gets it while they may still connect. */
export async function removeUser({ secrets }: UserPorts, name: string): Promise<void> {
  checkName(name);
  return told(async () => {
    const claims = (await secrets.claims()).filter(({ user }) => user === name);
    const removed = await secrets.remove(name);
    for (const { address } of claims) await secrets.release(address);
    if (!removed && claims.length === 0) throw unknown(name);
  });
}

export interface ListedUser extends User {
  expired: boolean;
}

/** By name. */
export async function listUsers({ now, secrets }: UserPorts): Promise<ListedUser[]> {
  const { users } = await told(() => secrets.list());
  return users
    .map((user) => ({ ...user, expired: user.expiresAt !== null && user.expiresAt <= now() }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** What they need to connect, but for a private key, which nobody keeps. */
export async function readProfile({ secrets }: UserPorts, name: string): Promise<Shown> {
  checkName(name);
  return told(async () => {
    const [{ users, serverKey }, secret] = await Promise.all([secrets.list(), secrets.read(name)]);
    const user = users.find((one) => one.name === name);
    if (!user || !secret) throw unknown(name);
    return toShown(name, user.version, secret, serverKey?.publicKey ?? null, null);
  });
}

/** A rotation or two may come between our reading and our writing; more in a row is no accident. */
const expiryTriesMax = 5;

/**
 * Parameter Store has no way to change the description alone, so the secret is read and written back. If that overwrote
 * another's write, which the version tells, theirs is read from the version before and written again.
 */
export async function setExpiry(
  { now, secrets }: UserPorts,
  name: string,
  expiresAt: number | null,
): Promise<void> {
  checkName(name);
  checkExpiry(expiresAt, now());
  return told(async () => {
    const user = (await secrets.list()).users.find((one) => one.name === name);
    if (!user) throw unknown(name);
    let { version: known, rotatedAt } = user;
    let secret = await secrets.read(name, known);
    for (let attempt = 0; secret && attempt < expiryTriesMax; attempt++) {
      const { ownKey } = user;
      const version = await secrets.replace(name, { ...secret, ownKey, rotatedAt, expiresAt });
      if (version === null) throw unknown(name);
      if (version === known + 1) return;
      known = version;
      const lost = await secrets.read(name, version - 1);
      if (lost?.password !== secret.password) rotatedAt = now();
      secret = lost;
    }
    throw new UserError('busy', `${name} was changed again and again meanwhile; try again.`);
  });
}

function alreadyThere(name: string): UserError {
  return new UserError(
    'exists',
    `There is a user ${name} already. If you have just added them and seen no password, rotate it.`,
  );
}
