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
      if (operation === 'DescribeVolumes')
        return { Volumes: isFirst ? [] : [{ VolumeId: 'vol-1' }], ...next };
      return { SpotInstanceRequests: isFirst ? [{ SpotInstanceRequestId: 'sir-1' }] : [], ...next };
    });
    expect(await toPorts(aws).list()).toEqual([
      { kind: 'spot-request', id: 'sir-1' },
      { kind: 'volume', id: 'vol-1' },
    ]);
    const ours = { Name: 'tag:perennial:vpn', Values: ['home'] };
    const inputs = Object.fromEntries(aws.asked.map(({ operation, input }) => [operation, input]));
    expect(aws.asked).toHaveLength(4);
    expect(inputs).toEqual({
      DescribeSpotInstanceRequests: {
        Filters: [
          ours,
          { Name: 'type', Values: ['persistent'] },
          { Name: 'state', Values: ['open', 'active', 'disabled'] },
        ],
        NextToken: 'page 2',
      },
      DescribeVolumes: {
        Filters: [ours, { Name: 'status', Values: ['available'] }],
        NextToken: 'page 2',
      },
    });
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
