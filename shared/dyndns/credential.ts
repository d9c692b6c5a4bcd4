/** What one host's login must be, and what it may do: kept as a salted hash, never as a password. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import type { Login } from './login.ts';

/** A document in Parameter Store. */
export interface Credential {
  /** For people: the hash has it too. */
  user: string;
  /** Base64. */
  salt: string;
  hash: string;
  /** Whether the name may have an IPv6 address. */
  v6: boolean;
  /** Which addresses beside public ones the name may point to. */
  allow: ('private' | 'documentation')[];
}

const credential = v.object({
  user: v.string(),
  salt: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{22}==$/)),
  hash: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/)),
  v6: v.optional(v.boolean(), true),
  allow: v.optional(v.array(v.picklist(['private', 'documentation'])), []),
});

/** A document that somebody has spoilt lets nobody in. */
export function readCredential(json: string | undefined): Credential | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), credential), json);
  return parsed.success ? parsed.output : null;
}

/** One round is enough: passwords are 128 random bits, which nobody can guess however fast they try. */
export function toHash(salt: string, { user, password }: Login): string {
  return createHmac('sha256', Buffer.from(salt, 'base64'))
    .update(`${user}:${password}`)
    .digest('base64');
}

/** Stands in for a host without credentials, so that its answer takes as long. */
const nobody = { salt: `${'A'.repeat(22)}==`, hash: `${'A'.repeat(43)}=` };

export function admits(known: Credential | null, login: Login): known is Credential {
  const { salt, hash } = known ?? nobody;
  const given = Buffer.from(toHash(salt, login), 'base64');
  return timingSafeEqual(given, Buffer.from(hash, 'base64')) && known !== null;
}
