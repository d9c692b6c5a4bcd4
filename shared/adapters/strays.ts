/** What carries our tag and serves nobody: persistent spot requests, and disks that no server uses. */
import {
  CancelSpotInstanceRequestsCommand,
  DeleteVolumeCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';
import { toAddresses } from './addresses.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';
import { vpnTag } from './looks.ts';

export function toStrays(
  { ec2, ec2Once }: Pick<Clients, 'ec2' | 'ec2Once'>,
  { policy }: Pick<Config, 'policy'>,
): Ports['strays'] {
  const addresses = toAddresses({ ec2, ec2Once }, { policy });
  const ours = { Name: `tag:${vpnTag}`, Values: [policy.vpn] };
  return {
    async list() {
      const [requests, volumes, idle] = await Promise.all([
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
        // Left of a time when the VPN had one: otherwise each pass looks after it.
        policy.address === 'dynamic' ? addresses.list() : [],
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
        ...idle
          .filter(({ serverId }) => serverId === null)
          .map(({ id }) => ({ kind: 'address' as const, id })),
      ];
    },

    async remove({ kind, id }) {
      try {
        if (kind === 'address') await addresses.release(id);
        else if (kind === 'volume') await ec2.send(new DeleteVolumeCommand({ VolumeId: id }));
        else
          await ec2.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [id] }));
      } catch (error) {
        if (!isCode(error, 'InvalidVolume.NotFound')) throw error;
      }
    },
  };
}
