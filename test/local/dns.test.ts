/** The played name servers, asked by a real resolver, and by whoever sends anything else. */
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DnsDoor, openDns } from '../../local/dns.ts';
import { addZone } from '../../local/route53.ts';
import { toWorld, type World } from '../../local/world.ts';

const market = { zones: ['us-east-1a'], types: { 't3.nano': { onDemand: 0.0052, spot: 0.0016 } } };
let world: World;
let dns: DnsDoor;
const resolver = new Resolver({ timeout: 2_000, tries: 1 });

beforeAll(async () => {
  world = toWorld({ seed: 1, start: 0, market });
  addZone(world, 'Z1', 'example.org');
  addZone(world, 'Z2', 'closer.example.org');
  const record = (Name: string, Value: string) => ({
    Action: 'CREATE',
    ResourceRecordSet: { Name, Type: 'A', TTL: 30, ResourceRecords: [{ Value }] },
  });
  const put = (HostedZoneId: string, Name: string, Value: string) =>
    world.call('route53', 'ChangeResourceRecordSets', {
      HostedZoneId,
      ChangeBatch: { Changes: [record(Name, Value)] },
    });
  put('Z1', 'vpn.example.org', '203.0.113.9');
  put('Z2', 'vpn.closer.example.org', '203.0.113.10');
  dns = await openDns((look) => look(world), 0);
  resolver.setServers([dns.address]);
});
afterAll(() => dns.close());

test('names have their addresses, whatever case they are asked in, and zones their name servers', async () => {
  expect(await resolver.resolve4('VPN.example.org', { ttl: true })).toEqual([
    { address: '203.0.113.9', ttl: 30 },
  ]);
  expect(await resolver.resolve4('vpn.closer.example.org')).toEqual(['203.0.113.10']);
  expect((await resolver.resolveNs('example.org')).toSorted()).toEqual([
    'ns-1.awsdns.example',
    'ns-2.awsdns.example',
  ]);
});

test.each([
  ['a name that is not there', 'resolve4', 'gone.example.org', 'ENOTFOUND'],
  ['a zone of others', 'resolve4', 'vpn.example.com', 'ENOTFOUND'],
  ['a name with nothing of that kind', 'resolve6', 'vpn.example.org', 'ENODATA'],
  ['a zone without an address', 'resolve4', 'example.org', 'ENODATA'],
] as const)('%s', async (_, how, name, code) => {
  await expect(resolver[how](name)).rejects.toMatchObject({ code });
});

test('what is no question is not answered, and keeps nobody from asking', async () => {
  const socket = createSocket('udp4');
  const [host, port] = dns.address.split(':');
  const heard: Buffer[] = [];
  socket.on('message', (bytes) => heard.push(bytes));
  const send = (bytes: Buffer) =>
    new Promise<void>((resolve) => {
      socket.send(bytes, Number(port), host, () => resolve());
    });
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('nonsense'),
    Buffer.alloc(12),
    Buffer.alloc(600, 0xc0),
  ])
    await send(bytes);
  expect(await resolver.resolve4('vpn.example.org')).toEqual(['203.0.113.9']);
  expect(heard).toEqual([]);
  socket.close();
});
