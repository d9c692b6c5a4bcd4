/** `vpn remove`: all of it goes, through the real osls; what is not ours stays; and it may be done again after a break. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isAlive } from '../../local/ec2/instances.ts';
import { readAddress } from '../../local/route53.ts';
import { bakedImageId } from '../../local/world.ts';
import { setPower, theServer } from '../../local/world-route.ts';
import { root } from '../scripts/cli.ts';
import { type CliStage, setCliStage } from './stage.ts';

/** osls looks so often how far CloudFormation is. */
const quick = { SLS_AWS_MONITORING_FREQUENCY: '300' };

interface Answer {
  removed: { stack: boolean; parameters: number; record: string } | null;
  left: { id: string; use: string | null }[];
}

async function setOn(): Promise<CliStage> {
  const stage = await setCliStage();
  stage.aws.pump.change(() => setPower(stage.aws.world, stage.aws.config, 'on'));
  await stage.ask('start --wait');
  await stage.ask('users add ann');
  return stage;
}

const remove = async (stage: CliStage, line = '--yes') => {
  const { code, stdout, stderr } = await stage.vpn(`--local --json remove ${line}`, quick);
  return { code, stderr, answer: (stdout ? JSON.parse(stdout) : null) as Answer | null };
};

/** What there is of it in the played account. */
const standing = ({ aws: { world, config } }: CliStage) => ({
  instances: [...world.instances.values()].filter(isAlive).length,
  addresses: world.addresses.size,
  volumes: world.volumes.size,
  requests: [...world.spotRequests.values()].filter(({ State }) => State === 'open').length,
  images: [...world.images.values()].filter(({ Tags }) => Tags.length).length,
  snapshots: world.snapshots.size,
  templates: world.templates.size,
  documents: world.documents.size,
  roles: world.roles.size,
  groups: world.securityGroups.size,
  logs: world.logGroups.size,
  parameters: world.parameters.size,
  stacks: world.stacks.size,
  record: [...world.zones.values()].map((zone) => readAddress(zone, config.name))[0],
});
const nothing = {
  instances: 0,
  addresses: 0,
  volumes: 0,
  requests: 0,
  images: 0,
  snapshots: 0,
  templates: 0,
  documents: 0,
  roles: 0,
  groups: 0,
  logs: 0,
  parameters: 0,
  stacks: 0,
  record: null,
};

let stage: CliStage;
beforeAll(async () => {
  stage = await setOn();
});
afterAll(() => stage.stop());

test('nothing is removed without a word, nor of another configuration', async () => {
  const before = standing(stage);
  const { code, stderr, answer } = await remove(stage, '');
  expect([code, answer, stderr]).toEqual([
    2,
    null,
    'vpn: Remove the VPN home from us-east-1? Say so with --yes.\n',
  ]);
  expect((await remove(stage, '--yes --config other.yml')).code).toBe(2);
  expect((await stage.vpn('remove --yes')).stderr).toMatch(/^vpn: There is no perennial\.yml: /);
  expect(standing(stage)).toEqual(before);
});

test('a VPN that is on goes whole, with what bakes and people have left', async () => {
  const { world } = stage.aws;
  const tag = (Key: string) => [{ Key, Value: 'home' }];
  stage.aws.pump.change(() => {
    const madeAt = world.timers.now;
    const Tags = tag('perennial:bake');
    world.snapshots.set('snap-1', { id: 'snap-1', madeAt, Tags });
    const image = { id: 'ami-1', name: 'ami-1', owner: world.account, madeAt, Tags };
    world.images.set('ami-1', { ...image, state: 'available', snapshotId: 'snap-1' });
    const TagSpecifications = [{ ResourceType: 'volume', Tags: tag('perennial:vpn') }];
    world.call('ec2', 'CreateVolume', { Size: 8, TagSpecifications });
    world.call('ec2', 'RequestSpotInstances', { Type: 'persistent', TagSpecifications });
    world.call('ssm', 'PutParameter', {
      Name: '/perennial/cottage/slack',
      Type: 'String',
      Value: 'x',
    });
  });
  const { code, stderr, answer } = await remove(stage);
  expect(stderr).toContain('has been successfully removed');
  // An image that no bake has made is a person's own.
  expect([code, answer?.left.map(({ id, use }) => [id, use])]).toEqual([
    0,
    [[bakedImageId, 'yours: no bake has made it']],
  ]);
  expect(answer?.removed).toMatchObject({ stack: true, record: 'removed' });
  expect(answer?.removed?.parameters).toBeGreaterThan(5);
  // Another VPN's parameter is another VPN's.
  expect(standing(stage)).toEqual({ ...nothing, parameters: 1 });
  expect(world.images.has(bakedImageId)).toBe(true);
});

test('what a drill has left goes with it, and is something that stands', async () => {
  const { world } = stage.aws;
  const AssumeRolePolicyDocument = JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'fis.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  });
  const RoleName = 'perennial-home-drill-us-east-1';
  stage.aws.pump.change(() =>
    world.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument }),
  );
  expect((await remove(stage, '')).code).toBe(2);
  expect(world.roles.has(RoleName)).toBe(true);
  const { code, answer } = await remove(stage);
  expect([code, answer?.removed, world.roles.size]).toEqual([
    0,
    { stack: false, holdings: [], parameters: 0, record: 'absent' },
    0,
  ]);
});

test('once it is gone that is all there is to say', async () => {
  const { code, answer } = await remove(stage);
  expect([code, answer?.removed, answer?.left]).toEqual([0, null, []]);
  expect((await stage.vpn('--local remove')).stdout).toBe('Nothing of home is in us-east-1.\n');
});

test('a record that points to somebody else is theirs', async () => {
  stage.aws.pump.change(() =>
    stage.aws.world.call('route53', 'ChangeResourceRecordSets', {
      HostedZoneId: stage.aws.config.zoneId,
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: {
              Name: stage.aws.config.name,
              Type: 'A',
              TTL: 60,
              ResourceRecords: [{ Value: '198.51.100.7' }],
            },
          },
        ],
      },
    }),
  );
  stage.aws.world.call('ssm', 'PutParameter', {
    Name: '/perennial/home/slack',
    Type: 'String',
    Value: 'none',
  });
  const { code, answer } = await remove(stage);
  expect([code, answer?.removed]).toEqual([
    0,
    { stack: false, holdings: [], parameters: 1, record: 'in use' },
  ]);
  expect(standing(stage).record).toBe('198.51.100.7');
});

test('broken off while CloudFormation works it says what stands, and goes on from there', async () => {
  const other = await setOn();
  const child = spawn(
    process.execPath,
    [join(root, 'scripts/vpn.ts'), '--local', 'remove', '--yes'],
    { cwd: other.home, env: { ...other.env, ...quick }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (bytes) => {
    said += String(bytes);
  });
  await vi.waitFor(
    () => expect(other.aws.world.stacks.get('perennial-home')?.status).toBe('DELETE_IN_PROGRESS'),
    {
      timeout: 100_000,
      interval: 20,
    },
  );
  other.aws.clock.go(1);
  child.kill('SIGINT');
  await once(child, 'close');
  expect(child.exitCode).toBe(130);
  expect(said).toMatch(
    /Not finished: there still is .*\d+ parameters below \/perennial\/home\/.*Go on with: vpn remove\n$/,
  );
  other.aws.clock.go(30);
  const { code } = await remove(other);
  expect([code, standing(other)]).toEqual([0, nothing]);
  await other.stop();
});

test('a loop that does nothing any more is done without, by force', async () => {
  const other = await setOn();
  const { world } = other.aws;
  const { id } = theServer(other.aws);
  for (const name of world.roles.keys())
    if (name.includes('ReconcileRole')) world.roles.delete(name);
  const { code } = await remove(other, '--yes --force');
  expect([code, standing(other), world.guests.describe(id)]).toEqual([0, nothing, 'none']);
  await other.stop();
});
