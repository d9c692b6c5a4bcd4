/** New secrets for a user, or for all: written to Parameter Store, from where the loop brings them to the servers. */
import type { User } from '../core/users.ts';
import type { UserSecret } from '../ports.ts';
import { takeAddress } from './addresses.ts';
import type { UserPorts } from './commands.ts';
import { type KeyPair, makeKeyPair, makePassword, makePresharedKey } from './credentials.ts';
import { told, UserError, unknown } from './errors.ts';
import { checkGrace, checkName } from './rules.ts';
import { ensureServerKey } from './server-key.ts';
import { type Shown, toShown } from './shown.ts';

export interface Rotation {
  /** `scheduled` leaves the key pair as it is: nobody is there to take a new private key. */
  only?: 'scheduled';
  /** Whole minutes in which servers still go on with what was; 0, the usual, ends sessions at once. */
  graceMinutes?: number;
}

/** Throws a UserError, with `says` for the person, if it can't be. */
export async function rotateUser(
  ports: UserPorts,
  name: string,
  rotation: Rotation = {},
): Promise<Shown> {
  checkName(name);
  checkGrace(rotation.graceMinutes ?? 0);
  return told(async () => {
    const { users, serverKey } = await ports.secrets.list();
    const user = users.find((one) => one.name === name);
    if (!user) throw unknown(name);
    const serverPublicKey = serverKey?.publicKey ?? (await ensureServerKey(ports.secrets));
    return rotate(ports, user, users, serverPublicKey, rotation);
  });
}

export interface Rotated {
  rotated: Shown[];
  /** Those who keep what they had, each with the reason. */
  failed: { user: string; says: string }[];
}

/** One after the other, and to the end: what was made of some can't be shown again. */
export async function rotateAll(ports: UserPorts, rotation: Rotation = {}): Promise<Rotated> {
  checkGrace(rotation.graceMinutes ?? 0);
  return told(async () => {
    const { users, serverKey } = await ports.secrets.list();
    const serverPublicKey = serverKey?.publicKey ?? (await ensureServerKey(ports.secrets));
    const result: Rotated = { rotated: [], failed: [] };
    for (const user of users) {
      try {
        const shown = await told(() => rotate(ports, user, users, serverPublicKey, rotation));
        result.rotated.push(shown);
      } catch (error) {
        result.failed.push({ user: user.name, says: toReason(error) });
      }
    }
    return result;
  });
}

function toReason(error: unknown): string {
  if (error instanceof UserError) return error.says;
  const what = error instanceof Error ? error.name : 'unknown error';
  return `Nothing is changed for them (${what}); rotate them again.`;
}

async function rotate(
  { now, secrets }: UserPorts,
  user: User,
  users: User[],
  serverPublicKey: string,
  { only, graceMinutes = 0 }: Rotation,
): Promise<Shown> {
  const { name, ownKey, expiresAt } = user;
  const keys = toKeys(user, only);
  const secret: UserSecret = {
    password: makePassword(),
    presharedKey: makePresharedKey(),
    publicKey: keys.publicKey,
    address: user.address ?? (await takeAddress(secrets, name, users)),
    ownKey,
    rotatedAt: now(),
    expiresAt,
    old: toOld(user, now(), graceMinutes),
  };
  const version = await secrets.replace(name, secret);
  if (version === null) throw unknown(name);
  // Another's write since our look is written over: perhaps other secrets, perhaps an expiry.
  if (version !== user.version + 1) throw overtaken(name);
  return toShown(name, version, secret, serverPublicKey, keys.privateKey);
}

function overtaken(name: string): UserError {
  return new UserError(
    'overtaken',
    `${name} was changed by somebody else at the same moment. Look at their expiry, and rotate them again.`,
  );
}

function toKeys(
  { ownKey, publicKey }: User,
  only: Rotation['only'],
): Omit<KeyPair, 'privateKey'> & { privateKey: string | null } {
  const keeps = ownKey || only === 'scheduled';
  return keeps && publicKey !== null ? { publicKey, privateKey: null } : makeKeyPair();
}

/** Within an earlier grace people still connect with what was before that. */
function toOld({ version, old }: User, now: number, graceMinutes: number): UserSecret['old'] {
  if (graceMinutes === 0) return null;
  const inForce = old && now < old.until ? old.version : version;
  return { version: inForce, until: now + graceMinutes * 60_000 };
}
