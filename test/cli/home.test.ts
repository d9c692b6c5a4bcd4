/** Homes as a person handles them: logins are made, shown once, listed without passwords, and taken away. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { homeClients } from '../../scripts/vpn/words/home.ts';
import { admits, readCredential } from '../../shared/dyndns/credential.ts';
import { cabin, home } from '../dyndns/house.ts';
import { root } from '../scripts/cli.ts';
import { type CliStage, setCliStage } from './stage.ts';

let stage: CliStage;
let config: string;
beforeAll(async () => {
  stage = await setCliStage();
  config = join(stage.home, 'perennial.yml');
  writeFileSync(config, `home: ${home},${cabin}\n`);
});
afterAll(() => stage.stop());

interface Made {
  hosts: string[];
  server: string;
  user: string;
  password: string;
}

const vpn = (line: string) => stage.vpn(`--local --config ${config} ${line}`);
const ask = <T>(line: string) => stage.ask<T>(`--config ${config} ${line}`);
const isLetIn = (host: string, user: string, password: string) => {
  const parameter = stage.aws.world.parameters.get(`/perennial/home/dyndns/${host}`);
  return admits(readCredential(parameter?.versions.at(-1)?.value), { user, password });
};

test('a login is shown once, and moves the names it was made for', async () => {
  const { hosts, server, user, password } = await ask<Made>(`home add ${home}`);
  expect([hosts, server, user]).toEqual([[home], new URL(stage.aws.api.url).host, 'home']);
  expect(isLetIn(home, user, password)).toBe(true);
  expect(isLetIn(cabin, user, password)).toBe(false);
  const { stdout } = await vpn('home');
  expect(stdout).toMatch(/^name .*\nhome\.example\.org +home\ncabin\.example\.org +nobody yet\n$/);
  expect(stdout).not.toContain(password);
});

test('another login takes its place', async () => {
  const before = await ask<Made>(`home add ${home}`);
  const line = `home add ${home} ${cabin} --user router --no-ipv6 --private`;
  const { user, password } = await ask<Made>(line);
  expect(isLetIn(home, before.user, before.password)).toBe(false);
  for (const host of [home, cabin]) expect(isLetIn(host, user, password)).toBe(true);
  expect((await vpn('home')).stdout).toMatch(/home\.example\.org +router +IPv4 only, private\n/);
});

test('it can be a whole configuration, in a file that only its owner can read', async () => {
  const file = join(stage.home, 'ddclient.conf');
  const { code, stdout } = await vpn(`home add ${home} ${cabin} --for ddclient --out ${file}`);
  expect([code, stdout]).toEqual([0, `Written, readable only by you: ${file}\n`]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const conf = readFileSync(file, 'utf8');
  const [, password = ''] = /^password='(.*)'$/m.exec(conf) ?? [];
  expect(isLetIn(cabin, 'home', password)).toBe(true);
  expect(conf).toContain(`\n${home},${cabin}\n`);
  const inadyn = await vpn(`home add ${home} --for inadyn`);
  expect(inadyn.stdout).toMatch(/^ {4}hostname = home\.example\.org$/m);
});

test('it is taken away, once', async () => {
  await ask(`home add ${home}`);
  expect(await ask(`home remove ${home}`)).toEqual({ removed: home });
  const { code, stderr } = await vpn(`home remove ${home}`);
  expect([code, stderr]).toEqual([
    1,
    'vpn: home.example.org has no login; "vpn home" says which name has one.\n',
  ]);
});

test.each([
  ['home add other.example.org', 1, /Write "home: .*,other\.example\.org" into it/],
  ['home add --for ddclient', 2, /missing required argument/],
  [`home add ${home} --out x`, 2, /--out needs --for/],
  [`home add ${home} --for amiga`, 2, /Allowed choices are ddclient, inadyn/],
  [`home add ${home} --user a:b`, 2, /A user is 1 to 64/],
  [`home add ${home} --for ddclient --out /dev/null/x`, 1, /can't be written .* vpn home add home/],
])('%s ends with %i and says why', async (line, code, says) => {
  const ran = await vpn(line);
  expect([ran.code, ran.stdout]).toEqual([code, '']);
  expect(ran.stderr).toMatch(says);
});

test('docs/dyndns.md shows the same configurations', () => {
  const text = readFileSync(join(root, 'docs/dyndns.md'), 'utf8');
  const login = { user: 'home', password: '…' };
  const server = 'a1b2c3.execute-api.us-east-1.amazonaws.com';
  for (const toConf of Object.values(homeClients))
    expect(text).toContain(`\`\`\`\n${toConf({ login, hosts: [home], server })}\`\`\``);
});
