/** What can be seen of servers on EC2: those with our tag, whether they are well, and what the spot market asks. */
import {
  type _InstanceType,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeSpotPriceHistoryCommand,
  type Instance,
  type InstanceStatus,
  type SpotPrice,
} from '@aws-sdk/client-ec2';
import type { Config } from '../config.ts';
import { priceWindowMs } from '../core/limits.ts';
import type { PoolPrice, Server } from '../core/model.ts';
import type { LookPorts } from '../ports.ts';
import { allPages, must } from './answers.ts';
import type { Clients } from './clients.ts';

/** The tag that makes an instance ours, and the one that counts launches. */
export const vpnTag = 'perennial:vpn';
export const generationTag = 'perennial:generation';

export function toLooks(
  { ec2 }: Pick<Clients, 'ec2'>,
  { policy: { vpn } }: Pick<Config, 'policy'>,
): LookPorts['servers'] {
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

export function toServer(instance: Instance): Server {
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
