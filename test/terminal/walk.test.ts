/**
 * From a clone to a connected phone, in the README's order, in a real terminal against a played AWS. CloudFormation's
 * part of a deployment is not played: what osls has packed is then run as if it had been deployed.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { isAlive } from '../../local/ec2/instances.ts';
import { addZone } from '../../local/route53.ts';
import { makeToken, theServer } from '../../local/world-route.ts';
import { toLocalState } from '../../scripts/local-state.ts';
import { packageDir } from '../../scripts/package-dir.ts';
import { writeLocalState } from '../../scripts/vpn/places.ts';
import { toPublicKey } from '../../shared/users/credentials.ts';
import { setHome } from '../cli/stage.ts';
import { root } from '../scripts/cli.ts';
import { scan } from './scan.ts';
import { openTerminal, type Terminal } from './tmux.ts';

const name = 'phone.family.example';
/** Where the name is parked. */
const nowhere = '192.0.2.1';

const { env, home } = setHome();
const clone = mkdtempSync(join(tmpdir(), 'perennial-clone-'));
let aws: LocalAws;
let terminal: Terminal;

/** What `npm start` does, in this process, so that the world can be looked at. */
async function start(from: string): Promise<LocalAws> {
  const options = { packageDir: from, speed: 30, port: 0, seed: 1 };
  const started = await startLocalAws({ ...options, onLog: () => {}, onFailed: () => {} });
  const { config, world, pump } = started;
  const token = pump.change(() => makeToken(world, config));
  writeLocalState(toLocalState(started, token), env);
  return started;
}

beforeAll(async () => {
  const folders = ['functions', 'image', 'local', 'scripts', 'shared', 'web'];
  for (const path of [...folders, 'package.json', 'serverless.yml', 'tsconfig.json'])
    cpSync(join(root, path), join(clone, path), { recursive: true });
  mkdirSync(join(clone, 'build'));
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  // An account with a hosted zone, and nothing of ours that matters here.
  aws = await start(packageDir);
  aws.pump.change(() => addZone(aws.world, 'Z1FAMILY', 'family.example'));
  terminal = await openTerminal(env, { project: clone });
});
afterAll(async () => {
  await terminal.close();
  await aws.stop();
  for (const folder of [clone, home]) rmSync(folder, { recursive: true });
});

/** Types it, waits for it to end well, and answers what stands on the screen. */
async function vpn(line: string): Promise<string> {
  await terminal.clear();
  await terminal.type(`vpn ${line}; echo "ended with $?"`);
  const seen = await terminal.until(/ended with \d/);
  expect(seen).toContain('ended with 0');
  return seen;
}

test('init writes down what the VPN is to be', async () => {
  const seen = await vpn(
    `--local init --region us-east-1 --name ${name} --cap 0.0052 --protocols wireguard --yes < /dev/null`,
  );
  expect(seen).toMatch(/A month always on: \$\d\.\d\d on spot, \$\d\.\d\d on demand/);
  expect(readFileSync(join(clone, 'perennial.yml'), 'utf8')).toMatch(/zoneId: Z1FAMILY/);
});

test('deploy packs that, and it runs', async () => {
  await vpn('deploy --package build/package');
  const packed = join(clone, 'build/package');
  expect(existsSync(join(packed, 'reconcile.zip'))).toBe(true);
  await aws.stop();
  aws = await start(packed);
  expect(aws.config).toMatchObject({ name, zoneId: 'Z1FAMILY' });
});

test('start before there is an image says what comes first', async () => {
  await terminal.clear();
  await terminal.type('vpn --local start; echo "ended with $?"');
  const seen = await terminal.until(/ended with 1/);
  expect(seen).toMatch(/There is no image yet to launch a server from: bake one \(vpn bake\)/);
});

test('bake makes an image of stock Debian', async () => {
  expect(await vpn('--local bake')).toMatch(/\nami-\w+ is what is launched from now on/);
});

test('token, users add and start --wait connect a phone that scans the code', async () => {
  await vpn('--local token');
  const seen = await vpn('--local users add phone');
  const conf = scan(seen) ?? '';
  const read = (key: string) => new RegExp(`^${key} = (.*)$`, 'm').exec(conf)?.[1] ?? '';
  expect(read('Endpoint')).toBe(`${name}:51820`);

  expect(await vpn('--local start --wait')).toMatch(/\nphone\.family\.example serves: /);
  const server = theServer(aws);
  expect(aws.world.resolve(name)).toBe(server.address);
  // What WireGuard would: the server knows the key of whoever has that code, and nobody else's.
  const accepts = (key: string) =>
    aws.world.guests.acceptsPeer(server.id, key, read('PresharedKey'));
  expect(accepts(toPublicKey(read('PrivateKey')))).toBe(true);
  expect(accepts(read('PublicKey'))).toBe(false);
});

test('status tells of it, and stop leaves nothing that costs', async () => {
  expect(await vpn('--local status')).toMatch(/wanted +on: [\s\S]*secrets +the newest/);
  expect(await vpn('--local stop --wait')).toMatch(/\nphone\.family\.example is off/);
  await expect
    .poll(() => [...aws.world.instances.values()].filter(isAlive), { timeout: 120_000 })
    .toEqual([]);
  expect([null, nowhere]).toContain(aws.world.resolve(name));
  await expect.poll(() => aws.world.addresses.size, { timeout: 120_000 }).toBe(0);
});
