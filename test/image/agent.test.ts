/** The agent before a played AWS, over the wire: it lets in who is desired, and reports what is. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { interrupt } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import { type Cloud, openCloud, type Report } from './cloud.ts';
import { type Server, setServer } from './server.ts';

const key = (letter: string) => `${letter.repeat(42)}A=`;
const alice = {
  password: 'al"ce\\',
  publicKey: key('a'),
  presharedKey: key('s'),
  address: '10.40.2.2',
  old: null,
};
const bob = { password: 'bob', publicKey: null, presharedKey: null, address: null, old: null };
const secretsPath = 'run/perennial/chap-secrets';

let cloud: Cloud;
let server: Server;

beforeEach(async () => {
  cloud = await openCloud();
  cloud.putKey(key('k'));
  cloud.putUser('alice', alice);
  cloud.putUser('bob', bob);
  server = setServer(cloud.conf);
});
afterEach(async () => {
  await server.remove();
  await cloud.close();
});

const hasApplied = (users: Record<string, number>) => (report: Report) =>
  JSON.stringify(report.applied.users) === JSON.stringify(users);

async function startServer(): Promise<Report> {
  const first = cloud.reported(hasApplied({ alice: 1, bob: 1 }));
  server.start();
  return first;
}

const wireGuard = (...peers: string[]) =>
  [`[Interface]\nPrivateKey = ${key('k')}\nListenPort = 51820\n`, ...peers].join('\n');
const peer = (publicKey: string, address: string, presharedKey: string) =>
  `[Peer]\nPublicKey = ${publicKey}\nAllowedIPs = ${address}/32\nPresharedKey = ${presharedKey}\n`;

test('on a machine that tries out an image it reports where the loop does not look', async () => {
  server.write('etc/perennial/server.conf', `${cloud.conf}reports=bake/canaries\n`);
  expect(await startServer()).toMatchObject({ serving: { wireguard: true } });
  const names = [...cloud.world.parameters.keys()].filter((name) => name.includes('/i-'));
  expect(names).toEqual([`/perennial/home/bake/canaries/${cloud.server.id}`]);
});

test('at boot it lets in the users of today, and says so', async () => {
  const report = await startServer();
  expect(report).toMatchObject({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    // No pptpd runs here, and that is seen.
    serving: { pptp: false, wireguard: true },
    sessions: 0,
    applied: { users: { alice: 1, bob: 1 }, keys: { wireguard: 1 } },
    who: [],
    endpoints: '',
    problem: expect.stringContaining('pptp: pptpd does not listen.'),
  });
  expect(server.read(secretsPath)).toBe(
    '# Written by the Perennial agent.\n"alice" pptpd "al\\"ce\\\\" *\n"bob" pptpd "bob" *\n',
  );
  expect(statSync(join(server.root, secretsPath)).mode & 0o777).toBe(0o600);
  expect(server.read('wg-conf')).toBe(wireGuard(peer(key('a'), '10.40.2.2', key('s'))));
  expect(server.read('run/perennial/pptpd.conf')).toContain(
    'localip 10.40.1.1\nremoteip 10.40.1.20-50\nconnections 31\n',
  );
  expect(server.read('nft')).toContain('ip saddr @clients ip daddr != @clients masquerade');
  expect(server.read('commands')).toContain('systemctl restart pptpd.service\n');
});

test('Run Command has it apply a rotation, a removal and a newcomer', async () => {
  await startServer();
  cloud.putUser('alice', { ...alice, password: 'new' });
  cloud.removeUser('bob');
  cloud.putUser('carol', bob);
  const report = cloud.reported(hasApplied({ alice: 2, carol: 1 }));
  expect(await server.agent('apply-secrets')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^2 users are let in\./),
  });
  expect(server.read(secretsPath)).toContain('"alice" pptpd "new" *\n"carol" pptpd "bob" *\n');
  expect(server.read(secretsPath)).not.toContain('"bob" pptpd');
  // Nothing of pptpd's own has changed: the sessions of others go on.
  expect(server.read('commands').match(/systemctl restart/g)).toHaveLength(1);
  await report;
});

test('all pages are read: thirty-one users are let in', async () => {
  const users = Array.from({ length: 29 }, (_, index) => `user${String(index).padStart(2, '0')}`);
  for (const name of users) cloud.putUser(name, { ...bob, password: name });
  const all = Object.fromEntries(['alice', 'bob', ...users].map((name) => [name, 1]));
  const report = cloud.reported(hasApplied(all));
  server.start();
  await report;
  expect(server.read(secretsPath).split('\n')).toHaveLength(33);
});

test('for the time of grace the old secret goes on, and then the new one counts by itself', async () => {
  const until = new Date(Date.now() + 6_000).toISOString();
  cloud.putUser('alice', { ...alice, password: 'new', old: { version: 1, until } });
  const report = cloud.reported(hasApplied({ alice: 2, bob: 1 }));
  server.start();
  await report;
  expect(server.read(secretsPath)).toContain('"alice" pptpd "al\\"ce\\\\" *\n');
  const asked = cloud.asked.length;
  // Parameter Store is not needed for it.
  await expect
    .poll(() => server.read(secretsPath), { timeout: 20_000 })
    .toContain('"alice" pptpd "new" *');
  expect(cloud.asked.slice(asked).filter((operation) => operation !== 'PutParameter')).toEqual([]);
});

test('what AWS announces to the instance it tells at once', async () => {
  await startServer();
  const recommended = cloud.reported((report) => report.rebalance !== undefined);
  cloud.change(() =>
    cloud.world.emit('aws.ec2', 'EC2 Instance Rebalance Recommendation', [], {
      'instance-id': cloud.server.id,
    }),
  );
  expect(await recommended).not.toHaveProperty('notice');
  const taken = cloud.reported((report) => report.notice !== undefined);
  cloud.change(() => interrupt(cloud.world, cloud.server));
  const { notice, rebalance } = await taken;
  expect(Date.parse(notice ?? '')).toBe(Math.floor((cloud.server.takenAt ?? 0) / 1_000) * 1_000);
  expect(Date.parse(rebalance ?? '')).toBeGreaterThan(0);
});

test('one spoilt secret shuts out its user alone, and is told without being shown', async () => {
  cloud.putUser('alice', { ...alice, password: 'pässword' });
  const report = cloud.reported(hasApplied({ alice: 2, bob: 1 }));
  server.start();
  expect((await report).problem).toContain(
    "User 'alice' is not let in: its password is not 1 to 255",
  );
  expect((await report).problem).not.toContain('pässword');
  expect(server.read(secretsPath)).not.toContain('alice');
});

test('while Parameter Store refuses, a new server serves nobody, and says so as soon as it can', async () => {
  let refuses = true;
  const fault = new AwsFault('ThrottlingException', 'Rate exceeded');
  cloud.world.setFaults((_, operation) =>
    refuses && operation === 'GetParametersByPath' ? fault : null,
  );
  const report = cloud.reported(() => true);
  server.start();
  expect(await report).toMatchObject({
    serving: { pptp: false, wireguard: false },
    applied: { users: {}, keys: {} },
    problem: expect.stringContaining(
      'The secrets could not be had: Parameter Store refuses GetParametersByPath: ThrottlingException Rate exceeded.',
    ),
  });
  expect(await server.agent('apply-secrets')).toMatchObject({ code: 1 });
  const applied = cloud.reported(hasApplied({ alice: 1, bob: 1 }));
  refuses = false;
  await applied;
});

test('restarted while Parameter Store is out of reach, it goes on with the last good secrets', async () => {
  await startServer();
  await server.stop('SIGKILL');
  const unreachable = new AwsFault('InternalServerError', 'down', 500);
  cloud.world.setFaults((_, operation) => (operation === 'PutParameter' ? null : unreachable));
  server.write(secretsPath, '');
  const report = cloud.reported(({ serving }) => serving.wireguard === true);
  server.start();
  expect(await report).toMatchObject({ applied: { users: { alice: 1, bob: 1 } } });
  expect(server.read(secretsPath)).toContain('"bob" pptpd "bob" *');
});

test('an image of a server knows nothing of its users', async () => {
  await startServer();
  await server.stop();
  // The same disk under another instance.
  const kept = server.read('var/lib/perennial/secrets.json');
  expect(kept).toContain(cloud.server.id);
  server.write(
    'var/lib/perennial/secrets.json',
    kept.replace(cloud.server.id, 'i-0123456789abcdef0'),
  );
  server.write(secretsPath, '');
  cloud.world.setFaults((_, operation) =>
    operation === 'PutParameter' ? null : new AwsFault('InternalServerError', 'down', 500),
  );
  const report = cloud.reported(() => true);
  server.start();
  expect(await report).toMatchObject({
    serving: { pptp: false, wireguard: false },
    applied: { users: {}, keys: {} },
  });
  expect(server.read(secretsPath)).toBe('');
});

test('a wrong configuration is told, and nothing is touched', async () => {
  server.write('etc/perennial/server.conf', `${cloud.conf}wireguard_port=no\n`);
  const report = cloud.reported(() => true);
  server.start();
  expect(await report).toMatchObject({
    serving: {},
    problem: expect.stringMatching(/server\.conf: wireguard_port=no: not a port\./),
  });
  expect(() => server.read('commands')).toThrow('ENOENT');
});

test('nothing that it logs or stores outside of its own files holds a secret', async () => {
  await startServer();
  await server.agent('apply-secrets');
  const { stdout } = await server.agent('report');
  const log = await server.stop();
  for (const secret of ['al"ce', key('s'), key('k')])
    expect(`${stdout}${log}${server.read('commands')}`).not.toContain(secret);
  expect(log).not.toBe('');
});
