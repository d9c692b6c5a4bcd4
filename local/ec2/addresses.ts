/** Elastic IP addresses: allocated, moved from instance to instance of the default VPC, and released. */
import type {
  Address,
  AllocateAddressCommandInput,
  AssociateAddressCommandInput,
  DescribeAddressesCommandInput,
  ReleaseAddressCommandInput,
  Tag,
} from '@aws-sdk/client-ec2';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';
import { type InstanceRecord, setAddress, toState } from './instances.ts';
import { fits, toTags } from './strays.ts';

/** One address of the account. Times are epoch milliseconds. */
export interface AddressRecord {
  id: string;
  address: string;
  Tags: Tag[];
  allocatedAt: number;
  /** The instance that has it, newest last; null for none. */
  owners: { at: number; instanceId: string | null; associationId: string | null }[];
  /** How far EC2's list lags behind for it. */
  listLagMs: number;
}

export function allocateAddress(world: World, input: AllocateAddressCommandInput) {
  const { addresses, quotas, random, timers, times } = world;
  if (addresses.size >= quotas.address)
    throw new AwsFault('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
  const record: AddressRecord = {
    id: `eipalloc-${random.hex(17)}`,
    address: world.takeAddress(),
    Tags: toTags(input.TagSpecifications),
    allocatedAt: timers.now,
    owners: [],
    listLagMs: times.listLagMs(),
  };
  addresses.set(record.id, record);
  return { ...toPlace(world), PublicIp: record.address, AllocationId: record.id };
}

/** What the list shows just now, a little late; null when it is not there yet. */
export function seeAddress(record: AddressRecord, now: number) {
  if (now - record.allocatedAt < record.listLagMs) return null;
  const owner = record.owners.findLast(({ at }) => at <= now - record.listLagMs);
  return { instanceId: owner?.instanceId ?? null, associationId: owner?.associationId ?? null };
}

export function describeAddresses(
  world: World,
  { Filters = [], AllocationIds }: DescribeAddressesCommandInput,
): { Addresses: Address[] } {
  const chosen = AllocationIds
    ? AllocationIds.map((id) => find(world, id))
    : [...world.addresses.values()];
  return {
    Addresses: chosen.flatMap((record) => {
      const seen = seeAddress(record, world.timers.now);
      if (!seen) return [];
      const fields = { 'public-ip': record.address, 'instance-id': seen.instanceId ?? undefined };
      if (!Filters.every((filter) => fits(filter, record.Tags, fields))) return [];
      return [
        {
          ...toPlace(world),
          PublicIp: record.address,
          AllocationId: record.id,
          ...(seen.instanceId && { InstanceId: seen.instanceId }),
          ...(seen.associationId && { AssociationId: seen.associationId }),
          Tags: record.Tags,
        },
      ];
    }),
  };
}

/** The address that the instance had is given up; the one that it gets is taken from whoever has it. */
export function associateAddress(world: World, input: AssociateAddressCommandInput) {
  const { InstanceId = '', AllocationId = '', AllowReassociation = true } = input;
  const record = find(world, AllocationId);
  const instance = world.instances.get(InstanceId);
  if (!instance)
    throw new AwsFault(
      'InvalidInstanceID.NotFound',
      `The instance ID '${InstanceId}' does not exist`,
    );
  const state = toState(instance);
  if (state !== 'running')
    throw new AwsFault(
      'InvalidInstanceID',
      `The ${state} instance '${InstanceId}' is not in a valid state for this operation.`,
    );
  const last = ownerOf(record);
  if (last?.instanceId === InstanceId) return { AssociationId: last.associationId ?? '' };
  if (last?.instanceId && !AllowReassociation)
    throw new AwsFault(
      'Resource.AlreadyAssociated',
      `resource ${AllocationId} is already associated with associate-id ${last.associationId}`,
    );
  const before = last?.instanceId ? world.instances.get(last.instanceId) : undefined;
  if (!disassociate(world, instance) && instance.address) world.giveAddress(instance.address);
  const associationId = `eipassoc-${world.random.hex(17)}`;
  record.owners.push({ at: world.timers.now, instanceId: InstanceId, associationId });
  if (before) lose(world, before);
  setAddress(world, instance, record.address);
  return { AssociationId: associationId };
}

/** In a default VPC that takes it from the instance that has it, too. */
export function releaseAddress(
  world: World,
  { AllocationId = '' }: ReleaseAddressCommandInput,
): object {
  const record = find(world, AllocationId);
  const { instanceId } = ownerOf(record) ?? {};
  const instance = instanceId ? world.instances.get(instanceId) : undefined;
  world.addresses.delete(AllocationId);
  world.giveAddress(record.address);
  if (instance) lose(world, instance);
  return {};
}

/** Whether it had one: it is then nobody's, and still the account's. */
export function disassociate({ addresses, timers }: World, { id }: InstanceRecord): boolean {
  const record = [...addresses.values()].find((one) => ownerOf(one)?.instanceId === id);
  record?.owners.push({ at: timers.now, instanceId: null, associationId: null });
  return record !== undefined;
}

function ownerOf({ owners }: AddressRecord) {
  return owners.at(-1);
}

/** An instance that was launched with an address of its own gets another one after a while. */
function lose(world: World, instance: InstanceRecord): void {
  if (toState(instance) !== 'running') return;
  setAddress(world, instance, null);
  world.timers.after(world.times.newAddressMs(), () => {
    if (toState(instance) === 'running' && instance.address === null)
      setAddress(world, instance, world.takeAddress());
  });
}

function find({ addresses }: World, id: string): AddressRecord {
  const record = addresses.get(id);
  if (record) return record;
  throw new AwsFault('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`);
}

function toPlace({ region }: World) {
  return { Domain: 'vpc' as const, PublicIpv4Pool: 'amazon', NetworkBorderGroup: region };
}
