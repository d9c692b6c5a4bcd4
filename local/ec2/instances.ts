/** Instances as EC2 keeps them: their life from pending to terminated, in virtual time. */
import type { _InstanceType, Instance, InstanceStateName, Tag } from '@aws-sdk/client-ec2';
import type { World } from '../world.ts';
import { disassociate } from './addresses.ts';

/** One instance, with all that happened to it. Times are epoch milliseconds. */
export interface InstanceRecord {
  id: string;
  market: 'spot' | 'on-demand';
  pool: { type: string; zone: string };
  imageId: string;
  /** The spot request's limit, dollars an hour; null for on demand. */
  maxPrice: number | null;
  spotRequestId: string | null;
  /** The instance profile that gives it its role. */
  profileArn: string | null;
  /** Its security groups. */
  groupIds: string[];
  tags: Map<string, string>;
  /** What the launch gave it to read at its boot. */
  userData: string;
  /** Newest last. */
  states: { at: number; state: InstanceStateName }[];
  /** Its public one, or the last that it had, once it has ended. */
  address: string | null;
  /** All that it had, newest last, and since when. */
  addresses: { at: number; address: string | null }[];
  launchedAt: number;
  /** When AWS has said it will take it. */
  takenAt: number | null;
  stateReason: string | null;
  /** How far EC2's list lags behind for this instance. */
  listLagMs: number;
}

/** An ended instance keeps its tags for some minutes and its place in the list for an hour. */
const tagsKeptMs = 10 * 60_000;
const listedMs = 60 * 60_000;
const noticeMs = 120_000;
const noTags: ReadonlyMap<string, string> = new Map();

const stateCodes: Record<InstanceStateName, number> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export function toState(record: InstanceRecord): InstanceStateName {
  return record.states.at(-1)?.state ?? 'pending';
}

export function isAlive(record: InstanceRecord): boolean {
  const state = toState(record);
  return state === 'pending' || state === 'running';
}

/** Begins an instance's life; it runs after some seconds, with an address. */
export function begin(world: World, record: InstanceRecord): void {
  world.instances.set(record.id, record);
  enter(world, record, 'pending');
  world.timers.after(world.times.pendingMs(), () => {
    if (toState(record) !== 'pending') return;
    setAddress(world, record, world.takeAddress());
    enter(world, record, 'running');
    world.guests.boot(record);
  });
  if (!record.spotRequestId) return;
  const arn = `arn:aws:ec2:${world.region}:${world.account}:spot-instances-request/${record.spotRequestId}`;
  const detail = {
    'spot-instance-request-id': record.spotRequestId,
    'instance-id': record.id,
  };
  world.emit('aws.ec2', 'EC2 Spot Instance Request Fulfillment', [arn], detail);
}

/** Ends it, whoever asked: the address is given up at once, the instance is gone some seconds later. */
export function terminate(world: World, record: InstanceRecord, stateReason: string): void {
  if (toState(record) === 'shutting-down' || toState(record) === 'terminated') return;
  record.stateReason = stateReason;
  world.guests.end(record);
  if (record.address && !disassociate(world, record)) world.giveAddress(record.address);
  enter(world, record, 'shutting-down');
  world.timers.after(world.times.shuttingDownMs(), () => {
    enter(world, record, 'terminated');
    world.timers.after(listedMs, () => world.instances.delete(record.id));
  });
}

/** An instance that shuts itself down, and that its launch lets stop: it keeps its disk, and costs no more than that. */
export function stop(world: World, record: InstanceRecord): void {
  if (toState(record) !== 'running') return;
  record.stateReason = 'Client.InstanceInitiatedShutdown';
  world.guests.end(record);
  if (record.address) world.giveAddress(record.address);
  setAddress(world, record, null);
  enter(world, record, 'stopping');
  world.timers.after(world.times.shuttingDownMs(), () => {
    if (toState(record) === 'stopping') enter(world, record, 'stopped');
  });
}

/** From now on the world knows it by that one, or by none. */
export function setAddress(
  { timers }: World,
  record: InstanceRecord,
  address: string | null,
): void {
  record.address = address;
  record.addresses.push({ at: timers.now, address });
}

/** AWS takes a spot instance. The notice is two minutes, shorter, or none at all (0). */
export function interrupt(world: World, record: InstanceRecord, notice = noticeMs): void {
  if (record.market !== 'spot' || !isAlive(record) || record.takenAt !== null) return;
  record.takenAt = world.timers.now + notice;
  if (notice > 0) {
    // AWS writes the zone where an ARN has its region, and no account.
    const arn = `arn:aws:ec2:${record.pool.zone}:instance/${record.id}`;
    const detail = { 'instance-id': record.id, 'instance-action': 'terminate' };
    world.emit('aws.ec2', 'EC2 Spot Instance Interruption Warning', [arn], detail);
    world.guests.warn(record, { noticeAt: record.takenAt });
  }
  world.timers.after(notice, () => {
    if (!isAlive(record)) return;
    terminate(world, record, 'Server.SpotInstanceTermination');
    const serviceEventDetails = { instanceIdSet: [record.id] };
    const detail = { eventName: 'BidEvictedEvent', serviceEventDetails };
    world.emit('aws.ec2', 'AWS Service Event via CloudTrail', [], detail);
  });
}

/** AWS says that it may take a spot instance soon. */
export function recommendRebalance(world: World, record: InstanceRecord): void {
  const arn = `arn:aws:ec2:${world.region}:${world.account}:instance/${record.id}`;
  const detail = { 'instance-id': record.id };
  world.emit('aws.ec2', 'EC2 Instance Rebalance Recommendation', [arn], detail);
  world.guests.warn(record, { rebalanceAt: world.timers.now });
}

/** What of the instance the list shows just now, a little late; null when it is not (or no longer) there. */
export function see(record: InstanceRecord, now: number, lagMs = record.listLagMs) {
  const { states, addresses, stateReason, tags } = record;
  const seen = states.findLast(({ at }) => at <= now - lagMs);
  if (!seen) return null;
  const isRunning = seen.state === 'running';
  const address = addresses.findLast(({ at }) => at <= now - lagMs)?.address ?? null;
  const ended = states.find(({ state }) => state === 'terminated');
  return {
    state: seen.state,
    address: isRunning ? address : null,
    stateReason: isRunning ? null : stateReason,
    tags: ended && now - ended.at > tagsKeptMs ? noTags : tags,
  };
}

/** The same in EC2's words. */
export function describe(record: InstanceRecord, now: number, lagMs?: number): Instance | null {
  const seen = see(record, now, lagMs);
  if (!seen) return null;
  const { state, address, stateReason } = seen;
  const spot = record.market === 'spot';
  const Tags: Tag[] = [...seen.tags].map(([Key, Value]) => ({ Key, Value }));
  return {
    InstanceId: record.id,
    ImageId: record.imageId,
    InstanceType: record.pool.type as _InstanceType,
    State: { Code: stateCodes[state], Name: state },
    Placement: { AvailabilityZone: record.pool.zone, Tenancy: 'default' },
    LaunchTime: new Date(record.launchedAt),
    SecurityGroups: record.groupIds.map((GroupId) => ({ GroupId, GroupName: GroupId })),
    ...(address && { PublicIpAddress: address }),
    ...(spot && { InstanceLifecycle: 'spot' }),
    ...(record.spotRequestId && { SpotInstanceRequestId: record.spotRequestId }),
    ...(stateReason && { StateReason: { Code: stateReason, Message: stateReason } }),
    Tags,
  };
}

function enter(world: World, record: InstanceRecord, state: InstanceStateName): void {
  record.states.push({ at: world.timers.now, state });
  const arn = `arn:aws:ec2:${world.region}:${world.account}:instance/${record.id}`;
  const detail = { 'instance-id': record.id, state };
  world.emit('aws.ec2', 'EC2 Instance State-change Notification', [arn], detail);
}
