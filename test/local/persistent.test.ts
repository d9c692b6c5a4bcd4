/** Persistent spot requests: what they launch when their server has ended, and when they rest. */
import { beforeEach, describe, expect, it } from 'vitest';
import { isAlive, terminate } from '../../local/ec2/instances.ts';
import { bakedImageId, toWorld, type World } from '../../local/world.ts';
import { start, types } from '../stage.ts';

const minuteMs = 60_000;
const pool = { type: 't3.nano', zone: 'us-east-1a' };
const Tags = [{ Key: 'perennial:vpn', Value: 'home' }];

let world: World;
beforeEach(() => {
  world = toWorld({ seed: 1, start, market: { zones: [pool.zone], types } });
  world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    ImageId: bakedImageId,
    InstanceType: pool.type,
    InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { SpotInstanceType: 'persistent' } },
    TagSpecifications: ['instance', 'spot-instances-request'].map((ResourceType) => ({
      ResourceType,
      Tags,
    })),
  });
  pass(2);
});

const pass = (minutes: number) => world.timers.advance(world.timers.now + minutes * minuteMs);
const alive = () => [...world.instances.values()].filter(isAlive);
const end = () => {
  for (const server of alive()) terminate(world, server, 'Client.UserInitiatedShutdown');
};
const request = () => [...world.spotRequests.values()][0];

it('launches as was asked for, again and again, whoever ended the server', () => {
  const ids = [1, 2, 3].map(() => {
    const [server, ...others] = alive();
    expect(others).toEqual([]);
    expect(server).toMatchObject({ market: 'spot', pool, imageId: bakedImageId });
    expect([...(server?.tags ?? [])]).toEqual([['perennial:vpn', 'home']]);
    expect(request()).toMatchObject({ State: 'active', InstanceId: server?.id, Tags });
    end();
    pass(1);
    expect(request()?.InstanceId).toBeUndefined();
    pass(6);
    return server?.id;
  });
  expect(new Set(ids).size).toBe(3);
});

describe('launches nothing', () => {
  it('once it is cancelled, and lets its server be', () => {
    const SpotInstanceRequestIds = [request()?.SpotInstanceRequestId];
    world.call('ec2', 'CancelSpotInstanceRequests', { SpotInstanceRequestIds });
    expect(alive()).toHaveLength(1);
    end();
    pass(60);
    expect(alive()).toEqual([]);
  });

  it('while it is cancelled in between', () => {
    end();
    pass(1);
    const SpotInstanceRequestIds = [request()?.SpotInstanceRequestId];
    world.call('ec2', 'CancelSpotInstanceRequests', { SpotInstanceRequestIds });
    pass(60);
    expect(alive()).toEqual([]);
  });

  it('while there is no capacity, or spot costs more than its limit', () => {
    const { market, timers } = world;
    market.setCapacity(pool, 'spot', false);
    end();
    pass(30);
    expect(alive()).toEqual([]);
    market.setSpot(pool, timers.now, 0.006);
    market.setCapacity(pool, 'spot', true);
    pass(30);
    expect(alive()).toEqual([]);
    market.setSpot(pool, timers.now, 0.002);
    pass(6);
    expect(alive()).toHaveLength(1);
  });
});
