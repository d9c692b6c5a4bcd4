/** EC2 as Perennial and its users see it: instances, the spot market, launch templates. */
import type {
  CreateTagsCommandInput,
  DescribeInstanceStatusCommandInput,
  DescribeInstancesCommandInput,
  DescribeSpotPriceHistoryCommandInput,
  Filter,
  Instance,
  Reservation,
  SpotPrice,
  TerminateInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import {
  allocateAddress,
  associateAddress,
  describeAddresses,
  releaseAddress,
} from './ec2/addresses.ts';
import {
  createImage,
  deleteSnapshot,
  deregisterImage,
  describeImages,
  describeSnapshots,
} from './ec2/images.ts';
import { describe, type InstanceRecord, interrupt, terminate, toState } from './ec2/instances.ts';
import { describeRegions, describeSecurityGroups, describeVpcs } from './ec2/network.ts';
import { runInstances } from './ec2/run.ts';
import {
  cancelSpotInstanceRequests,
  createVolume,
  deleteVolume,
  describeSpotInstanceRequests,
  describeVolumes,
  requestSpotInstances,
} from './ec2/strays.ts';
import { createLaunchTemplate, describeLaunchTemplates } from './ec2/templates.ts';
import { AwsFault } from './fault.ts';
import type { Operations, World } from './world.ts';

export const ec2Operations: Operations = {
  RunInstances: runInstances,
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  TerminateInstances: terminateInstances,
  // In no SDK: only Fault Injection Service has it, as its experiment's role.
  SendSpotInstanceInterruptions: sendSpotInstanceInterruptions,
  CreateTags: createTags,
  DescribeSpotPriceHistory: describeSpotPriceHistory,
  CreateLaunchTemplate: createLaunchTemplate,
  DescribeLaunchTemplates: describeLaunchTemplates,
  RequestSpotInstances: requestSpotInstances,
  DescribeSpotInstanceRequests: describeSpotInstanceRequests,
  CancelSpotInstanceRequests: cancelSpotInstanceRequests,
  CreateImage: createImage,
  DescribeImages: describeImages,
  DeregisterImage: deregisterImage,
  DescribeSnapshots: describeSnapshots,
  DeleteSnapshot: deleteSnapshot,
  CreateVolume: createVolume,
  DescribeVolumes: describeVolumes,
  DeleteVolume: deleteVolume,
  AllocateAddress: allocateAddress,
  DescribeAddresses: describeAddresses,
  AssociateAddress: associateAddress,
  ReleaseAddress: releaseAddress,
  DescribeRegions: describeRegions,
  DescribeVpcs: describeVpcs,
  DescribeSecurityGroups: describeSecurityGroups,
};

function describeInstances(
  world: World,
  { Filters = [], InstanceIds, MaxResults, NextToken }: DescribeInstancesCommandInput,
): { Reservations: Reservation[]; NextToken?: string } {
  const chosen = InstanceIds
    ? InstanceIds.map((id) => find(world, id))
    : [...world.instances.values()];
  const listed = chosen
    .map((record) => describe(record, world.timers.now))
    .filter((instance) => instance !== null)
    .filter((instance) => Filters.every((filter) => passes(instance, filter)));
  const { page, next } = toPage(listed, MaxResults, NextToken);
  const Reservations = page.map((instance) => ({
    ReservationId: `r-${instance.InstanceId?.slice(2)}`,
    OwnerId: world.account,
    Instances: [instance],
  }));
  return { Reservations, ...(next && { NextToken: next }) };
}

function passes(instance: Instance, { Name = '', Values = [] }: Filter): boolean {
  const has = (value: string | undefined) => value !== undefined && Values.includes(value);
  const tags = instance.Tags ?? [];
  if (Name.startsWith('tag:'))
    return tags.some(({ Key, Value }) => Key === Name.slice('tag:'.length) && has(Value));
  switch (Name) {
    case 'tag-key':
      return tags.some(({ Key }) => has(Key));
    case 'instance-id':
      return has(instance.InstanceId);
    case 'instance-state-name':
      return has(instance.State?.Name);
    case 'instance-lifecycle':
      return has(instance.InstanceLifecycle);
    case 'instance-type':
      return has(instance.InstanceType);
    case 'availability-zone':
      return has(instance.Placement?.AvailabilityZone);
    case 'ip-address':
      return has(instance.PublicIpAddress);
    default:
      throw new AwsFault('InvalidParameterValue', `The filter '${Name}' is invalid`);
  }
}

/** Only running instances have a status, unless all are asked for. A dead one fails its checks after a while. */
function describeInstanceStatus(
  world: World,
  { InstanceIds = [...world.instances.keys()] }: DescribeInstanceStatusCommandInput,
) {
  const records = InstanceIds.map((id) => find(world, id));
  return {
    InstanceStatuses: records
      .filter((record) => toState(record) === 'running')
      .map((record) => {
        const Status = world.guests.isImpaired(record.id) ? 'impaired' : 'ok';
        return {
          InstanceId: record.id,
          AvailabilityZone: record.pool.zone,
          InstanceState: { Code: 16, Name: 'running' },
          InstanceStatus: { Status },
          SystemStatus: { Status: 'ok' },
        };
      }),
  };
}

function terminateInstances(world: World, { InstanceIds = [] }: TerminateInstancesCommandInput) {
  const records = InstanceIds.map((id) => find(world, id));
  const before = records.map((record) => describe(record, world.timers.now, 0)?.State);
  for (const record of records) terminate(world, record, 'Client.UserInitiatedShutdown');
  return {
    TerminatingInstances: records.map((record, index) => ({
      InstanceId: record.id,
      PreviousState: before[index],
      CurrentState: describe(record, world.timers.now, 0)?.State,
    })),
  };
}

function sendSpotInstanceInterruptions(
  world: World,
  { InstanceIds }: { InstanceIds: string[] },
): object {
  for (const id of InstanceIds) interrupt(world, find(world, id));
  return {};
}

function createTags(world: World, { Resources = [], Tags = [] }: CreateTagsCommandInput): object {
  const records = Resources.map((id) => find(world, id));
  for (const { tags } of records) for (const { Key = '', Value = '' } of Tags) tags.set(Key, Value);
  return {};
}

/** Linux is the one product here: what it costs is what the market says. */
function describeSpotPriceHistory(
  world: World,
  input: DescribeSpotPriceHistoryCommandInput,
): { SpotPriceHistory: SpotPrice[]; NextToken: string } {
  const { InstanceTypes, ProductDescriptions, AvailabilityZone, MaxResults, NextToken } = input;
  const { market, timers } = world;
  const from = input.StartTime?.getTime() ?? timers.now - 90 * 24 * 60 * 60_000;
  const to = Math.min(input.EndTime?.getTime() ?? timers.now, timers.now);
  const product = 'Linux/UNIX';
  const asksForLinux = !ProductDescriptions || ProductDescriptions.includes(product);
  const prices = market.types
    .filter(
      (type) => asksForLinux && (!InstanceTypes || (InstanceTypes as string[]).includes(type)),
    )
    .flatMap((type) => market.zones.map((zone) => ({ type, zone })))
    .filter(({ zone }) => !AvailabilityZone || zone === AvailabilityZone)
    .flatMap((pool) =>
      market.history(pool, Math.min(from, to), to).map(({ at, perHour }) => ({
        InstanceType: pool.type as SpotPrice['InstanceType'],
        AvailabilityZone: pool.zone,
        ProductDescription: product as SpotPrice['ProductDescription'],
        SpotPrice: perHour.toFixed(6),
        Timestamp: new Date(at),
      })),
    );
  const { page, next } = toPage(prices, MaxResults, NextToken);
  return { SpotPriceHistory: page, NextToken: next ?? '' };
}

function find({ instances }: World, id: string): InstanceRecord {
  const record = instances.get(id);
  if (record) return record;
  throw new AwsFault('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
}

/** A page of at most `size`; the token is where the next one begins. */
export function toPage<T>(all: T[], size = 1_000, token: string | undefined) {
  const from = token ? Number(token) : 0;
  if (!Number.isInteger(from) || from < 0)
    throw new AwsFault('InvalidNextToken', 'The token is not valid');
  const next = from + size < all.length ? String(from + size) : undefined;
  return { page: all.slice(from, from + size), next };
}
