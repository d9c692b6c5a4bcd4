/** What people leave behind: spot requests that launch again and again, and disks without a server. */
import type {
  CancelSpotInstanceRequestsCommandInput,
  CreateVolumeCommandInput,
  DeleteVolumeCommandInput,
  DescribeSpotInstanceRequestsCommandInput,
  DescribeVolumesCommandInput,
  Filter,
  RequestSpotInstancesCommandInput,
  SpotInstanceRequest,
  Tag,
  TagSpecification,
  Volume,
} from '@aws-sdk/client-ec2';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';
import { type InstanceRecord, toState } from './instances.ts';

/** The how-to's `-r persistent`: here it only waits, which is what makes it a stray. */
export function requestSpotInstances(
  { spotRequests, random, timers }: World,
  input: RequestSpotInstancesCommandInput,
): { SpotInstanceRequests: SpotInstanceRequest[] } {
  const id = `sir-${random.hex(8)}`;
  const request: SpotInstanceRequest = {
    SpotInstanceRequestId: id,
    Type: input.Type ?? 'one-time',
    State: 'open',
    CreateTime: new Date(timers.now),
    ...(input.SpotPrice && { SpotPrice: input.SpotPrice }),
    Tags: toTags(input.TagSpecifications),
  };
  spotRequests.set(id, request);
  return { SpotInstanceRequests: [request] };
}

export function describeSpotInstanceRequests(
  { spotRequests }: World,
  { Filters = [], SpotInstanceRequestIds: ids }: DescribeSpotInstanceRequestsCommandInput,
): { SpotInstanceRequests: SpotInstanceRequest[] } {
  for (const id of ids ?? []) if (!spotRequests.has(id)) throw toUnknown(id);
  const of = (request: SpotInstanceRequest) => ({ type: request.Type, state: request.State });
  const passes = (request: SpotInstanceRequest) =>
    Filters.every((filter) => fits(filter, request.Tags, of(request)));
  const chosen = [...spotRequests.entries()].filter(([id]) => !ids || ids.includes(id));
  return { SpotInstanceRequests: chosen.map(([, request]) => request).filter(passes) };
}

export function cancelSpotInstanceRequests(
  { spotRequests }: World,
  { SpotInstanceRequestIds = [] }: CancelSpotInstanceRequestsCommandInput,
) {
  return {
    CancelledSpotInstanceRequests: SpotInstanceRequestIds.map((id) => {
      const request = spotRequests.get(id);
      if (!request) throw toUnknown(id);
      request.State = 'cancelled';
      return { SpotInstanceRequestId: id, State: 'cancelled' };
    }),
  };
}

function toUnknown(id: string): AwsFault {
  return new AwsFault(
    'InvalidSpotInstanceRequestID.NotFound',
    `The spot instance request ID '${id}' does not exist`,
  );
}

export function createVolume({ volumes, random, timers }: World, input: CreateVolumeCommandInput) {
  const volume: Volume = {
    VolumeId: `vol-${random.hex(17)}`,
    State: 'available',
    AvailabilityZone: input.AvailabilityZone,
    Size: input.Size,
    CreateTime: new Date(timers.now),
    Tags: toTags(input.TagSpecifications),
  };
  volumes.set(volume.VolumeId ?? '', volume);
  return volume;
}

export function describeVolumes(
  { volumes, instances }: World,
  { Filters = [] }: DescribeVolumesCommandInput,
): { Volumes: Volume[] } {
  const passes = (volume: Volume) =>
    Filters.every((filter) => fits(filter, volume.Tags, { status: volume.State }));
  const disks = [...instances.values()].flatMap(toDisk);
  return { Volumes: [...volumes.values(), ...disks].filter(passes) };
}

/** An instance's own: it is made with it, tagged as it, and ends with it. */
function toDisk(record: InstanceRecord): Volume[] {
  if (toState(record) === 'terminated') return [];
  const VolumeId = `vol-${record.id.slice(2)}`;
  return [
    {
      VolumeId,
      State: 'in-use',
      AvailabilityZone: record.pool.zone,
      Size: 8,
      VolumeType: 'gp3',
      CreateTime: new Date(record.launchedAt),
      Attachments: [{ VolumeId, InstanceId: record.id, DeleteOnTermination: true }],
      Tags: [...record.tags].map(([Key, Value]) => ({ Key, Value })),
    },
  ];
}

export function deleteVolume(
  { volumes }: World,
  { VolumeId = '' }: DeleteVolumeCommandInput,
): object {
  if (!volumes.delete(VolumeId))
    throw new AwsFault('InvalidVolume.NotFound', `The volume '${VolumeId}' does not exist.`);
  return {};
}

export function fits(
  { Name = '', Values = [] }: Filter,
  tags: Tag[] = [],
  fields: Record<string, string | undefined>,
): boolean {
  if (Name.startsWith('tag:'))
    return tags.some(({ Key, Value = '' }) => `tag:${Key}` === Name && Values.includes(Value));
  if (!Object.hasOwn(fields, Name))
    throw new AwsFault('InvalidParameterValue', `The filter '${Name}' is invalid`);
  return Values.includes(fields[Name] ?? '');
}

export function toTags(specifications: TagSpecification[] = []): Tag[] {
  return specifications.flatMap(({ Tags }) => Tags ?? []);
}
