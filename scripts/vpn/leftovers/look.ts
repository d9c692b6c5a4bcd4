/** Looks for everything of one VPN that costs money: by its tags, and by what the VPN has written down. */
import {
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
  type Filter,
  type Tag,
} from '@aws-sdk/client-ec2';
import { allPages, must } from '../../../shared/adapters/answers.ts';
import { toBakeRecords } from '../../../shared/adapters/bake-records.ts';
import { bakeTag, runTag } from '../../../shared/adapters/bakes.ts';
import { toLooks, vpnTag } from '../../../shared/adapters/looks.ts';
import { toState } from '../../../shared/adapters/ssm.ts';
import type { PoolPrice } from '../../../shared/core/model.ts';
import type { Aws } from '../aws.ts';
import { findStack } from '../stack.ts';
import type { Seen } from './model.ts';

export async function look(aws: Aws): Promise<Seen> {
  const { settings, clients } = aws;
  const { vpn, types } = settings.policy;
  const names = types.map(({ type }) => type);
  const [stack, state, bakes, prices, requests, volumes, logGroups] = await Promise.all([
    findStack(aws),
    toState(clients, settings).read(),
    toBakeRecords(clients, vpn).read(),
    toLooks(clients, settings).prices(names, Date.now()),
    listRequests(aws),
    listVolumes(aws),
    listLogGroups(aws),
  ]);
  const { memory } = state.journal.value;
  const launched = [
    ...memory.launches.map(({ serverId }) => serverId),
    ...requests.flatMap(({ instanceId }) => instanceId ?? []),
  ];
  const addressIds = [memory.allocated?.id, memory.moved?.id].flatMap((id) => id ?? []);
  const desiredImageId = state.desired.imageId;
  const [instances, addresses, images] = await Promise.all([
    listInstances(aws, launched, prices),
    listAddresses(aws, addressIds),
    listImages(aws, desiredImageId),
  ]);
  return {
    isDeployed: stack !== null,
    desiredImageId,
    runId: bakes.run && bakes.ending?.runId !== bakes.run.id ? bakes.run.id : null,
    requests,
    instances,
    addresses,
    volumes,
    images,
    snapshots: await listSnapshots(
      aws,
      images.flatMap(({ snapshotIds }) => snapshotIds),
    ),
    logGroups,
  };
}

/** One question for each tag: filters narrow each other. */
async function listTagged<T>(
  { settings }: Aws,
  list: (filter: Filter) => Promise<T[]>,
  more: Filter[] = [],
): Promise<T[]> {
  const Values = [settings.policy.vpn];
  const tags = [vpnTag, bakeTag].map((tag) => ({ Name: `tag:${tag}`, Values }));
  return (await Promise.all([...tags, ...more].map(list))).flat();
}

async function listRequests(aws: Aws): Promise<Seen['requests']> {
  const { ec2 } = aws.clients;
  const found = await listTagged(aws, (tag) =>
    allPages(async (NextToken) => {
      const Filters = [
        tag,
        { Name: 'type', Values: ['persistent'] },
        { Name: 'state', Values: ['open', 'active', 'disabled'] },
      ];
      const page = await ec2.send(new DescribeSpotInstanceRequestsCommand({ Filters, NextToken }));
      return { items: page.SpotInstanceRequests ?? [], next: page.NextToken };
    }),
  );
  return found.map(({ SpotInstanceRequestId, SpotPrice, InstanceId = null }) => ({
    id: must(SpotInstanceRequestId, 'SpotInstanceRequestId'),
    dollarsPerHourMax: SpotPrice === undefined ? null : Number(SpotPrice),
    instanceId: InstanceId,
  }));
}

/** Those too that have lost their tags or never had any, if the VPN or a request of its has launched them. */
async function listInstances(
  aws: Aws,
  launched: string[],
  prices: PoolPrice[],
): Promise<Seen['instances']> {
  const { ec2 } = aws.clients;
  const known = launched.length ? [{ Name: 'instance-id', Values: launched }] : [];
  const found = await listTagged(
    aws,
    (filter) =>
      allPages(async (NextToken) => {
        const command = new DescribeInstancesCommand({ Filters: [filter], NextToken });
        const page = await ec2.send(command);
        const items = (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
        return { items, next: page.NextToken };
      }),
    known,
  );
  return unique(found, ({ InstanceId }) => InstanceId).map((one) => {
    const type = must(one.InstanceType, 'InstanceType');
    const zone = one.Placement?.AvailabilityZone;
    const onDemand = aws.settings.policy.types.find((each) => each.type === type)?.onDemand;
    const spot = prices.find(({ pool }) => pool.type === type && pool.zone === zone)?.perHour;
    return {
      id: must(one.InstanceId, 'InstanceId'),
      state: must(one.State?.Name, 'State'),
      type,
      dollarsPerHour: (one.InstanceLifecycle === 'spot' ? spot : onDemand) ?? null,
      address: one.PublicIpAddress ?? null,
      runId: toTag(one.Tags, runTag),
    };
  });
}

/** An account has five of them, or some more. */
async function listAddresses(aws: Aws, known: string[]): Promise<Seen['addresses']> {
  const { Addresses = [] } = await aws.clients.ec2.send(new DescribeAddressesCommand({}));
  return Addresses.filter(
    ({ AllocationId = '', Tags }) =>
      known.includes(AllocationId) || toTag(Tags, vpnTag) === aws.settings.policy.vpn,
  ).map(({ AllocationId, PublicIp, InstanceId }) => ({
    id: must(AllocationId, 'AllocationId'),
    address: must(PublicIp, 'PublicIp'),
    instanceId: InstanceId || null,
  }));
}

async function listVolumes(aws: Aws): Promise<Seen['volumes']> {
  const { ec2 } = aws.clients;
  const found = await listTagged(aws, (filter) =>
    allPages(async (NextToken) => {
      const page = await ec2.send(new DescribeVolumesCommand({ Filters: [filter], NextToken }));
      return { items: page.Volumes ?? [], next: page.NextToken };
    }),
  );
  return found.map(({ VolumeId, Size, Attachments }) => ({
    id: must(VolumeId, 'VolumeId'),
    gigabytes: Size ?? 0,
    instanceId: Attachments?.[0]?.InstanceId ?? null,
  }));
}

async function listImages(aws: Aws, desired: string | null): Promise<Seen['images']> {
  const { ec2 } = aws.clients;
  const known = desired ? [{ Name: 'image-id', Values: [desired] }] : [];
  const found = await listTagged(
    aws,
    (filter) =>
      allPages(async (NextToken) => {
        const Filters = [filter];
        const command = new DescribeImagesCommand({ Owners: ['self'], Filters, NextToken });
        const page = await ec2.send(command);
        return { items: page.Images ?? [], next: page.NextToken };
      }),
    known,
  );
  return unique(found, ({ ImageId }) => ImageId).map((one) => ({
    id: must(one.ImageId, 'ImageId'),
    state: one.State ?? 'unknown',
    madeAt: Date.parse(must(one.CreationDate, 'CreationDate')),
    snapshotIds: (one.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
    runId: toTag(one.Tags, runTag),
    isBaked: toTag(one.Tags, bakeTag) !== null,
  }));
}

async function listSnapshots(aws: Aws, known: string[]): Promise<Seen['snapshots']> {
  const { ec2 } = aws.clients;
  const ofImages = known.length ? [{ Name: 'snapshot-id', Values: known }] : [];
  const found = await listTagged(
    aws,
    (filter) =>
      allPages(async (NextToken) => {
        const Filters = [filter];
        const command = new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, NextToken });
        const page = await ec2.send(command);
        return { items: page.Snapshots ?? [], next: page.NextToken };
      }),
    ofImages,
  );
  return unique(found, ({ SnapshotId }) => SnapshotId).map((one) => ({
    id: must(one.SnapshotId, 'SnapshotId'),
    gigabytes: one.VolumeSize ?? 0,
    runId: toTag(one.Tags, runTag),
  }));
}

async function listLogGroups({ settings, options }: Aws): Promise<Seen['logGroups']> {
  const { CloudWatchLogsClient, DescribeLogGroupsCommand } = await import(
    '@aws-sdk/client-cloudwatch-logs'
  );
  const logs = new CloudWatchLogsClient(options);
  const logGroupNamePrefix = `/aws/lambda/perennial-${settings.policy.vpn}-`;
  const found = await allPages(async (nextToken) => {
    const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
    return { items: page.logGroups ?? [], next: page.nextToken };
  });
  // Of `home`, and not of `home-2`.
  return found
    .map(({ logGroupName, storedBytes }) => ({
      name: must(logGroupName, 'logGroupName'),
      bytes: storedBytes ?? 0,
    }))
    .filter(({ name }) => !name.slice(logGroupNamePrefix.length).includes('-'));
}

function unique<T>(all: T[], toId: (one: T) => string | undefined): T[] {
  return [...new Map(all.map((one) => [toId(one), one])).values()];
}

function toTag(tags: Tag[] | undefined, key: string): string | null {
  return tags?.find(({ Key }) => Key === key)?.Value ?? null;
}
