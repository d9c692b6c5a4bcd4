/** What an adoption will do, by what was found: whom it takes, whom not and why, and what has to be done first. */
import { describe, expect, it, test } from 'vitest';
import type { Pieces } from '../../scripts/vpn/adopt/pieces.ts';
import { type Seen, toAdoption, toQuoted } from '../../scripts/vpn/adopt/plan.ts';

const ann = { user: 'ann', password: 'correct-horse-battery', line: 1, addresses: [], options: [] };
const pieces: Pieces = {
  files: ['chap-secrets'],
  server: 'pptpd',
  logins: [ann],
  left: [],
  pptpd: { localip: null, remoteip: null, options: null },
  dns: [],
  names: [],
};
const request = {
  id: 'sir-1a2b3c4d',
  isPersistent: true,
  isOpen: true,
  limit: '0.02',
  type: 't1.micro',
  imageId: 'ami-0abc',
  serverId: 'i-0abc',
};
const seen: Seen = {
  name: 'vpn.example.org',
  protocols: ['pptp', 'wireguard'],
  cap: 0.0052,
  users: [],
  isOn: false,
  hasImage: true,
  request: null,
  others: [],
  image: null,
};

const of = (found: Partial<Pieces>, known: Partial<Seen> = {}, ends = false) =>
  toAdoption({ ...pieces, ...found }, { ...seen, ...known }, ends);

it('takes a user with the password that they have', () => {
  const ended = { waits: false, cancels: null, ends: null };
  const nothing = { here: [], left: [], launches: null, turnsOn: false, ...ended };
  const { notes, ...adoption } = of({});
  expect(adoption).toEqual({
    adds: [{ user: 'ann', password: 'correct-horse-battery', remarks: [] }],
    ...nothing,
  });
  expect(notes).toHaveLength(1);
});

it('leaves who is a user already as they are', () => {
  expect(of({}, { users: ['ann'] })).toMatchObject({ adds: [], here: ['ann'] });
});

test.each<[what: string, login: Partial<typeof ann>, remark: RegExp]>([
  ['a weak password', { password: 'osvCylQX' }, /^weak: 8 characters, 45 bits at most; vpn rotate/],
  ['a fixed address', { addresses: ['10.40.1.21'] as never[] }, /^had 10\.40\.1\.21, and gets any/],
  ['options of their own', { options: ['mtu', '1400'] as never[] }, /^had options of its own/],
])('keeps and names %s', (_, login, remark) => {
  const { adds } = of({ logins: [{ ...ann, ...login }] });
  expect(adds).toEqual([expect.objectContaining({ remarks: [expect.stringMatching(remark)] })]);
});

test.each<[what: string, login: Partial<typeof ann>, why: RegExp]>([
  [
    'a short password',
    { password: 'secret' },
    /^line 1, ann: A password has 8 to 63 characters\. Make/,
  ],
  ['an empty one', { password: '' }, /8 to 63 characters/],
  ['other letters', { password: 'pässwörter' }, /signs of a US keyboard only/],
  ['one that names a file', { password: '@/etc/secret' }, /does not begin with @/],
  ['a name in capitals', { user: 'Ann' }, /^line 1, Ann: A user name is 1 to 20 of a-z/],
  ['a domain', { user: 'work\\ann' }, /^line 1, "work\\\\ann": A user name/],
])('names %s, and goes on without', (_, login, why) => {
  const bob = { ...ann, user: 'bob', line: 2 };
  const { adds, left } = of({ logins: [{ ...ann, ...login }, bob] });
  expect(adds.map(({ user }) => user)).toEqual(['bob']);
  expect(left).toEqual([expect.stringMatching(why)]);
});

it('tells no password, whatever is wrong with it', () => {
  const logins = ['sEcret', '@/sEcret/file', 'sEcret sEcret '].map((password, line) => ({
    ...ann,
    user: `u${line}`,
    password,
    line,
  }));
  expect(JSON.stringify({ ...of({ logins }), adds: [] })).not.toContain('sEcret');
});

describe('the old request', () => {
  it('is cancelled after the VPN is turned on', () => {
    expect(of({}, { request })).toMatchObject({ turnsOn: true, cancels: request.id, ends: null });
    expect(of({}, { request, isOn: true })).toMatchObject({ turnsOn: false });
  });

  it('has its server ended too if that is asked for, and alive', () => {
    expect(of({}, { request }, true)).toMatchObject({ ends: 'i-0abc' });
    expect(of({}, { request: { ...request, serverId: null } }, true)).toMatchObject({ ends: null });
  });

  it('that is cancelled is not cancelled again', () => {
    const over = { ...request, isOpen: false };
    expect(of({}, { request: over }, true)).toMatchObject({ cancels: null, ends: 'i-0abc' });
  });

  it('whose server is ended turns nothing on that was turned off since', () => {
    const over = { ...request, isOpen: false };
    const off = of({}, { request: over, hasImage: false }, true);
    expect(off).toMatchObject({ turnsOn: false, waits: false, ends: 'i-0abc' });
    expect(of({}, { request: over, isOn: true }, true)).toMatchObject({ waits: true });
  });

  it('has its image launched if that is one of ours, and there is no other', () => {
    const image = { id: 'ami-0abc', isOurs: true };
    const first = of({}, { request, image, hasImage: false });
    expect(first).toMatchObject({ launches: 'ami-0abc', turnsOn: true, cancels: request.id });
    expect(of({}, { request, image })).toMatchObject({ launches: null });
  });

  it('that nobody has named is told, and left alone', () => {
    const { cancels, notes } = of({}, { others: [request] });
    expect(cancels).toBeNull();
    expect(notes).toContainEqual(
      "There is a persistent spot request sir-1a2b3c4d (t1.micro at most $0.02 an hour, ami-0abc). If it is the old VPN's, name it: --request sir-1a2b3c4d",
    );
  });
});

describe('first', () => {
  test.each<[what: string, known: Partial<Seen>, ends: boolean, says: RegExp]>([
    [
      'PPTP is a protocol',
      { protocols: ['wireguard'] },
      false,
      /add it to protocols .* "vpn deploy"/,
    ],
    ['an image is baked', { request, hasImage: false }, false, /do "vpn bake" first/],
    ['a request is named', {}, true, /--end-server needs --request/],
    ['which is persistent', { request: { ...request, isPersistent: false } }, false, /one-time/],
    [
      'and there is room',
      { users: Array.from({ length: 31 }, (_, i) => `u${i}`) },
      false,
      /room for 0 more/,
    ],
  ])('%s', (_, known, ends, says) => {
    expect(() => of({}, known, ends)).toThrow(says);
  });
});

describe('what is different from then on', () => {
  const named = (host: string, server: string | null = null) => ({
    names: [{ host, protocol: 'dyndns2', server }],
  });

  test.each<[what: string, found: Partial<Pieces>, known: Partial<Seen>, note: RegExp]>([
    ['a name that stays', named('vpn.example.org'), {}, /^The name stays vpn\.example\.org/],
    ['a name in the same zone', named('old.example.org'), {}, /put it as name into perennial\.yml/],
    [
      'a name elsewhere',
      named('me.dyndns.org', 'members.dyndns.org'),
      {},
      /members\.dyndns\.org keeps: tell them vpn\.example\.org, or make it an alias \(CNAME\)/,
    ],
    ['no name at all', {}, {}, /^Devices connect to vpn\.example\.org from now on/],
    [
      'another net',
      { pptpd: { localip: '192.168.0.1', remoteip: '192.168.0.234-238', options: null } },
      {},
      /10\.40\.1\.20-50 instead of 192\.168\.0\.234-238/,
    ],
    [
      'fewer addresses',
      { pptpd: { localip: null, remoteip: '10.40.1.2-200', options: null } },
      {},
      /^31 can be connected at a time, not 199/,
    ],
    ['other servers of names', { dns: ['172.16.0.23'] }, {}, /instead of 172\.16\.0\.23/],
    ['another limit', {}, { request }, /^The old limit for spot was \$0\.02 an hour; .* \$0\.0052/],
    [
      'an image without an agent',
      {},
      { image: { id: 'ami-0abc', isOurs: false } },
      /passwords in it.*deregister-image --image-id ami-0abc/,
    ],
  ])('%s', (_, found, known, note) => {
    expect(of(found, known).notes).toContainEqual(expect.stringMatching(note));
  });

  it('the how-to’s own net and servers of names are not', () => {
    const pptpd = { localip: '10.40.1.1', remoteip: '10.40.1.20-50', options: null };
    const { notes } = of({ pptpd, dns: ['8.8.8.8', '8.8.4.4'], ...named('vpn.example.org') });
    expect(notes).toEqual(['The name stays vpn.example.org: devices need not be told.']);
  });
});

test.each([
  ['10.40.1.20-50', '10.40.1.20-50'],
  ['\x1b]0;gone\x07', '"\\u001b]0;gone\\u0007"'],
  ['a\u202eb', '"a\\u202eb"'],
  ['x'.repeat(60), `"${'x'.repeat(40)}…"`],
])('%j is shown as %s', (text, shown) => {
  expect(toQuoted(text)).toBe(shown);
});
