/** What people, or an older version, leave behind with our tag: disks, and requests that launch by themselves. */

import type { Random } from '../../local/random.ts';
import { bakedImageId, type World } from '../../local/world.ts';
import { vpnTag } from '../../shared/adapters/looks.ts';

export interface Left {
  id: string;
  /** Since when, epoch milliseconds. */
  at: number;
}

/** What of it is still there. */
export function findStrays({ volumes, spotRequests }: World): Left[] {
  const left: Left[] = [];
  for (const [id, { CreateTime }] of volumes) left.push({ id, at: Number(CreateTime) });
  for (const [id, { CreateTime, State }] of spotRequests)
    if (State !== 'cancelled') left.push({ id, at: Number(CreateTime) });
  return left;
}

const Tags = [{ Key: vpnTag, Value: 'home' }];
const tagged = (...types: string[]) => ({
  TagSpecifications: types.map((ResourceType) => ({ ResourceType, Tags })),
});

export function leaveStray(world: World, { pick }: Random): void {
  const { market } = world;
  const Placement = { AvailabilityZone: pick(market.zones) };
  const InstanceType = pick(market.types);
  const call = (operation: string, input: object) => world.call('ec2', operation, input);
  pick([
    () => call('CreateVolume', { ...Placement, Size: 8, ...tagged('volume') }),
    () => call('RequestSpotInstances', { Type: 'persistent', ...tagged('spot-instances-request') }),
    () =>
      call('RunInstances', {
        MinCount: 1,
        MaxCount: 1,
        ImageId: bakedImageId,
        InstanceType,
        Placement,
        InstanceMarketOptions: {
          MarketType: 'spot',
          SpotOptions: { SpotInstanceType: 'persistent' },
        },
        ...tagged('instance', 'spot-instances-request'),
      }),
  ])();
}
