/** Passwords have the chance that they promise, and WireGuard's keys are what `wg` would make. */
import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  makeKeyPair,
  makePassword,
  makePresharedKey,
  passwordAlphabet,
  toPublicKey,
} from '../../shared/users/credentials.ts';
import { checkPassword, checkPublicKey } from '../../shared/users/rules.ts';

const many = Array.from({ length: 4_000 }, makePassword);
const toChars = (password: string) => password.replaceAll('-', '');

test('a password has at least 100 bits, in groups that can be read and typed', () => {
  expect(new Set(passwordAlphabet).size).toBe(passwordAlphabet.length);
  expect(passwordAlphabet).not.toMatch(/[^a-z0-9]|[0o1li]/);
  const group = `[${passwordAlphabet}]{4}`;
  const form = new RegExp(`^${group}(-${group}){5}$`);
  expect(many.filter((password) => !form.test(password))).toEqual([]);
  expect(24 * Math.log2(passwordAlphabet.length)).toBeGreaterThan(100);
  for (const password of many) checkPassword(password);
});

test('no password comes twice', () => {
  expect(new Set(many).size).toBe(many.length);
});

/** Of 30 degrees of freedom: even chance passes it once in three hundred million times. */
const chiSquaredMax = 100;

function toChiSquared(chars: string): number {
  const expected = chars.length / passwordAlphabet.length;
  const deviations = passwordAlphabet
    .split('')
    .map((char) => (chars.split(char).length - 1 - expected) ** 2 / expected);
  return deviations.reduce((sum, deviation) => sum + deviation, 0);
}

test('every character is as likely as every other, on the whole and wherever it stands', () => {
  const all = many.map(toChars);
  expect(toChiSquared(all.join(''))).toBeLessThan(chiSquaredMax);
  for (let place = 0; place < 24; place++) {
    const chars = all.map((password) => password.charAt(place)).join('');
    expect(toChiSquared(chars), `at place ${place}`).toBeLessThan(chiSquaredMax);
  }
});

test('a character says nothing about the next one', () => {
  const alphabet = passwordAlphabet.length;
  const pairs = Array.from({ length: alphabet ** 2 }, () => 0);
  for (const password of many) {
    const chars = toChars(password)
      .split('')
      .map((char) => passwordAlphabet.indexOf(char));
    for (let at = 0; at + 1 < chars.length; at += 2) {
      const pair = (chars[at] ?? 0) * alphabet + (chars[at + 1] ?? 0);
      pairs[pair] = (pairs[pair] ?? 0) + 1;
    }
  }
  const expected = (many.length * 12) / pairs.length;
  const chiSquared = pairs.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 960 degrees of freedom: 960 and five and a half times the deviation of 44.
  expect(chiSquared).toBeLessThan(1_202);
});

// RFC 7748, section 6.1.
test.each([
  [
    '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
    '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
  ],
  [
    '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
    'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  ],
])('the private key %s has its public one', (privateKey, publicKey) => {
  const toBase64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
  expect(toPublicKey(toBase64(privateKey))).toBe(toBase64(publicKey));
});

test('a key pair belongs together, and is as wg makes it', () => {
  for (let count = 0; count < 100; count++) {
    const { privateKey, publicKey } = makeKeyPair();
    checkPublicKey(publicKey, []);
    const bytes = Buffer.from(privateKey, 'base64');
    expect(bytes).toHaveLength(32);
    expect((bytes[0] ?? 1) & 7).toBe(0);
    expect((bytes[31] ?? 0) >> 6).toBe(1);
    expect(toPublicKey(privateKey)).toBe(publicKey);
  }
});

test('two of them agree on a secret', () => {
  const [ann, bob] = [makeKeyPair(), makeKeyPair()];
  const secretOf = (own: string, other: string) =>
    diffieHellman({
      privateKey: createPrivateKey({
        key: toDer('302e020100300506032b656e04220420', own),
        format: 'der',
        type: 'pkcs8',
      }),
      publicKey: createPublicKey({
        key: toDer('302a300506032b656e032100', other),
        format: 'der',
        type: 'spki',
      }),
    });
  expect(secretOf(ann.privateKey, bob.publicKey)).toEqual(secretOf(bob.privateKey, ann.publicKey));
});

test('a preshared key is 32 bytes of its own', () => {
  const keys = Array.from({ length: 100 }, makePresharedKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => Buffer.from(key, 'base64').length !== 32)).toEqual([]);
});

function toDer(prefix: string, key: string): Buffer {
  return Buffer.concat([Buffer.from(prefix, 'hex'), Buffer.from(key, 'base64')]);
}
