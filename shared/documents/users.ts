/** The JSON documents of users and keys in Parameter Store: the secret value, and the description that anybody may read. */
import * as v from 'valibot';
import type { Secrets, User } from '../core/users.ts';
import type { StoredSecret, UserSecret } from '../ports.ts';
import { time } from './json.ts';

const old = v.nullable(v.object({ version: v.number(), until: time }));
const text = v.nullable(v.string());

const description = v.object({
  publicKey: text,
  address: text,
  ownKey: v.boolean(),
  rotated: time,
  expires: v.nullable(time),
  old,
});

const stored = v.object({
  password: v.string(),
  presharedKey: text,
  publicKey: text,
  address: text,
  old,
});

const keyDescription = v.object({ publicKey: v.string() });

export function writeStored({ password, presharedKey, publicKey, address, old }: StoredSecret) {
  return JSON.stringify({ password, presharedKey, publicKey, address, old: toIsoOld(old) });
}

/** Null if it makes no sense, whose text must not be told. */
export function readStored(json: string | undefined): StoredSecret | null {
  const parsed = v.safeParse(stored, toValue(json));
  return parsed.success ? parsed.output : null;
}

export function writeDescription(secret: UserSecret): string {
  const { publicKey, address, ownKey, rotatedAt, expiresAt } = secret;
  return JSON.stringify({
    publicKey,
    address,
    ownKey,
    rotated: toIso(rotatedAt),
    expires: expiresAt === null ? null : toIso(expiresAt),
    old: toIsoOld(secret.old),
  });
}

/** One whose description somebody has spoilt is a user all the same, who can be rotated or removed. */
export function readUser(
  name: string,
  version: number,
  at: number,
  json: string | undefined,
): User {
  const parsed = v.safeParse(description, toValue(json));
  if (!parsed.success) {
    const nothing = { publicKey: null, address: null, ownKey: false, expiresAt: null, old: null };
    return { name, version, at, rotatedAt: at, ...nothing };
  }
  const { rotated: rotatedAt, expires: expiresAt, ...rest } = parsed.output;
  return { name, version, at, rotatedAt, expiresAt, ...rest };
}

export function writeServerKey(privateKey: string): string {
  return JSON.stringify({ privateKey });
}

export function writeKeyDescription(publicKey: string): string {
  return JSON.stringify({ publicKey });
}

/** Throws if somebody has spoilt it: clients can't do without it, and it is never made anew. */
export function readServerKey(
  version: number,
  json: string | undefined,
): NonNullable<Secrets['serverKey']> {
  const parsed = v.safeParse(keyDescription, toValue(json));
  if (!parsed.success)
    throw new Error(
      'The description of keys/wireguard is spoilt; write back {"publicKey":"…"}, which `wg pubkey` makes of the private key',
    );
  return { version, publicKey: parsed.output.publicKey };
}

function toIsoOld(old: StoredSecret['old']) {
  return old && { version: old.version, until: toIso(old.until) };
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}

function toValue(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}
