/** Reading requests: what real clients send, what odd ones do, and that nothing is too odd to answer. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Refusal, toAsked, type Update } from '../../shared/dyndns/request.ts';
import { type Request, source, toEvent } from './house.ts';
import { recorded } from './recorded.ts';

const login = { user: 'ann', password: 's3cret' };
const read = (query: string, more: Partial<Request> = {}) =>
  toAsked(toEvent({ query, login, ...more }));
const v4 = (value: string) => ({ type: 'A', value });
const v6 = (value: string) => ({ type: 'AAAA', value });
const pointing = (...addresses: object[]) => ({ kind: 'addresses', addresses });

test('what ddclient and inadyn were recorded to send', () => {
  expect(recorded.map((request) => toAsked(toEvent(request)))).toMatchObject([
    {
      login: { user: 'alice', password: 'pw' },
      hosts: ['home.example.org', 'vpn.example.org'],
      wish: pointing(v4('198.51.100.9')),
    },
    { hosts: ['vpn.example.org'], wish: pointing(v4(source)) },
    { hosts: ['vpn.example.org'], wish: pointing(v4('198.51.100.9')) },
    {
      login: { user: 'alice', password: 's3cret pass+&' },
      hosts: ['vpn.example.org'],
      wish: pointing(v4('203.0.113.7')),
    },
    {
      login: { user: 'alice', password: 's3cret' },
      hosts: ['vpn.example.org'],
      wish: pointing(v4('203.0.113.7')),
    },
    { hosts: ['home.example.org'], wish: pointing(v4('203.0.113.7')) },
  ]);
});

describe('hosts', () => {
  test.each([
    ['hostname=home.example.org', ['home.example.org']],
    ['hostname=b.example.org,a.example.org', ['b.example.org', 'a.example.org']],
    ['hostname=a.example.org%2Cb.example.org', ['a.example.org', 'b.example.org']],
    ['hostname=a.example.org&hostname=b.example.org', ['a.example.org', 'b.example.org']],
    ['hostname=,a.example.org,,', ['a.example.org']],
    ['hostname=Home.Example.ORG.', ['home.example.org']],
    ['?hostname=a.example.org', ['a.example.org']],
    [`hostname=${names(20)}`, names(20).split(',')],
    ['hostname=%ff%fe', ['\u{fffd}\u{fffd}']],
  ])('%s', (query, hosts) => {
    expect(read(query)).toMatchObject({ kind: 'update', hosts });
  });
});

describe('addresses', () => {
  const unreadable = { kind: 'unreadable' };
  const own = pointing(v4(source));
  test.each<[string, object]>([
    ['', own],
    ['myip=', own],
    ['myip=,', own],
    ['myip=&myipv6=', own],
    ['wildcard=ON&mx=mail.example.org&backmx=YES&system=dyndns', own],
    ['offline=NO', own],
    ['offline=YES', { kind: 'park' }],
    ['offline=yes&myip=203.0.113.7', { kind: 'park' }],
    ['myip=203.0.113.7', pointing(v4('203.0.113.7'))],
    ['myip=%20203.0.113.7', pointing(v4('203.0.113.7'))],
    ['myip=203.0.113.7,2001:DB8:0::7', pointing(v4('203.0.113.7'), v6('2001:db8::7'))],
    ['myip=203.0.113.7&myipv6=2001:db8::7', pointing(v4('203.0.113.7'), v6('2001:db8::7'))],
    ['myip=2001:db8::7', pointing(v6('2001:db8::7'))],
    ['myipv6=2001%3Adb8%3A%3A7', pointing(v6('2001:db8::7'))],
    ['myip=203.0.113.7,203.0.113.7,::ffff:203.0.113.7', pointing(v4('203.0.113.7'))],
    // A FRITZ!Box's own address, and its network's prefix.
    ['myip=203.0.113.7,2001:db8:1:2::/64', pointing(v4('203.0.113.7'))],
    ['myip=2001:db8:1:2::/64', own],
    ['myip=203.0.113.7,203.0.113.8', unreadable],
    ['myip=2001:db8::7,2001:db8::8', unreadable],
    ['myip=203.0.113.7,oops', unreadable],
    ['myip=<ipaddr>', unreadable],
    ['myip=203.0.113.0/24', unreadable],
    ['myip=203.0.113.7%00', unreadable],
  ])('%s', (query, wish) => {
    expect(read(`hostname=home.example.org&${query}`)).toMatchObject({ kind: 'update', wish });
  });

  test("of IPv6 are the source's too, and a source is a whole network", () => {
    const asked = (from: string) => read('hostname=home.example.org', { from });
    expect(asked('2001:db8:0:1:a:b:c:d')).toMatchObject({
      wish: pointing(v6('2001:db8:0:1:a:b:c:d')),
      from: '2001:db8:0:1::/64',
    });
    expect(asked('2001:db8::9')).toMatchObject({ from: '2001:db8:0:0::/64' });
    expect(asked('203.0.113.7')).toMatchObject({ from: '203.0.113.7' });
    expect(asked('')).toMatchObject({ wish: unreadable, from: 'unknown' });
  });
});

describe('a form', () => {
  const form = 'hostname=home.example.org&myip=203.0.113.7';
  const expected = { hosts: ['home.example.org'], wish: pointing(v4('203.0.113.7')) };
  test.each([
    ['as text', { form }],
    ['in base64, as API Gateway may give it', { form, base64: true }],
  ])('%s', (_, more) => {
    expect(read('', { method: 'POST', ...more })).toMatchObject(expected);
  });

  test('may have half of it in the query', () => {
    const more = { method: 'POST', form: 'myip=203.0.113.7' };
    expect(read('hostname=home.example.org', more)).toMatchObject(expected);
  });
});

describe('refused at once', () => {
  test.each<[Refusal['word'], string, Partial<Request>]>([
    ['notfqdn', 'myip=203.0.113.7', {}],
    ['notfqdn', 'hostname=', {}],
    ['numhost', `hostname=${names(21)}`, {}],
    ['badagent', `hostname=home.example.org&x=${'x'.repeat(9_000)}`, {}],
    ['badagent', '', { method: 'POST', form: `hostname=${'a'.repeat(9_000)}` }],
    ['badagent', 'hostname=home.example.org', { method: 'PUT' }],
    ['badauth', 'hostname=home.example.org', { login: '' }],
    ['badauth', 'hostname=home.example.org', { login: 'Bearer abc' }],
  ])('%s: %.40s %o', (word, query, more) => {
    expect(read(query, more)).toMatchObject({ kind: 'refused', word });
  });
});

describe('a login', () => {
  const encode = (text: string | Uint8Array) => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each([
    ['ann:s3cret', encode('ann:s3cret'), { user: 'ann', password: 's3cret' }],
    ['a colon in the password', encode('ann:a:b:'), { user: 'ann', password: 'a:b:' }],
    ['no password', encode('ann:'), { user: 'ann', password: '' }],
    ['no user', encode(':s3cret'), { user: '', password: 's3cret' }],
    ['UTF-8', encode('änn:säsame🔑'), { user: 'änn', password: 'säsame🔑' }],
    ['other capitals', encode('ann:x').replace('Basic', 'bAsIc'), { user: 'ann', password: 'x' }],
    ['more blanks', encode('ann:x').replace(' ', '   '), { user: 'ann', password: 'x' }],
    ['no padding', 'Basic YW5uOng', { user: 'ann', password: 'x' }],
  ])('%s', (_, header, expected) => {
    expect(read('hostname=a.example.org', { login: header })).toMatchObject({ login: expected });
  });

  test.each([
    ['without a colon', encode('ann')],
    ['of Latin-1, not UTF-8', encode(Buffer.from('änn:x', 'latin1'))],
    ['that is no base64', 'Basic ann:s3cret'],
    ['twice', `${encode('ann:x')},${encode('ann:x')}`],
    ['that is empty', 'Basic '],
    ['without its scheme', Buffer.from('ann:x').toString('base64')],
    ['that is huge', encode(`ann:${'x'.repeat(8_000)}`)],
  ])('%s is none', (_, header) => {
    const answer = read('hostname=a.example.org', { login: header });
    expect(answer).toEqual({
      kind: 'refused',
      word: 'badauth',
      why: 'no readable user and password',
    });
  });

  test('is read as it was written, whatever it is', () => {
    const user = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((s) => !s.includes(':'));
    const password = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(fc.record({ user, password }), (written) => {
        expect(read('hostname=a.example.org', { login: written })).toMatchObject({
          login: written,
        });
      }),
    );
  });
});

test('nothing is too odd to answer', () => {
  const key = fc.constantFrom('hostname', 'myip', 'myipv6', 'offline', 'mx', '');
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.ipV4(), fc.ipV6(), fc.domain());
  const query = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.tuple(key, value)).map((pairs) => pairs.map((pair) => pair.join('=')).join('&')),
    fc.array(fc.tuple(key, value)).map((pairs) => new URLSearchParams(pairs).toString()),
  );
  const requests = fc.record(
    {
      query,
      login: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.base64String().map((text) => `Basic ${text}`),
        fc.constant(login),
      ),
      from: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
      method: fc.constantFrom('GET', 'POST', 'PUT'),
      form: query,
      base64: fc.boolean(),
    },
    { requiredKeys: ['query'] },
  );
  fc.assert(
    fc.property(requests, (request) => {
      const asked = toAsked(toEvent(request));
      if (asked.kind === 'update') expectBounded(asked);
      else expect(asked.word).toMatch(/^(badagent|badauth|notfqdn|numhost)$/);
    }),
    { numRuns: 500 },
  );
});

function expectBounded({ hosts, wish }: Update): void {
  expect(hosts.length).toBeGreaterThan(0);
  expect(hosts.length).toBeLessThanOrEqual(20);
  if (wish.kind !== 'addresses') return;
  expect(wish.addresses.length).toBeGreaterThan(0);
  const types = wish.addresses.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
}

function names(count: number): string {
  return Array.from({ length: count }, (_, index) => `h${index}.example.org`).join(',');
}
