/** Every call that baking makes as its roles, made through the SDK on a played AWS that asks IAM. */
import { GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { stop } from '../../local/ec2/instances.ts';
import { toFunctionCredentials } from '../../local/functions.ts';
import { toServerCredentials } from '../../local/iam/roles.ts';
import { bakedImageId } from '../../local/world.ts';
import { must } from '../../shared/adapters/answers.ts';
import type { Run } from '../../shared/bake/model.ts';
import { toBakePorts } from '../../shared/bake/wire.ts';
import { readDesired } from '../../shared/documents/desired.ts';
import { attempt, type Deployed } from '../role-calls.ts';
import { desire } from '../stage.ts';

const run: Run = { id: '20261122t050000z', startedAt: 0, stockImageId: 'ami-0', sum: '' };

/** What somebody else has made, who may do everything: a builder that stopped, an image of it, a snapshot. */
function setTable({ world }: Deployed) {
  const Tags = [
    { Key: 'perennial:bake', Value: 'home' },
    { Key: 'perennial:part', Value: 'builder' },
  ];
  const tagged = (...types: string[]) => ({
    TagSpecifications: types.map((ResourceType) => ({ ResourceType, Tags })),
  });
  world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    InstanceType: 't3.nano',
    ImageId: bakedImageId,
    LaunchTemplate: { LaunchTemplateName: 'perennial-home-builder' },
    ...tagged('instance'),
  });
  const [record] = world.instances.values();
  const builder = must(record, 'an instance');
  world.timers.advance(world.timers.now + 60_000);
  stop(world, builder);
  world.timers.advance(world.timers.now + 60_000);
  const input = { InstanceId: builder.id, Name: 'old', ...tagged('image', 'snapshot') };
  const { ImageId } = world.call('ec2', 'CreateImage', input) as { ImageId: string };
  const [snapshotId = ''] = [...world.snapshots.keys()];
  return { builder, imageId: ImageId, snapshotId };
}

export async function callAsBake(stage: Deployed): Promise<void> {
  const { world, stack, config, toClientsOf, put } = stage;
  const target = stack.functions.find(({ name }) => name.endsWith('-bake'));
  const clients = toClientsOf(toFunctionCredentials(stack, must(target, 'the function')));
  const { ec2, records, wishes } = toBakePorts(config, clients, () => world.timers.now);
  const { builder, imageId, snapshotId } = setTable(stage);
  const [stockImageId = ''] = [...world.images.keys()].filter((id) => id.includes('deb'));
  const type = 't3.nano';
  put(`/perennial/home/bake/builders/${builder.id}`);
  put(`/perennial/home/bake/canaries/${builder.id}`);
  desire(world, { power: 'off' });
  await attempt(stage, [
    () => ec2.machines(),
    () => ec2.images(),
    () => ec2.snapshots(),
    () => ec2.launch({ run, part: 'builder', imageId: stockImageId, type, userData: 'x' }),
    () => ec2.launch({ run, part: 'canary', imageId: bakedImageId, type, userData: null }),
    () => ec2.make(run, builder.id),
    () => ec2.deregister(imageId),
    () => ec2.delete(snapshotId),
    () => ec2.end(builder.id),
    () => records.stockImage('amd64'),
    () => records.read(),
    () => records.writePart(0, 'x'),
    () => records.begin(run),
    () => records.note([]),
    () => records.conclude({ runId: run.id, outcome: 'failed', why: '', at: 0 }),
    () => records.forget('builder', builder.id),
    () => records.forget('canary', builder.id),
    () => wishes.read(null),
    () => wishes.read(1),
    () => wishes.write(readDesired(undefined, 0), 1),
  ]);
}

/** What the machine that becomes the image calls. */
export async function callAsBuilder(stage: Deployed): Promise<void> {
  const { world, toClientsOf, put } = stage;
  const { builder } = setTable(stage);
  const { ssm } = toClientsOf(must(toServerCredentials(world, builder), 'credentials'));
  put('/perennial/home/image/000');
  const Name = `/perennial/home/bake/builders/${builder.id}`;
  await attempt(stage, [
    () => ssm.send(new GetParametersByPathCommand({ Path: '/perennial/home/image' })),
    () => ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: '{}' })),
  ]);
}
