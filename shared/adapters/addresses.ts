/** Elastic IP addresses on EC2: found by their tag, allocated, moved from server to server, given back. */
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  EC2ServiceException,
  type Address as ElasticAddress,
  ReleaseAddressCommand,
} from '@aws-sdk/client-ec2';
import type { Config } from '../config.ts';
import type { Address } from '../core/model.ts';
import type { Ports } from '../ports.ts';
import { isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';
import { vpnTag } from './looks.ts';

export function toAddresses(
  { ec2, ec2Once }: Pick<Clients, 'ec2' | 'ec2Once'>,
  { policy: { vpn } }: { policy: Pick<Config['policy'], 'vpn'> },
): Ports['addresses'] {
  const list = async () => {
    const Filters = [{ Name: `tag:${vpnTag}`, Values: [vpn] }];
    const answer = await ec2.send(new DescribeAddressesCommand({ Filters }));
    return (answer.Addresses ?? []).map(toAddress);
  };
  /** What is gone has no tags any more, and without ours the role may do nothing with it: IAM speaks first. */
  const isGone = async (error: unknown, addressId: string) =>
    isCode(error, 'InvalidAllocationID.NotFound') ||
    (isCode(error, 'UnauthorizedOperation') && (await list()).every(({ id }) => id !== addressId));
  return {
    list,

    async allocate() {
      const Tags = [
        { Key: vpnTag, Value: vpn },
        { Key: 'Name', Value: `perennial-${vpn}` },
      ];
      const TagSpecifications = [{ ResourceType: 'elastic-ip' as const, Tags }];
      try {
        // An address has no client token: a repeat would be another one.
        const answer = await ec2Once.send(
          new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications }),
        );
        return { kind: 'allocated', address: toAddress(answer) };
      } catch (error) {
        if (!(error instanceof EC2ServiceException) || error.$fault === 'server') throw error;
        return { kind: 'refused', code: error.name, message: error.message };
      }
    },

    async move(AllocationId, InstanceId) {
      try {
        const input = { AllocationId, InstanceId, AllowReassociation: true };
        await ec2.send(new AssociateAddressCommand(input));
        return true;
      } catch (error) {
        if (movesRefused.some((code) => isCode(error, code))) return false;
        if (await isGone(error, AllocationId)) return false;
        throw error;
      }
    },

    async release(AllocationId) {
      try {
        await ec2.send(new ReleaseAddressCommand({ AllocationId }));
      } catch (error) {
        if (!(await isGone(error, AllocationId))) throw error;
      }
    },
  };
}

/** The server has ended. */
const movesRefused = ['InvalidInstanceID.NotFound', 'InvalidInstanceID', 'IncorrectInstanceState'];

function toAddress({
  AllocationId,
  PublicIp,
  InstanceId,
}: Pick<ElasticAddress, 'AllocationId' | 'PublicIp' | 'InstanceId'>): Address {
  return {
    id: must(AllocationId, 'AllocationId'),
    address: must(PublicIp, 'PublicIp'),
    serverId: InstanceId || null,
  };
}
