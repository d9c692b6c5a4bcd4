/** The files of a server of one's own: as the how-to leaves them, in their places or copied, and hostile ones. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { toLogins } from '../../scripts/vpn/adopt/chap-secrets.ts';
import { readDdclientConf } from '../../scripts/vpn/adopt/ddclient-conf.ts';
import { readPieces } from '../../scripts/vpn/adopt/pieces.ts';
import { countAddresses } from '../../scripts/vpn/adopt/pptpd-conf.ts';

const howTo = 'test/fixtures/how-to';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perennial-pieces-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const expected = {
  server: 'pptpd',
  logins: [
    { user: 'user01', password: 'osvCylQX', line: 3 },
    { user: 'user02', password: 'TIRUssa3', line: 4 },
    { user: 'user03', password: 'nJ6ljIBf', line: 5 },
  ],
  left: [],
  pptpd: { localip: '10.40.1.1', remoteip: '10.40.1.20-50', options: '/etc/ppp/pptpd-options' },
  dns: ['8.8.8.8', '8.8.4.4', '172.16.0.23'],
  names: [{ host: 'hostname.dyndns.example', protocol: 'dyndns2', server: 'members.dyndns.org' }],
};

describe('the how-to’s own', () => {
  it('are found in their places', () => {
    expect(readPieces(howTo)).toMatchObject(expected);
    expect(readPieces(howTo).files).toHaveLength(4);
  });

  it('are found side by side', () => {
    for (const path of ['ppp/chap-secrets', 'pptpd.conf', 'ppp/pptpd-options', 'ddclient.conf'])
      copyFileSync(join(howTo, 'etc', path), join(folder, path.split('/').at(-1) ?? ''));
    expect(readPieces(folder)).toMatchObject(expected);
  });
});

const put = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text);

it('needs chap-secrets alone', () => {
  put('chap-secrets', 'ann pptpd secret *');
  expect(readPieces(folder)).toMatchObject({
    server: 'pptpd',
    logins: [{ user: 'ann' }],
    pptpd: { localip: null, remoteip: null },
    names: [],
  });
});

it('knows the server by the name that pppd is told', () => {
  put('pptpd.conf', 'option /etc/ppp/mine\n');
  put('mine', 'name "my server"\n');
  put('chap-secrets', 'ann "my server" secret *\nbob pptpd secret *\n');
  expect(readPieces(folder)).toMatchObject({
    server: 'my server',
    logins: [{ user: 'ann' }],
    left: [{ line: 2, why: 'it is not for the server "my server"' }],
  });
});

describe('what is no such file', () => {
  it('is missing', () => {
    expect(() => readPieces(folder)).toThrow(/no etc\/ppp\/chap-secrets in .* copy it/);
  });

  it('is too large', () => {
    put('chap-secrets', Buffer.alloc(256 * 1_024 + 1, 'a b c *\n'));
    expect(() => readPieces(folder)).toThrow(/more than 256 KB/);
  });

  it('is a folder', () => {
    mkdirSync(join(folder, 'chap-secrets'));
    expect(() => readPieces(folder)).toThrow(/is no file/);
  });

  it('is a pipe, for which nobody waits', () => {
    execFileSync('mkfifo', [join(folder, 'chap-secrets')]);
    expect(() => readPieces(folder)).toThrow(/is no file/);
  });

  it('never ends', () => {
    symlinkSync('/dev/zero', join(folder, 'chap-secrets'));
    expect(() => readPieces(folder)).toThrow(/is no file/);
  });

  it('is looked for below the folder only', () => {
    mkdirSync(join(folder, 'server'));
    put('elsewhere', 'name stolen\n');
    put('server/chap-secrets', 'ann pptpd secret *');
    put('server/pptpd.conf', 'option ../../elsewhere\n');
    expect(readPieces(join(folder, 'server')).server).toBe('pptpd');
  });
});

it('comes to an end with whatever stands there, and takes no more than there is', () => {
  const signs = 'ab"\'\\#*@/-\n\t x0='.split('');
  const noise = fc.string({ unit: fc.constantFrom(...signs), maxLength: 400 });
  fc.assert(
    fc.property(noise, (text) => {
      const { logins, left } = toLogins(text, 'a');
      expect(logins.length + left.length).toBeLessThanOrEqual(text.split('\n').length);
      readDdclientConf(text);
    }),
    { seed: 7, numRuns: 2_000 },
  );
});

describe('ddclient.conf', () => {
  const hosts = (text: string) => readDdclientConf(text).map(({ host }) => host);

  test.each<[why: string, text: string, names: string[]]>([
    ['hosts with commas', 'a.example.org, b.example.org\n', ['a.example.org', 'b.example.org']],
    [
      'one line that goes on, as Debian’s package writes it',
      "protocol=dyndns2 \\\nuse=web \\\nserver=members.dyndns.org \\\nlogin=me \\\npassword='p#w' \\\nhome.example.org\n",
      ['home.example.org'],
    ],
    ['a host as a value', 'host=a.example.org\n', ['a.example.org']],
    ['login and password behind a host', 'a.example.org me secret\n', ['a.example.org']],
    ['small letters', 'Home.Example.ORG\n', ['home.example.org']],
    ['quotes with blanks', "web-skip='IP Address' a.example.org\n", ['a.example.org']],
    ['nothing but values', 'daemon=300\n# a.example.org\n', []],
  ])('%s', (_, text, names) => {
    expect(hosts(text)).toEqual(names);
  });

  it('has values of a line for its hosts alone, and others for all below', () => {
    const text =
      'protocol=dyndns2\nserver=one.example\na.example.org\nserver=two.example b.example.org\nc.example.org\n';
    expect(readDdclientConf(text).map(({ server }) => server)).toEqual([
      'one.example',
      'two.example',
      'one.example',
    ]);
  });

  it('lets nothing of a password out', () => {
    const text = "login=me\npassword='p, h0st.example.org #x'\npassword = q\na.example.org\n";
    expect(hosts(text)).toEqual(['a.example.org']);
  });
});

test.each([
  ['10.40.1.20-50', 31],
  ['192.168.0.234-238,192.168.0.245', 6],
  ['10.0.0.1', 1],
  ['10.0.0.9-3', null],
  ['10.0.0.1-999', null],
  ['nonsense', null],
])('%s are %s addresses', (remoteip, count) => {
  expect(countAddresses(remoteip)).toBe(count);
});
