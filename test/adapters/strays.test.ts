/** What exactly EC2 is asked about strays, and what is made of its odder answers. The usual is in the contract. */
import { describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { toStrays } from '../../shared/adapters/strays.ts';
import { policy } from '../core/scene.ts';
import { type Answering, answering } from './answering.ts';

const toPorts = ({ clients }: Answering) => toStrays(clients, { policy });
const refusing = (code: string) =>
  answering(() => {
    throw new AwsFault(code, 'because');
  });

describe('the list of strays', () => {
  test('has persistent requests and disks in no use, of this VPN only, page after page', async () => {
    const aws = answering((_, operation, input) => {
      const isFirst = !('NextToken' in input);
      const next = isFirst ? { NextToken: 'page 2' } : {};
      if (operation === 'DescribeAddresses') {
        const one = { AllocationId: 'eipalloc-1', PublicIp: '198.51.100.1' };
        return { Addresses: [one, { ...one, AllocationId: 'eipalloc-2', InstanceId: 'i-1' }] };
      }
      if (operation === 'DescribeVolumes')
        return { Volumes: isFirst ? [] : [{ VolumeId: 'vol-1' }], ...next };
      return { SpotInstanceRequests: isFirst ? [{ SpotInstanceRequestId: 'sir-1' }] : [], ...next };
    });
    expect(await toPorts(aws).list()).toEqual([
      { kind: 'spot-request', id: 'sir-1' },
      { kind: 'volume', id: 'vol-1' },
      { kind: 'address', id: 'eipalloc-1' },
    ]);
    const ours = { Name: 'tag:perennial:vpn', Values: ['home'] };
    const inputs = Object.fromEntries(aws.asked.map(({ operation, input }) => [operation, input]));
    expect(aws.asked).toHaveLength(5);
    expect(inputs).toEqual({
      DescribeSpotInstanceRequests: {
        Filters: [
          ours,
          { Name: 'type', Values: ['persistent'] },
          { Name: 'state', Values: ['open', 'active', 'disabled'] },
        ],
        NextToken: 'page 2',
      },
      DescribeAddresses: { Filters: [ours] },
      DescribeVolumes: {
        Filters: [ours, { Name: 'status', Values: ['available'] }],
        NextToken: 'page 2',
      },
    });
  });

  test('has no address of a VPN that has one: each pass looks after that', async () => {
    const aws = answering(() => ({}));
    const elastic = { policy: { ...policy, address: 'elastic' as const } };
    expect(await toStrays(aws.clients, elastic).list()).toEqual([]);
    expect(aws.asked.map(({ operation }) => operation)).not.toContain('DescribeAddresses');
  });

  test('is an error if EC2 names one without its id', async () => {
    const aws = answering((_, operation) =>
      operation === 'DescribeVolumes' ? { Volumes: [{}] } : {},
    );
    await expect(toPorts(aws).list()).rejects.toThrow('AWS answered without VolumeId');
  });
});

describe('removing', () => {
  test.each([
    ['address', 'eipalloc-1', 'ReleaseAddress', { AllocationId: 'eipalloc-1' }],
    ['volume', 'vol-1', 'DeleteVolume', { VolumeId: 'vol-1' }],
    ['spot-request', 'sir-1', 'CancelSpotInstanceRequests', { SpotInstanceRequestIds: ['sir-1'] }],
  ] as const)('a %s asks for just that', async (kind, id, operation, input) => {
    const aws = answering(() => ({}));
    await toPorts(aws).remove({ kind, id });
    expect(aws.asked).toEqual([{ operation, input }]);
  });

  test('a disk that is gone is no error', async () => {
    const aws = refusing('InvalidVolume.NotFound');
    await expect(toPorts(aws).remove({ kind: 'volume', id: 'vol-1' })).resolves.toBeUndefined();
  });

  test.each(['VolumeInUse', 'UnauthorizedOperation'])('%s is thrown', async (code) => {
    const removing = toPorts(refusing(code)).remove({ kind: 'volume', id: 'vol-1' });
    await expect(removing).rejects.toMatchObject({ name: code });
  });
});
