/** Servers on EC2: looked at, launched from the launch templates, and ended. */
import {
  type _InstanceType,
  EC2ServiceException,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Config } from '../config.ts';
import { refusals } from '../core/refusals.ts';
import type { LaunchAnswer, LaunchRequest, Ports } from '../ports.ts';
import { isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';
import { generationTag, toLooks, toServer, vpnTag } from './looks.ts';

export function toServers(
  { ec2, ec2Once }: Pick<Clients, 'ec2' | 'ec2Once'>,
  config: Pick<Config, 'policy' | 'templates'>,
): Ports['servers'] {
  return {
    ...toLooks({ ec2 }, config),

    async launch(request) {
      const input = toRunInstances(request, config);
      try {
        const answer = await ec2Once.send(new RunInstancesCommand(input));
        return { kind: 'launched', server: toServer(must(answer.Instances?.[0], 'an instance')) };
      } catch (error) {
        return toRefusal(error);
      }
    },

    async terminate(serverId) {
      try {
        await ec2.send(new TerminateInstancesCommand({ InstanceIds: [serverId] }));
      } catch (error) {
        if (!isCode(error, 'InvalidInstanceID.NotFound')) throw error;
      }
    },
  };
}

function toRunInstances(
  request: LaunchRequest,
  { policy, templates }: Pick<Config, 'policy' | 'templates'>,
): RunInstancesCommandInput {
  const { pool, market, maxPrice } = request;
  const Tags = [
    { Key: vpnTag, Value: policy.vpn },
    { Key: generationTag, Value: String(request.generation) },
    { Key: 'Name', Value: `perennial-${policy.vpn}` },
  ];
  return {
    MinCount: 1,
    MaxCount: 1,
    ClientToken: request.token,
    LaunchTemplate: {
      LaunchTemplateId: templates[market].id,
      Version: templates[market].version,
    },
    ImageId: request.imageId,
    InstanceType: pool.type as _InstanceType,
    ...(pool.zone && { Placement: { AvailabilityZone: pool.zone } }),
    ...(market === 'spot' && {
      InstanceMarketOptions: {
        MarketType: 'spot',
        SpotOptions: {
          ...(maxPrice !== null && { MaxPrice: String(maxPrice) }),
          SpotInstanceType: 'one-time',
          InstanceInterruptionBehavior: 'terminate',
        },
      },
    }),
    TagSpecifications: [
      { ResourceType: 'instance', Tags },
      { ResourceType: 'volume', Tags },
      ...(market === 'spot' ? [{ ResourceType: 'spot-instances-request' as const, Tags }] : []),
    ],
  };
}

/** What EC2 refused is a value; what did not reach it, or broke on the way, is thrown. */
function toRefusal(error: unknown): LaunchAnswer {
  if (!(error instanceof EC2ServiceException)) throw error;
  // Of a server's fault that the table does not know nobody can say whether it launched: same token again.
  if (error.$fault === 'server' && !Object.hasOwn(refusals, error.name)) throw error;
  return { kind: 'refused', code: error.name, message: error.message };
}
