/** `vpn init` by flags, where nobody can be asked: what it finds out, what it refuses, and what it writes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { addZone } from '../../local/route53.ts';
import { readSettings } from '../../scripts/vpn/settings.ts';
import { type CliStage, setCliStage } from './stage.ts';

let stage: CliStage;
let file: string;
beforeAll(async () => {
  stage = await setCliStage();
  file = join(stage.home, 'perennial.yml');
  stage.aws.pump.change(() => {
    addZone(stage.aws.world, 'Z1FAMILY', 'family.example');
    addZone(stage.aws.world, 'Z2CLOSER', 'vpn.family.example');
    for (const id of ['Z3TWIN', 'Z4TWIN']) addZone(stage.aws.world, id, 'twin.example');
  });
});
afterAll(() => stage.stop());

/** As in an account: what would not deploy for good is refused. */
const init = (line: string) => {
  const AWS_ENDPOINT_URL = stage.aws.door.url;
  const key = { AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'mine' };
  return stage.vpn(`init --config ${file} ${line}`, { AWS_ENDPOINT_URL, ...key });
};

test('names all that is missing, and asks for nothing', async () => {
  expect(await init('')).toEqual({ code: 2, stdout: '', stderr: 'vpn: Say --name, --zone.\n' });
  expect((await init('--name a.twin.example')).stderr).toBe('vpn: Say --zone.\n');
});

test('names all faults at once, and writes nothing', async () => {
  const { code, stderr } = await init(
    '--name vpn.family.example --cap much --protocols pptp,ipsec --region mars --types t3.nano',
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/^vpn: AWS has no t3\.nano in mars: choose others by --types\.\n$/);
  const faulty = await init('--name VPN --zone Z1FAMILY --cap much --protocols pptp,ipsec --vpn A');
  expect(faulty.code).toBe(2);
  expect(faulty.stderr.split('\n').map((line) => line.trim().split(':')[0])).toEqual([
    'vpn',
    'vpn',
    'name',
    'cap',
    'protocols',
    '',
  ]);
  expect(() => readFileSync(file)).toThrow(/ENOENT/);
});

test('finds the closest zone and today’s prices, says what it costs, and writes what can be deployed', async () => {
  const { code, stdout, stderr } = await init('--name Phone.vpn.family.example --cap 0.004');
  expect(stderr).toMatch(
    /Prices in us-east-1 just now:\ntype +spot \$\/h +on demand \$\/h\nt3\.nano +0\.00\d\d +0\.0052\n/,
  );
  expect(stderr).toMatch(/A month always on: \$\d\.\d\d on spot, \$8\.39 on demand, of which/);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`${file} is written.`)]);
  expect(parse(readFileSync(file, 'utf8'))).toEqual({
    vpn: 'home',
    region: 'us-east-1',
    name: 'phone.vpn.family.example',
    zoneId: 'Z2CLOSER',
    cap: '0.004',
    types: 't3.nano=0.0052,t3a.nano=0.0047,t3.micro=0.0104',
    protocols: 'wireguard,pptp',
  });
  const settings = readSettings(file);
  expect(settings.policy).toMatchObject({
    cap: 0.004,
    protocols: ['wireguard', 'pptp'],
    rotateDays: 0,
  });
});

test('a protocol that nobody needs is left out of all that is deployed', async () => {
  const { code } = await init('--name a.family.example --protocols wireguard --yes');
  expect([code, readSettings(file).policy.protocols]).toEqual([0, ['wireguard']]);
});

test('writes over nobody’s file unless told to', async () => {
  const before = readFileSync(file, 'utf8');
  const { code, stderr } = await init('--name b.family.example');
  expect([code, stderr.split('\n').at(-2)]).toEqual([
    2,
    `vpn: ${file} is there already. Write over it? Say so with --yes.`,
  ]);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('the webhook comes from a file, and goes nowhere but into its SecureString', async () => {
  const secret = 'https://hooks.slack.com/services/T0/B0/very-secret';
  writeFileSync(join(stage.home, 'webhook'), `${secret}\n`);
  const line = `--name b.family.example --yes --slack-file ${join(stage.home, 'webhook')}`;
  const { code, stdout, stderr } = await init(line);
  expect([code, `${stdout}${stderr}${readFileSync(file, 'utf8')}`.includes(secret)]).toEqual([
    0,
    false,
  ]);
  const kept = stage.aws.world.parameters.get('/perennial/home/slack');
  expect([kept?.type, kept?.versions.at(-1)?.value]).toEqual(['SecureString', secret]);
  writeFileSync(join(stage.home, 'webhook'), 'http://evil.example/');
  expect((await init(line)).stderr).toContain('vpn: That is no webhook');
});

test('without credentials says which, and where they come from', async () => {
  const { code, stderr } = await stage.vpn(`init --config ${file} --name a.b.example --zone Z1`);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /vpn: There are no AWS credentials: set AWS_PROFILE, or run "aws configure"/,
  );
});

test('a perennial.yml that somebody wrote by hand is judged whole', async () => {
  writeFileSync(file, 'name: VPN\nzone: Z1\ncap: 1o\nsshFrom: everywhere\n');
  const { code, stderr } = await stage.vpn(`--config ${file} status`);
  expect(code).toBe(1);
  expect(stderr.split('\n').map((line) => line.trim().split(':')[0])).toEqual(
    expect.arrayContaining(['zone', 'name', 'cap', 'sshFrom']),
  );
});
