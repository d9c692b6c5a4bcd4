/** `vpn leftovers`: what is found that costs money, what is left alone, and what is removed. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { bakedImageId } from '../../local/world.ts';
import { setPower } from '../../local/world-route.ts';
import type { Holding } from '../../scripts/vpn/leftovers/model.ts';
import { type CliStage, setCliStage } from './stage.ts';

interface Answer {
  holdings: Holding[];
  dollarsPerMonth: number;
  unneededDollarsPerMonth: number;
  removed: { kind: string; id: string }[];
  failed: { id: string; fault: string }[];
}

let stage: CliStage;
beforeAll(async () => {
  stage = await setCliStage();
  stage.aws.pump.change(() => setPower(stage.aws.world, stage.aws.config, 'on'));
  await stage.ask('start --wait');
});
afterAll(() => stage.stop());

const call = (service: 'ec2' | 'ssm', operation: string, input: object) =>
  stage.aws.pump.change(() => stage.aws.world.call(service, operation, input)) as Record<
    string,
    string
  >;
const tags = (ResourceType: string, Key = 'perennial:vpn', Value = 'home') => ({
  TagSpecifications: [{ ResourceType, Tags: [{ Key, Value }] }],
});
const leftovers = async (line = '') => {
  const { code, stdout, stderr } = await stage.vpn(`--local --json leftovers ${line}`);
  return { code, stderr, answer: (stdout ? JSON.parse(stdout) : null) as Answer };
};

/** Of the bake `runId`, as it would stand there after it was broken off. */
const makeImage = (runId: string, madeAt: number) => {
  const Tags = [
    { Key: 'perennial:bake', Value: 'home' },
    { Key: 'perennial:run', Value: runId },
  ];
  const { images, snapshots } = stage.aws.world;
  const snapshotId = `snap-${randomUUID().slice(0, 8)}`;
  const id = `ami-${randomUUID().slice(0, 8)}`;
  snapshots.set(snapshotId, { id: snapshotId, madeAt, Tags });
  images.set(id, {
    id,
    name: id,
    owner: stage.aws.world.account,
    state: 'available',
    madeAt,
    Tags,
    snapshotId,
  });
  return { id, snapshotId };
};

test('what a VPN that is on has is all of use, and has its price', async () => {
  const { code, answer } = await leftovers();
  expect(code).toBe(0);
  const rows = answer.holdings.map(({ kind, use, dollarsPerMonth }) => [
    kind,
    dollarsPerMonth,
    use,
  ]);
  expect(rows.slice(0, 4)).toEqual([
    ['instance', expect.closeTo(1.02, 1), 'a server, kept or ended by the loop'],
    ['address', 3.65, "the VPN's own, kept or given back by the loop"],
    ['volume', 0.64, expect.stringMatching(/^the disk of i-/)],
    ['image', 0, 'what is launched'],
  ]);
  expect([answer.unneededDollarsPerMonth, answer.removed]).toEqual([0, []]);
  expect((await stage.vpn('--local leftovers')).stdout).toMatch(
    /All of it costs \$5\.\d\d a month, if it stays as it is\. Nothing of it is left over\.\n$/,
  );
});

test('what nobody needs is said, and removed only by who says so', async () => {
  const { world } = stage.aws;
  const old = makeImage('20260101t000000z', 1);
  const older = makeImage('20250101t000000z', 0);
  const foreign = call('ec2', 'CreateVolume', {
    Size: 100,
    ...tags('volume', 'perennial:vpn', 'other'),
  });
  const found = await leftovers();
  expect(found.code).toBe(1);
  const unneeded = found.answer.holdings.filter(({ use }) => use === null);
  expect(unneeded.map(({ id }) => id)).toEqual([older.id, older.snapshotId]);

  const refused = await leftovers('--remove');
  expect([refused.code, refused.stderr]).toEqual([
    2,
    'vpn: Remove these 2, for good? Say so with --yes.\n',
  ]);
  expect(world.images.has(older.id)).toBe(true);

  const { code, answer } = await leftovers('--remove --yes');
  expect([code, answer.removed.map(({ id }) => id)]).toEqual([0, [older.id, older.snapshotId]]);
  expect([world.images.has(older.id), world.snapshots.has(older.snapshotId)]).toEqual([
    false,
    false,
  ]);
  for (const id of [bakedImageId, old.id]) expect(world.images.has(id)).toBe(true);
  expect(world.volumes.has(foreign.VolumeId ?? '')).toBe(true);
  expect(world.instances.size).toBe(1);
});

test('after the deployment is gone everything is found, by tag and by record, and goes in order', async () => {
  const { world } = stage.aws;
  // As if somebody had removed the stack by hand while all was on.
  stage.aws.pump.change(() => {
    world.stacks.clear();
    world.tell({ kind: 'undeployed', stack: 'perennial-home' });
    // EC2 has lost the server's tags: the journal still knows it.
    for (const { tags: all } of world.instances.values()) all.clear();
  });
  const request = call('ec2', 'RequestSpotInstances', {
    SpotPrice: '0.02',
    Type: 'persistent',
    ...tags('spot-instances-request'),
  }) as unknown as { SpotInstanceRequests: { SpotInstanceRequestId: string }[] };
  const volume = call('ec2', 'CreateVolume', { Size: 8, ...tags('volume') });
  const { answer } = await leftovers();
  const kinds = answer.holdings.filter(({ use }) => use === null).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind !== 'log group')).toEqual([
    'spot request',
    'instance',
    'address',
    'volume',
    'image',
    'snapshot',
  ]);
  expect(answer.unneededDollarsPerMonth).toBeGreaterThan(5);

  const gone = await leftovers('--remove --yes');
  expect(gone.answer.failed).toEqual([]);
  expect(gone.code).toBe(0);
  expect(gone.answer.removed.map(({ id }) => id).slice(0, 1)).toEqual([
    request.SpotInstanceRequests[0]?.SpotInstanceRequestId,
  ]);
  expect(gone.answer.removed.map(({ id }) => id)).toContain(volume.VolumeId);
  // The image of nobody's bake is a person's own.
  expect(gone.answer.holdings.map(({ id, use }) => [id, use])).toEqual([
    [bakedImageId, 'yours: no bake has made it'],
  ]);
  expect([world.addresses.size, world.logGroups.size, world.snapshots.size]).toEqual([0, 0, 0]);
});

test('what AWS keeps is told, and keeps nothing else from going', async () => {
  const { id, snapshotId } = makeImage('20250101t000000z', 0);
  const fault = new AwsFault('UnauthorizedOperation', 'You may not.', 403);
  stage.aws.world.setFaults((_, operation) => (operation === 'DeregisterImage' ? fault : null));
  const volume = call('ec2', 'CreateVolume', { Size: 8, ...tags('volume') });
  const { code, answer } = await leftovers('--remove --yes');
  stage.aws.world.setFaults(() => null);
  expect(code).toBe(1);
  expect(answer.removed.map((one) => one.id)).toContain(volume.VolumeId);
  expect(answer.failed.map((one) => one.id)).toEqual([id]);
  expect(stage.aws.world.snapshots.has(snapshotId)).toBe(true);
});
