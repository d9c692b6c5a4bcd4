/** What exactly EC2 is asked about addresses, and what is made of its odder answers. The usual is in the contract. */
import { describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { toAddresses } from '../../shared/adapters/addresses.ts';
import { policy } from '../core/scene.ts';
import { type Answering, answering } from './answering.ts';

const toPorts = ({ clients }: Answering) => toAddresses(clients, { policy });
const refusing = (code: string, status?: number) =>
  answering(() => {
    throw new AwsFault(code, 'because', status);
  });
const known = { AllocationId: 'eipalloc-1', PublicIp: '198.51.100.1' };

test('the list has those with our tag, and who has them', async () => {
  const aws = answering(() => ({ Addresses: [known, { ...known, InstanceId: 'i-1' }] }));
  const one = { id: 'eipalloc-1', address: '198.51.100.1' };
  expect(await toPorts(aws).list()).toEqual([
    { ...one, serverId: null },
    { ...one, serverId: 'i-1' },
  ]);
  const Filters = [{ Name: 'tag:perennial:vpn', Values: ['home'] }];
  expect(aws.asked).toEqual([{ operation: 'DescribeAddresses', input: { Filters } }]);
});

describe('allocating', () => {
  test('tags what it gets', async () => {
    const aws = answering(() => known);
    expect(await toPorts(aws).allocate()).toEqual({
      kind: 'allocated',
      address: { id: 'eipalloc-1', address: '198.51.100.1', serverId: null },
    });
    const Tags = [
      { Key: 'perennial:vpn', Value: 'home' },
      { Key: 'Name', Value: 'perennial-home' },
    ];
    const TagSpecifications = [{ ResourceType: 'elastic-ip', Tags }];
    const input = { Domain: 'vpc', TagSpecifications };
    expect(aws.asked).toEqual([{ operation: 'AllocateAddress', input }]);
  });

  test.each(['AddressLimitExceeded', 'UnauthorizedOperation'])('%s is a value', async (code) => {
    expect(await toPorts(refusing(code)).allocate()).toMatchObject({ kind: 'refused', code });
  });

  test("a fault of EC2's own is thrown, and nothing is asked twice", async () => {
    const aws = refusing('InternalError', 500);
    await expect(toPorts(aws).allocate()).rejects.toMatchObject({ name: 'InternalError' });
    expect(aws.asked).toHaveLength(1);
  });

  test.each(['AllocationId', 'PublicIp'])('an answer without %s is an error', async (field) => {
    const aws = answering(() => ({ ...known, [field]: undefined }));
    await expect(toPorts(aws).allocate()).rejects.toThrow(`AWS answered without ${field}`);
  });
});

describe('moving', () => {
  test('asks for just that, whoever has it', async () => {
    const aws = answering(() => ({ AssociationId: 'eipassoc-1' }));
    expect(await toPorts(aws).move('eipalloc-1', 'i-1')).toBe(true);
    const input = { AllocationId: 'eipalloc-1', InstanceId: 'i-1', AllowReassociation: true };
    expect(aws.asked).toEqual([{ operation: 'AssociateAddress', input }]);
  });

  test.each(['InvalidAllocationID.NotFound', 'InvalidInstanceID.NotFound', 'InvalidInstanceID'])(
    '%s is an answer',
    async (code) => {
      expect(await toPorts(refusing(code)).move('eipalloc-1', 'i-1')).toBe(false);
    },
  );

  test('UnauthorizedOperation is thrown', async () => {
    const moving = toPorts(refusing('UnauthorizedOperation')).move('eipalloc-1', 'i-1');
    await expect(moving).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  });
});

describe('giving back', () => {
  test('asks for just that', async () => {
    const aws = answering(() => ({}));
    await toPorts(aws).release('eipalloc-1');
    const input = { AllocationId: 'eipalloc-1' };
    expect(aws.asked).toEqual([{ operation: 'ReleaseAddress', input }]);
  });

  test('what is gone is no error', async () => {
    const released = toPorts(refusing('InvalidAllocationID.NotFound')).release('eipalloc-1');
    await expect(released).resolves.toBeUndefined();
  });

  test('AuthFailure is thrown', async () => {
    const released = toPorts(refusing('AuthFailure')).release('eipalloc-1');
    await expect(released).rejects.toMatchObject({ name: 'AuthFailure' });
  });
});
