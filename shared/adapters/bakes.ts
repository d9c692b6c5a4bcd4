/** What bakes make on EC2: machines, images and snapshots, all known by the tag of baking, never by that of servers. */
import {
  type _InstanceType,
  CreateImageCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  EC2ServiceException,
  type Image,
  type Instance,
  RunInstancesCommand,
  type Tag,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Image as BakedImage, Machine, Run } from '../bake/model.ts';
import type { BakeAnswer, BakePorts, MachineRequest } from '../bake/ports.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

export const bakeTag = 'perennial:bake';
export const runTag = 'perennial:run';
const partTag = 'perennial:part';

export function toBakes({ ec2 }: Pick<Clients, 'ec2'>, vpn: string): BakePorts['ec2'] {
  const Filters = [{ Name: `tag:${bakeTag}`, Values: [vpn] }];
  const toName = ({ id }: Run) => `perennial-${vpn}-${id}`;
  const toTags = (run: Run, more: Tag[] = []) => [
    { Key: bakeTag, Value: vpn },
    { Key: runTag, Value: run.id },
    { Key: 'Name', Value: toName(run) },
    ...more,
  ];
  return {
    async machines() {
      const instances = await allPages(async (NextToken) => {
        const page = await ec2.send(new DescribeInstancesCommand({ Filters, NextToken }));
        const items = (page.Reservations ?? []).flatMap((r) => r.Instances ?? []);
        return { items, next: page.NextToken };
      });
      return instances.map(toMachine);
    },

    async images() {
      const images = await allPages(async (NextToken) => {
        const command = new DescribeImagesCommand({ Owners: ['self'], Filters, NextToken });
        const page = await ec2.send(command);
        return { items: page.Images ?? [], next: page.NextToken };
      });
      return images.map(toImage);
    },

    async snapshots() {
      const snapshots = await allPages(async (NextToken) => {
        const command = new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, NextToken });
        const page = await ec2.send(command);
        return { items: page.Snapshots ?? [], next: page.NextToken };
      });
      return snapshots.map(({ SnapshotId, Tags }) => ({
        id: must(SnapshotId, 'SnapshotId'),
        runId: toTag(Tags, runTag),
      }));
    },

    async launch(request) {
      const { run, part } = request;
      const Tags = toTags(run, [{ Key: partTag, Value: part }]);
      const input = { ...toInput(request), LaunchTemplate: toTemplate(vpn, part) };
      const TagSpecifications = [
        { ResourceType: 'instance' as const, Tags },
        { ResourceType: 'volume' as const, Tags },
      ];
      const ClientToken = `${toName(run)}-${part}`;
      return toAnswer(
        ec2.send(new RunInstancesCommand({ ...input, ClientToken, TagSpecifications })),
        // Somebody who packs otherwise carries on the same bake, and has launched it.
        'IdempotentParameterMismatch',
      );
    },

    async make(run, machineId) {
      const Tags = toTags(run);
      const command = new CreateImageCommand({
        InstanceId: machineId,
        Name: toName(run),
        Description: 'A VPN server of Perennial',
        // It is stopped.
        NoReboot: true,
        TagSpecifications: [
          { ResourceType: 'image', Tags },
          { ResourceType: 'snapshot', Tags },
        ],
      });
      return toAnswer(ec2.send(command), 'InvalidAMIName.Duplicate');
    },

    async end(machineId) {
      const command = new TerminateInstancesCommand({ InstanceIds: [machineId] });
      await unless(['InvalidInstanceID.NotFound'], ec2.send(command));
    },

    async deregister(ImageId) {
      const command = new DeregisterImageCommand({ ImageId });
      // Unavailable: deregistered a moment ago.
      await unless(['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable'], ec2.send(command));
    },

    async delete(SnapshotId) {
      const command = new DeleteSnapshotCommand({ SnapshotId });
      // In use: of an image that EC2's list has not had yet.
      await unless(['InvalidSnapshot.NotFound', 'InvalidSnapshot.InUse'], ec2.send(command));
    },
  };
}

function toTemplate(vpn: string, part: string) {
  // The newest: what a deployment changes holds from the next bake on.
  return { LaunchTemplateName: `perennial-${vpn}-${part}`, Version: '$Latest' };
}

function toInput({ imageId, type, userData }: MachineRequest) {
  return {
    MinCount: 1,
    MaxCount: 1,
    ImageId: imageId,
    InstanceType: type as _InstanceType,
    ...(userData !== null && { UserData: Buffer.from(userData).toString('base64') }),
  };
}

function toMachine({ InstanceId, State, LaunchTime, Tags }: Instance): Machine {
  return {
    id: must(InstanceId, 'InstanceId'),
    runId: toTag(Tags, runTag),
    part: toTag(Tags, partTag) === 'canary' ? 'canary' : 'builder',
    state: must(State?.Name, 'State'),
    launchedAt: must(LaunchTime, 'LaunchTime').getTime(),
  };
}

function toImage({ ImageId, State, CreationDate, Tags, BlockDeviceMappings }: Image): BakedImage {
  return {
    id: must(ImageId, 'ImageId'),
    runId: toTag(Tags, runTag),
    state: State === 'available' || State === 'pending' ? State : 'failed',
    madeAt: Date.parse(must(CreationDate, 'CreationDate')),
    snapshotIds: (BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  };
}

function toTag(tags: Tag[] | undefined, key: string): string {
  return tags?.find(({ Key }) => Key === key)?.Value ?? '';
}

/** What EC2 refuses is a value, but for the code that says that it has been done; the rest is thrown. */
async function toAnswer(call: Promise<unknown>, doneBefore: string): Promise<BakeAnswer> {
  try {
    await call;
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof EC2ServiceException)) throw error;
    if (error.name === doneBefore) return { kind: 'done' };
    return { kind: 'refused', code: error.name, message: error.message };
  }
}

async function unless(codes: string[], call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!codes.some((code) => isCode(error, code))) throw error;
  }
}
