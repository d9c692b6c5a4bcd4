/** Which texts are addresses, and which addresses a name may point to. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AddressKind, toAddress, toKind } from '../../shared/dyndns/address.ts';

test.each([
  ['203.0.113.7', { type: 'A', value: '203.0.113.7' }],
  ['2001:DB8:0:0:0:0:0:1', { type: 'AAAA', value: '2001:db8::1' }],
  ['::ffff:203.0.113.7', { type: 'A', value: '203.0.113.7' }],
  ['::FFFF:CB00:7107', { type: 'A', value: '203.0.113.7' }],
  ['::', { type: 'AAAA', value: '::' }],
])('%s is an address', (text, address) => {
  expect(toAddress(text)).toEqual(address);
});

test.each([
  '',
  ' 203.0.113.7',
  '203.0.113.07',
  '203.0.113',
  '203.0.113.256',
  '203.0.113.7.9',
  '203.0.113.7:80',
  '3405803783',
  '0xcb.0.0x71.7',
  '２03.0.113.7',
  '2001:db8::1::2',
  '2001:db8::/64',
  'fe80::1%eth0',
  '[2001:db8::1]',
  '2001:db8:::1',
  'home.example.org',
  '<ipaddr>',
])('"%s" is none', (text) => {
  expect(toAddress(text)).toBeNull();
});

test.each<[AddressKind, string[]]>([
  ['public', ['8.8.8.8', '100.63.255.255', '172.32.0.1', '192.0.3.1', '2a00:1450::1', '2600::']],
  ['private', ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00::1']],
  [
    'documentation',
    ['192.0.2.2', '198.51.100.7', '203.0.113.7', '2001:db8::7', '3fff:fff:ffff::1'],
  ],
  // Where the VPN's name is parked, and what homes are parked on.
  ['special', ['192.0.2.1', '100::1']],
  ['special', ['0.0.0.0', '127.0.0.1', '169.254.169.254', '198.18.0.1', '192.88.99.1']],
  ['special', ['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255']],
  ['special', ['::', '::1', 'fe80::1', 'ff02::1', 'fec0::1', '64:ff9b::808:808', '4000::1']],
  // 6to4 of 10.0.0.1, and Teredo.
  ['special', ['2002:a00:1::1', '2001:0:a00:1::1']],
])('%s: %j', (kind, texts) => {
  expect(texts.map((text) => [text, toKindOf(text)])).toEqual(texts.map((text) => [text, kind]));
});

test('whatever is an address keeps its form when it is read again', () => {
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(addresses, (text) => {
      const address = toAddress(text);
      expect(address).not.toBeNull();
      expect(toAddress(address?.value ?? '')).toEqual(address);
    }),
  );
});

test('an IPv4 address is of the same kind when it comes mapped into IPv6', () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      expect(toKindOf(`::ffff:${text}`)).toBe(toKindOf(text));
    }),
  );
});

test('no text is too odd to read', () => {
  const odd = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef:./%'.split('')) }),
  );
  fc.assert(
    fc.property(odd, (text) => {
      const address = toAddress(text);
      if (address) expect(toKind(address)).toMatch(/^(public|private|documentation|special)$/);
    }),
  );
});

function toKindOf(text: string): AddressKind | null {
  const address = toAddress(text);
  return address && toKind(address);
}
