/** The API's token: 256 bits of chance, of which only a salted hash is kept. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenHash } from '../api-ports.ts';

/**
 * The token is shown to its owner once. It can't be guessed, so the hash need not be a slow one: it only keeps those
 * who read the parameter from using the token.
 */
export function newToken(): { token: string; stored: TokenHash } {
  const token = randomBytes(32).toString('base64url');
  const salt = randomBytes(16).toString('base64url');
  return { token, stored: { salt, hash: toHash(token, salt).toString('base64url') } };
}

/** In the same time whatever is wrong with it. */
export function isToken(given: string, { salt, hash }: TokenHash): boolean {
  const known = Buffer.from(hash, 'base64url');
  const found = toHash(given, salt);
  return known.byteLength === found.byteLength && timingSafeEqual(known, found);
}

function toHash(token: string, salt: string): Buffer {
  return createHash('sha256').update(salt).update(token).digest();
}
