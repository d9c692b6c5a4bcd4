/** Makes passwords and WireGuard's keys, of nothing but cryptographic chance. */
import { createPrivateKey, createPublicKey, randomBytes, randomInt } from 'node:crypto';

/** Lower case and without 0, o, 1, l, i: to be read off a screen and typed on a phone. */
export const passwordAlphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** 24 characters of 31 are 118 bits; with their hyphens 29, since some routers cut after 32. */
const groups = 6;
const groupChars = 4;

/** Like `k7mq-x2np-…`. */
export function makePassword(): string {
  // randomInt rejects what would favour some characters.
  const char = () => passwordAlphabet[randomInt(passwordAlphabet.length)];
  const group = () => Array.from({ length: groupChars }, char).join('');
  return Array.from({ length: groups }, group).join('-');
}

/** In base64, as WireGuard's own tools have them. */
export interface KeyPair {
  privateKey: string;
  publicKey: string;
}

const keyBytes = 32;

export function makeKeyPair(): KeyPair {
  const bytes = randomBytes(keyBytes);
  // As `wg genkey` does, so that what a server shows is what was made (RFC 7748, section 5).
  bytes.writeUInt8(bytes.readUInt8(0) & 248, 0);
  bytes.writeUInt8((bytes.readUInt8(keyBytes - 1) & 127) | 64, keyBytes - 1);
  const privateKey = bytes.toString('base64');
  return { privateKey, publicKey: toPublicKey(privateKey) };
}

export function makePresharedKey(): string {
  return randomBytes(keyBytes).toString('base64');
}

/** What PKCS #8 puts before the 32 bytes of an X25519 private key, and X.509 before those of a public one (RFC 8410). */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** As `wg pubkey` does. */
export function toPublicKey(privateKey: string): string {
  const key = Buffer.concat([privatePrefix, Buffer.from(privateKey, 'base64')]);
  const pkcs8 = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(pkcs8).export({ format: 'der', type: 'spki' });
  return spki.subarray(-keyBytes).toString('base64');
}
