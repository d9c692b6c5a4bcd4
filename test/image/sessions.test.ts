/** Sessions are counted, named and ended by the processes that hold them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cloud, openCloud, toEndpoints } from './cloud.ts';
import { type Server, setServer } from './server.ts';

const secret = (password: string, more: object = {}) => ({
  password,
  publicKey: null,
  presharedKey: null,
  address: null,
  old: null,
  ...more,
});
const key = (letter: string) => `${letter.repeat(42)}A=`;
const processes: ChildProcess[] = [];

let cloud: Cloud;
let server: Server;

beforeEach(async () => {
  cloud = await openCloud();
  cloud.putKey(key('k'));
  server = setServer(cloud.conf);
});
afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  await server.remove();
  await cloud.close();
});

/** A process that looks like a pppd (it waits for a file), and its record, if it has come so far. */
async function startPppd(user: string | null, options = '/run/perennial/pptpd-options') {
  const script = `echo up; exec -a /usr/sbin/pppd tail -F ${options}`;
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  processes.push(child);
  if (child.stdout) await once(child.stdout, 'data');
  if (user) server.write(`run/perennial/sessions/${child.pid}`, `${user} ppp${processes.length}\n`);
  return child;
}

const isAlive = ({ exitCode, signalCode }: ChildProcess) =>
  exitCode === null && signalCode === null;

test('a changed and a removed user are cut off, and whoever is still shaking hands; nobody else', async () => {
  for (const user of ['alice', 'bob', 'carol']) cloud.putUser(user, secret(user));
  const connected = cloud.reported(({ sessions }) => sessions === 3);
  server.start();
  const [alice, bob, carol] = [
    await startPppd('alice'),
    await startPppd('bob'),
    await startPppd('carol'),
  ];
  const shaking = await startPppd(null);
  const stranger = await startPppd('alice', '/etc/ppp/peers/uplink');
  const { who } = await connected;
  expect(who.map(({ user, protocol }) => `${user} ${protocol}`).sort()).toEqual([
    'alice pptp',
    'bob pptp',
    'carol pptp',
  ]);

  cloud.putUser('dave', secret('dave'));
  expect(await server.agent('apply-secrets')).toMatchObject({ code: 0 });
  expect([alice, bob, carol, shaking, stranger].every(isAlive)).toBe(true);

  const ends = [alice, bob, shaking].map((child) => once(child, 'close'));
  cloud.putUser('alice', secret('new'));
  cloud.removeUser('bob');
  const left = cloud.reported(({ sessions }) => sessions === 1);
  expect(await server.agent('apply-secrets')).toMatchObject({ code: 0 });
  expect((await Promise.all(ends)).map(([, signal]) => signal)).toEqual(ends.map(() => 'SIGTERM'));
  expect([carol, stranger].every(isAlive)).toBe(true);
  expect((await left).who).toMatchObject([{ user: 'carol' }]);
});

test('an agent that is killed between the new secret and the end of the session ends it when it is back', async () => {
  cloud.putUser('alice', secret('new'));
  const alice = await startPppd('alice');
  const bob = await startPppd('bob');
  cloud.putUser('bob', secret('bob'));
  const head = '# Written by the Perennial agent.\n';
  server.write('run/perennial/chap-secrets', `${head}"alice" pptpd "new" *\n"bob" pptpd "bob" *\n`);
  server.write('run/perennial/ending', '["alice"]');
  const ended = once(alice, 'close');
  server.start();
  await ended;
  expect(isAlive(bob)).toBe(true);
});

test("a WireGuard client is a session while it shakes hands, and its endpoint is another server's to know", async () => {
  cloud.putUser('alice', secret('x', { publicKey: key('a'), address: '10.40.2.2' }));
  cloud.putUser('bob', secret('x', { publicKey: key('b'), address: '10.40.2.3' }));
  const shook = Math.floor(Date.now() / 1_000) - 60;
  const peer = (name: string, endpoint: string, handshake: number) =>
    `${key(name)}\t(none)\t${endpoint}\t10.40.2.2/32\t${handshake}\t1000\t234\toff\n`;
  server.write(
    'wg-dump',
    `key\tkey\t51820\toff\n${peer('a', '198.51.100.7:40000', shook)}${peer('b', '198.51.100.8:1', shook - 180)}`,
  );
  const report = cloud.reported(({ sessions }) => sessions === 1);
  server.start();
  expect(await report).toMatchObject({
    who: [
      {
        user: 'alice',
        protocol: 'wireguard',
        since: `${new Date(shook * 1_000).toISOString().slice(0, 19)}Z`,
        bytes: 1_234,
      },
    ],
    endpoints: toEndpoints(['alice', 'bob'], { alice: '198.51.100.7:40000' }),
  });
});

test('a changed preshared key cuts off its own peer alone', async () => {
  cloud.putUser(
    'alice',
    secret('x', { publicKey: key('a'), address: '10.40.2.2', presharedKey: key('s') }),
  );
  cloud.putUser(
    'bob',
    secret('x', { publicKey: key('b'), address: '10.40.2.3', presharedKey: key('t') }),
  );
  const line = (name: string, preshared: string) =>
    `${key(name)}\t${key(preshared)}\t(none)\t10.40.2.2/32\t0\t0\t0\toff\n`;
  server.write('wg-dump', `key\tkey\t51820\toff\n${line('a', 'o')}${line('b', 't')}`);
  const report = cloud.reported(({ applied }) => applied.users.alice === 1);
  server.start();
  await report;
  const removals = server.read('commands').match(/wg set wg0 peer .* remove/g);
  expect(removals).toEqual([`wg set wg0 peer ${key('a')} remove`]);
});
