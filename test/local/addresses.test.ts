/** Elastic IP addresses of the played EC2: what the contract can't see. */
import { beforeEach, expect, test } from 'vitest';
import type { InstanceRecord } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import { bakedImageId, type World } from '../../local/world.ts';
import { setStage } from '../stage.ts';

let world: World;
beforeEach(() => {
  ({ world } = setStage({ times: { pendingMs: () => 0, newAddressMs: () => 30_000 } }));
});

const wait = (ms: number) => world.timers.advance(world.timers.now + ms);
const call = (operation: string, input: object = {}) => world.call('ec2', operation, input);
const allocate = () =>
  call('AllocateAddress') as { AllocationId: string; PublicIp: string; Domain: string };

function launch(): InstanceRecord {
  const before = new Set(world.instances.keys());
  const input = { MinCount: 1, MaxCount: 1, ImageId: bakedImageId, InstanceType: 't3.nano' };
  call('RunInstances', input);
  wait(0);
  const id = [...world.instances.keys()].find((one) => !before.has(one)) ?? '';
  return world.instances.get(id) as InstanceRecord;
}

const move = (AllocationId: string, { id: InstanceId }: InstanceRecord, more: object = {}) =>
  call('AssociateAddress', { AllocationId, InstanceId, ...more });

test('the sixth is refused', () => {
  for (let index = 0; index < 5; index++) allocate();
  expect(allocate).toThrow(expect.objectContaining({ code: 'AddressLimitExceeded' }));
});

test('the address that a server had of its own is given up to others', () => {
  const server = launch();
  const own = server.address;
  move(allocate().AllocationId, server);
  const taken = Array.from({ length: 254 - 1 }, () => world.takeAddress());
  expect(taken).toContain(own);
});

test('who loses it has none for a while, and then another', () => {
  const [one, other] = [launch(), launch()];
  const { AllocationId, PublicIp } = allocate();
  move(AllocationId, one);
  move(AllocationId, other);
  expect([one.address, other.address]).toEqual([null, PublicIp]);
  wait(30_000);
  expect(one.address).toMatch(/^203\.0\.113\./);
  expect(one.address).not.toBe(PublicIp);
});

test('unless it has ended meanwhile', () => {
  const [one, other] = [launch(), launch()];
  const { AllocationId } = allocate();
  move(AllocationId, one);
  move(AllocationId, other);
  call('TerminateInstances', { InstanceIds: [one.id] });
  wait(60_000);
  expect(one.address).toBeNull();
});

test('of two addresses a server has the later one', () => {
  const server = launch();
  const [first, second] = [allocate(), allocate()];
  move(first.AllocationId, server);
  move(second.AllocationId, server);
  expect(server.address).toBe(second.PublicIp);
  wait(60_000);
  const { Addresses } = call('DescribeAddresses') as { Addresses: { InstanceId?: string }[] };
  expect(Addresses.map(({ InstanceId }) => InstanceId)).toEqual([undefined, server.id]);
});

test('what one has is not taken from it, if that is asked for', () => {
  const { AllocationId } = allocate();
  move(AllocationId, launch());
  const taking = () => move(AllocationId, launch(), { AllowReassociation: false });
  expect(taking).toThrow(expect.objectContaining({ code: 'Resource.AlreadyAssociated' }));
});

test('a server that does not run yet gets none', () => {
  world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    ImageId: bakedImageId,
    InstanceType: 't3.nano',
  });
  const [server] = world.instances.values();
  expect(() => move(allocate().AllocationId, server as InstanceRecord)).toThrow(
    expect.objectContaining({ code: 'InvalidInstanceID' }),
  );
});

test('one that is given back is taken from its server', () => {
  const server = launch();
  const { AllocationId } = allocate();
  move(AllocationId, server);
  call('ReleaseAddress', { AllocationId });
  expect(server.address).toBeNull();
  expect(() => call('ReleaseAddress', { AllocationId })).toThrow(AwsFault);
});
