/** The address comes, or goes: what the agent then does, before a played metadata service and Parameter Store. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setAddress } from '../../local/ec2/instances.ts';
import { type Cloud, openCloud, toEndpoints } from './cloud.ts';
import { type Server, setServer } from './server.ts';

const key = (letter: string) => `${letter.repeat(42)}A=`;
const former = 'i-0123456789abcdef0';
const e = '198.51.100.1';

let cloud: Cloud;
let server: Server;

beforeEach(async () => {
  cloud = await openCloud();
  cloud.putKey(key('k'));
  for (const [name, letter] of [
    ['ann', 'a'],
    ['bob', 'b'],
  ] as const)
    cloud.putUser(name, {
      password: name,
      publicKey: key(letter),
      presharedKey: null,
      address: `10.40.2.${letter === 'a' ? 2 : 3}`,
      old: null,
    });
  server = setServer(cloud.conf);
});
afterEach(async () => {
  await server.remove();
  await cloud.close();
});

const put = (name: string, value: object) =>
  cloud.change(() =>
    cloud.world.call('ssm', 'PutParameter', {
      Name: `/perennial/home/state/${name}`,
      Type: 'String',
      Overwrite: true,
      Value: JSON.stringify(value),
    }),
  );
const report = (where: Record<string, string>) =>
  put(`servers/${former}`, {
    serving: {},
    clock: Date.now() / 1_000,
    applied: { users: { ann: 1, bob: 1 } },
    endpoints: toEndpoints(['ann', 'bob'], where),
  });
const announce = (from: string | null, to: string, address = e) =>
  put('move', { address, from, to });
const give = (address: string | null) =>
  cloud.change(() => setAddress(cloud.world, cloud.server, address));

async function startServer() {
  const first = cloud.reported(({ serving }) => serving.wireguard === true);
  server.start();
  await first;
}

/** It has the address by now, and has read since what the others report: twice, so that what it does by it is done. */
const hasRead = async () => {
  const reads = () => cloud.asked.filter((name) => name === 'GetParametersByPath').length;
  const before = reads();
  await expect.poll(reads, { timeout: 20_000 }).toBeGreaterThan(before + 2);
};

/** What `wg` was asked to add, all of it. */
const added = () => {
  try {
    return server.read('wg-added');
  } catch {
    return '';
  }
};
const greeting = (letter: string, address: string, endpoint: string) =>
  `\n[Peer]\nPublicKey = ${key(letter)}\nAllowedIPs = ${address}/32\nEndpoint = ${endpoint}\nPersistentKeepalive = 1\n`;

test("the one that gets it speaks first to all of the former's clients, and tells how they came", async () => {
  report({ ann: '198.51.100.7:40000', bob: '198.51.100.8:40001' });
  await startServer();
  announce(former, cloud.server.id);
  const told = cloud.reported(({ handover }) => handover !== undefined);
  give(e);
  const both =
    greeting('a', '10.40.2.2', '198.51.100.7:40000') +
    greeting('b', '10.40.2.3', '198.51.100.8:40001');
  await expect.poll(added, { timeout: 10_000 }).toContain(both);
  const met = `${key('a')}\t(none)\t198.51.100.7:40000\t10.40.2.2/32\t1\t0\t0\toff`;
  server.write('wg-dump', `key\tkey\t51820\toff\n${met}\n`);
  expect((await told).handover).toMatchObject({ from: former, clients: 2, answered: 1 });
  // Whoever has not answered is greeted again, as one that the kernel does not know; and nobody for ever.
  expect(added()).toContain(both + greeting('b', '10.40.2.3', '198.51.100.8:40001'));
  const commands = server.read('commands');
  expect(commands).toContain(`wg set wg0 peer ${key('b')} remove\n`);
  expect(commands).toContain(
    `wg set wg0 peer ${key('a')} persistent-keepalive 0 peer ${key('b')} persistent-keepalive 0\n`,
  );
});

test('what the former said last may come after its address has', async () => {
  report({});
  await startServer();
  announce(former, cloud.server.id);
  give(e);
  await hasRead();
  report({ ann: '198.51.100.7:40000' });
  await expect
    .poll(added, { timeout: 10_000 })
    .toContain(greeting('a', '10.40.2.2', '198.51.100.7:40000'));
});

test('what is no endpoint is not taken for one, nor what is no report', async () => {
  put(`servers/${former}`, { applied: { users: { ann: 1 } }, endpoints: '\nPublicKey = x' });
  put('servers/i-00000000000000001', { endpoints: 7 });
  await startServer();
  announce(former, cloud.server.id);
  give(e);
  await hasRead();
  expect(added()).toBe('');
});

test('the one that loses it says no word more, and forgets where its clients were', async () => {
  give(e);
  await startServer();
  announce(cloud.server.id, former);
  const before = server.read('commands');
  give(null);
  await expect
    .poll(() => server.read('commands').slice(before.length), { timeout: 15_000 })
    .toContain('wg setconf wg0 /dev/stdin');
});

test('the first of all that gets one leaves those alone who are there', async () => {
  await startServer();
  announce(null, cloud.server.id);
  give(e);
  await hasRead();
  expect(server.read('commands')).not.toContain('setconf');
  expect(added()).toBe('');
});
