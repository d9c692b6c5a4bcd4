/** What EC2's calls ask leave for. */
import type {
  AllocateAddressCommandInput,
  AssociateAddressCommandInput,
  CancelSpotInstanceRequestsCommandInput,
  CreateImageCommandInput,
  CreateLaunchTemplateCommandInput,
  CreateTagsCommandInput,
  CreateVolumeCommandInput,
  DeleteSnapshotCommandInput,
  DeleteVolumeCommandInput,
  DeregisterImageCommandInput,
  ReleaseAddressCommandInput,
  RequestSpotInstancesCommandInput,
  TerminateInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import type { World } from '../world.ts';
import { runInstances } from './launch.ts';
import { toEc2Arn, toMade, toRequestTags, toResourceTags } from './resources.ts';
import { type Asks, anything, type Wish } from './wish.ts';

export const ec2Asks: Asks = {
  RunInstances: runInstances,
  TerminateInstances: (world, { InstanceIds = [] }: TerminateInstancesCommandInput) =>
    InstanceIds.map((id) => toExisting(world, 'instance', id)),
  SendSpotInstanceInterruptions: (world, { InstanceIds = [] }: TerminateInstancesCommandInput) =>
    InstanceIds.map((id) => toExisting(world, 'instance', id)),
  DeleteVolume: (world, { VolumeId = '' }: DeleteVolumeCommandInput) => [
    toExisting(world, 'volume', VolumeId),
  ],
  CancelSpotInstanceRequests: (
    world,
    { SpotInstanceRequestIds = [] }: CancelSpotInstanceRequestsCommandInput,
  ) => SpotInstanceRequestIds.map((id) => toExisting(world, 'spot-instances-request', id)),
  CreateTags: (world, { Resources = [], Tags }: CreateTagsCommandInput) =>
    Resources.map((id) => {
      const { resource, context } = toExisting(world, toType(id), id);
      return { resource, context: { ...context, ...toRequestTags(Tags) } };
    }),
  CreateVolume: (world, { TagSpecifications }: CreateVolumeCommandInput) =>
    toMade(world, 'CreateVolume', 'volume', TagSpecifications),
  RequestSpotInstances: (world, { TagSpecifications }: RequestSpotInstancesCommandInput) =>
    toMade(world, 'RequestSpotInstances', 'spot-instances-request', TagSpecifications),
  CreateLaunchTemplate: (world, { TagSpecifications }: CreateLaunchTemplateCommandInput) =>
    toMade(world, 'CreateLaunchTemplate', 'launch-template', TagSpecifications),
  // Of the instance, and of each thing that it makes; the tags are those of what is made.
  CreateImage: (world, { InstanceId = '', TagSpecifications }: CreateImageCommandInput) => [
    toExisting(world, 'instance', InstanceId),
    ...toMade(world, 'CreateImage', 'image', TagSpecifications),
    ...toMade(world, 'CreateImage', 'snapshot', TagSpecifications),
  ],
  DeregisterImage: (world, { ImageId = '' }: DeregisterImageCommandInput) => [
    toExisting(world, 'image', ImageId),
  ],
  DeleteSnapshot: (world, { SnapshotId = '' }: DeleteSnapshotCommandInput) => [
    toExisting(world, 'snapshot', SnapshotId),
  ],
  DescribeImages: anything,
  DescribeSnapshots: anything,
  AllocateAddress: (world, { TagSpecifications }: AllocateAddressCommandInput) =>
    toMade(world, 'AllocateAddress', 'elastic-ip', TagSpecifications),
  AssociateAddress: (world, { AllocationId, InstanceId }: AssociateAddressCommandInput) => [
    toExisting(world, 'elastic-ip', AllocationId ?? ''),
    toExisting(world, 'instance', InstanceId ?? ''),
    // The instance's own, of which only EC2 knows the id.
    { resource: toEc2Arn(world, 'network-interface', 'eni-default') },
  ],
  ReleaseAddress: (world, { AllocationId }: ReleaseAddressCommandInput) => [
    toExisting(world, 'elastic-ip', AllocationId ?? ''),
  ],
  DescribeInstances: anything,
  DescribeInstanceStatus: anything,
  DescribeSpotPriceHistory: anything,
  DescribeSpotInstanceRequests: anything,
  DescribeVolumes: anything,
  DescribeAddresses: anything,
  DescribeLaunchTemplates: anything,
};

function toExisting(world: World, type: string, id: string): Wish {
  return { resource: toEc2Arn(world, type, id), context: toResourceTags(world, id) };
}

/** Only instances, disks, addresses and spot requests have tags here. */
function toType(id: string): string {
  if (id.startsWith('vol-')) return 'volume';
  if (id.startsWith('eipalloc-')) return 'elastic-ip';
  return id.startsWith('sir-') ? 'spot-instances-request' : 'instance';
}
