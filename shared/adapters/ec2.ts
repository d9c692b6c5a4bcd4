/** Servers on EC2: found by their tag, launched from the launch templates, priced by the spot market. */
import {
  type _InstanceType,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeSpotPriceHistoryCommand,
  EC2ServiceException,
  type Instance,
  type InstanceStatus,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  type SpotPrice,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Config } from '../config.ts';
import { priceWindowMs } from '../core/limits.ts';
import type { PoolPrice, Server } from '../core/model.ts';
import { refusals } from '../core/refusals.ts';
import type { LaunchAnswer, LaunchRequest, Ports } from '../ports.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

/** The tag that makes an instance ours, and the one that counts launches. */
export const vpnTag = 'perennial:vpn';
export const generationTag = 'perennial:generation';

export function toServers(
  { ec2, ec2Once }: Pick<Clients, 'ec2' | 'ec2Once'>,
  config: Pick<Config, 'policy' | 'templates'>,
): Ports['servers'] {
  const { vpn } = config.policy;
  return {
    async list() {
      const Filters = [{ Name: `tag:${vpnTag}`, Values: [vpn] }];
      const instances = await allPages(async (NextToken) => {
        const page = await ec2.send(new DescribeInstancesCommand({ Filters, NextToken }));
        const items = (page.Reservations ?? []).flatMap((r) => r.Instances ?? []);
        return { items, next: page.NextToken };
      });
      return instances.map(toServer);
    },

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

    async impaired(serverIds) {
      const answer = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: serverIds }));
      const statuses = answer.InstanceStatuses ?? [];
      const fails = ({ InstanceStatus, SystemStatus }: InstanceStatus) =>
        InstanceStatus?.Status === 'impaired' || SystemStatus?.Status === 'impaired';
      return statuses.filter(fails).map(({ InstanceId }) => must(InstanceId, 'InstanceId'));
    },

    async prices(types, now) {
      const prices = await allPages(async (NextToken) => {
        const page = await ec2.send(
          new DescribeSpotPriceHistoryCommand({
            InstanceTypes: types as _InstanceType[],
            ProductDescriptions: ['Linux/UNIX'],
            // A history begins with the price that was in force then.
            StartTime: new Date(now - priceWindowMs),
            NextToken,
          }),
        );
        return { items: page.SpotPriceHistory ?? [], next: page.NextToken };
      });
      return toPoolPrices(prices);
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

function toServer(instance: Instance): Server {
  const tag = (key: string) => instance.Tags?.find(({ Key }) => Key === key)?.Value;
  return {
    id: must(instance.InstanceId, 'InstanceId'),
    state: must(instance.State?.Name, 'State'),
    market: instance.InstanceLifecycle === 'spot' ? 'spot' : 'on-demand',
    pool: {
      type: must(instance.InstanceType, 'InstanceType'),
      zone: instance.Placement?.AvailabilityZone ?? null,
    },
    stateReason: instance.StateReason?.Code || null,
    imageId: instance.ImageId ?? null,
    address: instance.PublicIpAddress || null,
    launchedAt: must(instance.LaunchTime, 'LaunchTime').getTime(),
    generation: Number(tag(generationTag)) || 0,
  };
}

function toPoolPrices(prices: SpotPrice[]): PoolPrice[] {
  const pools = new Map<string, { at: number; price: PoolPrice }>();
  for (const { InstanceType: type, AvailabilityZone: zone, SpotPrice, Timestamp } of prices) {
    const perHour = Number(SpotPrice);
    if (!type || !zone || !(perHour > 0)) continue;
    const at = Timestamp?.getTime() ?? 0;
    const known = pools.get(`${type} ${zone}`);
    const newest = known && known.at >= at ? known : { at, price: { perHour } };
    const peak = Math.max(perHour, known?.price.peak ?? 0);
    pools.set(`${type} ${zone}`, {
      at: newest.at,
      price: { pool: { type, zone }, perHour: newest.price.perHour, peak },
    });
  }
  return [...pools.values()].map(({ price }) => price);
}
