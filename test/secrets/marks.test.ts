/** A secret is found however it is written, and nothing else is taken for one. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  makeKeyPair,
  makePassword,
  makePresharedKey,
  passwordAlphabet,
} from '../../shared/users/credentials.ts';
import { toFind } from './marks.ts';

const secrets = [
  makePassword(),
  makePresharedKey(),
  makeKeyPair().privateKey,
  'a"b\\c/d+e=f and g',
];
const bytes = (text: string) => Buffer.from(text);

const ways: [way: string, write: (secret: string) => string][] = [
  ['in a sentence', (secret) => `the password is ${secret}.`],
  ['in JSON', (secret) => JSON.stringify({ secret })],
  ['in JSON in JSON', (secret) => JSON.stringify({ body: JSON.stringify({ secret }) })],
  ['in a URL', (secret) => `https://example.org/?secret=${encodeURIComponent(secret)}`],
  ['in a login', (secret) => `Basic ${bytes(`a:${secret}`).toString('base64')}`],
  ['in another login', (secret) => `Basic ${bytes(`ab:${secret}`).toString('base64')}`],
  ['in a third', (secret) => `Basic ${bytes(`abc:${secret} `).toString('base64')}`],
  ['in base64url', (secret) => bytes(`{"secret":"${secret}"}`).toString('base64url')],
  ['in hex', (secret) => bytes(`xy${secret}`).toString('hex')],
  ['cut off', (secret) => `received "${secret.slice(0, 12)}…"`],
  ['without its beginning', (secret) => `…${secret.slice(-12)}`],
  ['backwards', (secret) => Array.from(secret).reverse().join('')],
];

test.each(ways)('%s', (_, write) => {
  for (const secret of secrets) {
    const find = toFind([{ what: 'it', secret }]);
    expect(find(write(secret)), secret).not.toEqual([]);
    expect(find(write(secret), [secret])).toEqual([]);
    expect(find(write(makePassword()))).toEqual([]);
  }
});

test("a key's bytes are found too", () => {
  const secret = makePresharedKey();
  const find = toFind([{ what: 'it', secret }]);
  for (const encoding of ['hex', 'base64url'] as const)
    expect(find(Buffer.from(secret, 'base64').toString(encoding))).not.toEqual([]);
});

test('what has only its letters is none', () => {
  const find = toFind([{ what: 'it', secret: makePassword() }]);
  expect(find(passwordAlphabet.repeat(100))).toEqual([]);
  expect(find(gzipSync(bytes('nothing')).toString('base64'))).toEqual([]);
});
