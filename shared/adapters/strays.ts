/** What carries our tag and serves nobody: persistent spot requests, and disks that no server uses. */
import {
  CancelSpotInstanceRequestsCommand,
  DeleteVolumeCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';
import { vpnTag } from './looks.ts';

export function toStrays(
  { ec2 }: Pick<Clients, 'ec2'>,
  { policy }: Pick<Config, 'policy'>,
): Ports['strays'] {
  const ours = { Name: `tag:${vpnTag}`, Values: [policy.vpn] };
  return {
    async list() {
      const [requests, volumes] = await Promise.all([
        allPages(async (NextToken) => {
          const Filters = [
            ours,
            { Name: 'type', Values: ['persistent'] },
            { Name: 'state', Values: ['open', 'active', 'disabled'] },
          ];
          const command = new DescribeSpotInstanceRequestsCommand({ Filters, NextToken });
          const page = await ec2.send(command);
          return { items: page.SpotInstanceRequests ?? [], next: page.NextToken };
        }),
        allPages(async (NextToken) => {
          const Filters = [ours, { Name: 'status', Values: ['available'] }];
          const page = await ec2.send(new DescribeVolumesCommand({ Filters, NextToken }));
          return { items: page.Volumes ?? [], next: page.NextToken };
        }),
      ]);
      return [
        ...requests.map(({ SpotInstanceRequestId: id }) => ({
          kind: 'spot-request' as const,
          id: must(id, 'SpotInstanceRequestId'),
        })),
        ...volumes.map(({ VolumeId: id }) => ({
          kind: 'volume' as const,
          id: must(id, 'VolumeId'),
        })),
      ];
    },

    async remove({ kind, id }) {
      try {
        if (kind === 'volume') await ec2.send(new DeleteVolumeCommand({ VolumeId: id }));
        else
          await ec2.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [id] }));
      } catch (error) {
        if (!isCode(error, 'InvalidVolume.NotFound')) throw error;
      }
    },
  };
}
