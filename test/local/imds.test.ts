/** The played metadata service answers as EC2's does: nothing without a token, and notices only once there are some. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Door, openDoor } from '../../local/door.ts';
import { type InstanceRecord, interrupt } from '../../local/ec2/instances.ts';
import { toImds } from '../../local/imds.ts';
import { bakedImageId } from '../../local/world.ts';
import { setStage, start } from '../stage.ts';
import { ask } from './ask.ts';

const { world } = setStage();
const userData = '#cloud-config\nwrite_files: []\n';
const ttl = 'x-aws-ec2-metadata-token-ttl-seconds';
const credentials = { accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'session' };
let record: InstanceRecord;
let door: Door;

beforeAll(async () => {
  record = launch();
  world.timers.advance(start + 60_000);
  const look = <T>(run: () => T) => run();
  const options = { world, instanceId: record.id, look, roleName: 'server', credentials };
  door = await openDoor({ call: world.call, routes: [toImds(options)] });
});
afterAll(() => door.close());

function launch(): InstanceRecord {
  world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    ImageId: bakedImageId,
    InstanceType: 't3.nano',
    InstanceMarketOptions: { MarketType: 'spot' },
    UserData: Buffer.from(userData).toString('base64'),
  });
  const [launched] = [...world.instances.values()].slice(-1);
  if (!launched) throw new Error('Nothing was launched');
  return launched;
}

async function takeToken(seconds: number | string = 60): Promise<string> {
  const { body } = await ask(door, '/latest/api/token', {
    method: 'PUT',
    headers: { [ttl]: String(seconds) },
  });
  return body;
}

async function read(path: string, token?: string) {
  const headers = { 'x-aws-ec2-metadata-token': token ?? (await takeToken()) };
  const { status, body } = await ask(door, `/latest/${path}`, { method: 'GET', headers });
  return [status, body];
}

test.each(['', 'meta-data/instance-id', 'user-data'])('%s needs a token', async (path) => {
  expect(await read(path, '')).toEqual([401, 'Unauthorized']);
  expect(await read(path, 'made-up')).toEqual([401, 'Unauthorized']);
});

test('a token ends by its time', async () => {
  const token = await takeToken(10);
  expect(await read('meta-data/instance-id', token)).toEqual([200, record.id]);
  world.timers.advance(world.timers.now + 10_000);
  expect(await read('meta-data/instance-id', token)).toEqual([401, 'Unauthorized']);
});

test.each([
  ['PUT', { [ttl]: '0' }, 400],
  ['PUT', { [ttl]: '21601' }, 400],
  ['PUT', {}, 400],
  ['PUT', { [ttl]: '60', 'x-forwarded-for': '198.51.100.7' }, 403],
  ['GET', { [ttl]: '60' }, 405],
])('no token for %s %o', async (method, headers, status) => {
  expect(await ask(door, '/latest/api/token', { method, headers })).toMatchObject({ status });
});

test('knows the instance, its address and what its launch gave it to read', async () => {
  expect(await read('meta-data/instance-id')).toEqual([200, record.id]);
  expect(await read('meta-data/ami-id')).toEqual([200, bakedImageId]);
  expect(await read('meta-data/instance-type')).toEqual([200, 't3.nano']);
  expect(await read('meta-data/placement/region')).toEqual([200, 'us-east-1']);
  expect(await read('meta-data/placement/availability-zone')).toEqual([200, record.pool.zone]);
  expect(await read('meta-data/public-ipv4')).toEqual([200, record.address]);
  expect(await read('user-data')).toEqual([200, userData]);
  expect(await read('meta-data/no-such-thing')).toEqual([404, 'Not Found']);
});

test("hands out the role's credentials, and new ones in time", async () => {
  expect(await read('meta-data/iam/security-credentials/')).toEqual([200, 'server']);
  const [, body] = await read('meta-data/iam/security-credentials/server');
  expect(JSON.parse(String(body))).toMatchObject({
    Code: 'Success',
    AccessKeyId: 'ASIA1',
    SecretAccessKey: 'secret',
    Token: 'session',
    Expiration: `${new Date(world.timers.now + 6 * 3_600_000).toISOString().slice(0, 19)}Z`,
  });
});

test('shows a recommendation and a notice from when AWS gives them, and only this instance its own', async () => {
  const paths = ['events/recommendations/rebalance', 'spot/instance-action'];
  const readAll = () => Promise.all(paths.map((path) => read(`meta-data/${path}`)));
  const other = launch();
  const recommend = (id: string) =>
    world.emit('aws.ec2', 'EC2 Instance Rebalance Recommendation', [], { 'instance-id': id });
  recommend(other.id);
  interrupt(world, other);
  expect(await readAll()).toEqual([
    [404, 'Not Found'],
    [404, 'Not Found'],
  ]);

  const at = world.timers.now;
  const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;
  recommend(record.id);
  interrupt(world, record);
  const expected = [
    [200, JSON.stringify({ noticeTime: iso(at) })],
    [200, JSON.stringify({ action: 'terminate', time: iso(at + 120_000) })],
  ];
  expect(await readAll()).toEqual(expected);
  world.timers.advance(at + 60_000);
  recommend(record.id);
  expect(await readAll()).toEqual(expected);
});
