/** `install.sh` says what is wrong before it does anything; and shellcheck finds nothing in any of the scripts. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'perennial-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test('shellcheck is content', () => {
  const scripts = [
    'image/install.sh',
    'image/etc/ppp/ip-up.d/perennial',
    'image/etc/ppp/ip-down.d/perennial',
  ];
  expect(run('shellcheck', '-x', '-a', ...scripts)).toEqual({ status: 0, output: '' });
});

test('--help tells of every option', () => {
  const { status, output } = run('image/install.sh', '--help');
  expect(status).toBe(0);
  for (const option of ['--bake', '--home', '--check', '--uninstall', '--no-start', '--ddns-host'])
    expect(output).toContain(option);
});

const sum = 'a'.repeat(64);
const ddns = '--home --ddns-server api.example.org --ddns-host vpn.example.org --ddns-login home';

test.each([
  ['', 'Say --bake or --home; see --help.'],
  ['--bake --home', 'Only one of --bake and --home.'],
  ['--home --colour', 'There is no option --colour; see --help.'],
  ['--home --protocols', '--protocols needs a value.'],
  ['--home --protocols l2tp', '--protocols l2tp is none of pptp, wireguard and pptp,wireguard.'],
  ['--bake', '--bake needs --ssm-agent latest, VERSION:SHA256, or --without-ssm-agent.'],
  [
    '--bake --ssm-agent 3.3.1.0',
    '--bake needs --ssm-agent latest, VERSION:SHA256, or --without-ssm-agent.',
  ],
  ['--bake --ssm-agent latest', '--ssm-agent needs --region REGION.'],
  [`--bake --ssm-agent 3.3.1.0:${sum}`, '--ssm-agent needs --region REGION.'],
  [`--bake --ssm-agent 3.3.1.0:${sum} --region us`, '--ssm-agent needs --region REGION.'],
  ['--home --users /no/such/file', "/no/such/file can't be read."],
  ['--bake --without-ssm-agent --ddns-host a.b', '--ddns-… go with --home.'],
  ['--home --ddns-host vpn.example.org', '--ddns-server is not the name of a host.'],
  [
    '--home --ddns-server a.b --ddns-host vpn',
    '--ddns-host is not a full name, like vpn.your-domain.org.',
  ],
  [
    '--home --ddns-server a.b --ddns-host a.b --ddns-login a,b',
    '--ddns-login is missing, or has letters that ddclient misreads.',
  ],
  [ddns, '--ddns-password-file is missing or can not be read.'],
])('install.sh %s', (words, sentence) => {
  const args = words.split(' ').filter((word) => word !== '');
  expect(run('image/install.sh', ...args)).toEqual({ status: 2, output: `${sentence}\n` });
});

test.each(["it's", 'a b', 'a\nb', 'a"b', 'a\\b', '', 'a#b'])(
  'the password %j is refused, and not shown',
  (password) => {
    const path = join(folder, 'password');
    writeFileSync(path, `${password}\n`);
    const { status, output } = run(
      'image/install.sh',
      ...ddns.split(' '),
      '--ddns-password-file',
      path,
    );
    expect(status).toBe(2);
    expect(output).toBe(
      `The password in ${path} is not one line of letters, digits and . _ ~ + / = -.\n`,
    );
  },
);
