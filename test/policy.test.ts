/** The policy of the loop, each rule as a story: what happens, and what has become of it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { addImage } from '../local/ec2/images.ts';
import { interrupt, terminate } from '../local/ec2/instances.ts';
import { bakedImageId } from '../local/world.ts';
import {
  drainMaxMs,
  movesPerDayMax,
  nameSettleMs,
  onDemandHoldMs,
  parkedAddress,
  restlessHoldMs,
} from '../shared/core/limits.ts';
import { emptyMemory, remember } from '../shared/core/memory.ts';
import { desire, name } from './stage.ts';
import { type Telling, tellStory } from './telling.ts';

const minuteMs = 60_000;
const hours = (count: number) => count * 60;

let story: Telling;
beforeEach(async () => {
  story = await tellStory();
});

const priceEverywhere = (perHour: number) => {
  const { market, timers } = story.world;
  for (const type of market.types)
    for (const zone of market.zones) market.setSpot({ type, zone }, timers.now, perHour);
};
const named = () => {
  const server = story.named();
  if (!server) throw new Error('The name points to no server');
  return server;
};
const emit = (type: string, detail: object, source = 'aws.ec2') =>
  story.world.emit(source, type, [], detail as Record<string, unknown>);
/** Drives the loop on demand: the price passes the cap, and AWS takes the server. */
const driveOffSpot = async () => {
  interrupt(story.world, named());
  priceEverywhere(0.0051);
  await story.pass(10);
  expect(named().market).toBe('on-demand');
};

describe('return to spot', () => {
  it('waits until spot has been clearly under the cap for an hour, and moves without an outage', async () => {
    await driveOffSpot();
    priceEverywhere(0.0016);
    await story.pass(onDemandHoldMs / minuteMs - 15);
    expect(named().market).toBe('on-demand');
    await story.pass(30);
    expect(named().market).toBe('spot');
    expect(story.alive()).toHaveLength(1);
    expect(story.said('recovered').map(({ outageMs }) => outageMs)).toEqual([0]);
  });

  it('does not follow a price that dips under the cap and rises again', async () => {
    await driveOffSpot();
    for (let dip = 0; dip < 12; dip++) {
      priceEverywhere(0.0016);
      await story.pass(25);
      priceEverywhere(0.0051);
      await story.pass(5);
    }
    expect(named().market).toBe('on-demand');
    expect(story.said('launched').filter(({ planned }) => planned)).toEqual([]);
  });

  it('does not move for a price that is only just under the cap', async () => {
    await driveOffSpot();
    priceEverywhere(0.0039);
    await story.pass(hours(5));
    expect(named().market).toBe('on-demand');
  });

  it('stays on demand for hours after several interruptions within a day', async () => {
    for (let round = 0; round < 3; round++) {
      await driveOffSpot();
      priceEverywhere(0.0016);
      if (round < 2) await story.pass(hours(1) + 20);
    }
    await story.pass(hours(2));
    expect(named().market).toBe('on-demand');
    await story.pass(restlessHoldMs / minuteMs - hours(1));
    expect(named().market).toBe('spot');
  });

  it('is bounded to so many moves a day', async () => {
    let moves = 0;
    for (let round = 0; round < 40; round++) {
      // Somebody ends the spot server by hand, while spot is dear: no interruption, but on demand again.
      priceEverywhere(0.0051);
      terminate(story.world, named(), 'Client.UserInitiatedShutdown');
      await story.pass(5);
      priceEverywhere(0.0016);
      await story.pass(hours(1) + 20);
      moves = story.said('launched').filter(({ planned }) => planned).length;
      if (round * 85 > hours(22)) break;
    }
    expect(moves).toBe(movesPerDayMax);
  });
});

describe('a rebalance recommendation', () => {
  it('moves to another spot pool in peace, and is no incident', async () => {
    const first = named();
    emit('EC2 Instance Rebalance Recommendation', { 'instance-id': first.id });
    await story.pass(10);
    expect(named().id).not.toBe(first.id);
    expect(named().market).toBe('spot');
    expect(named().pool).not.toEqual(first.pool);
    expect(story.alive()).toHaveLength(1);
    expect(story.said('incident')).toEqual([]);
  });

  it('stays where it is while only on demand would be left', async () => {
    const first = named();
    const { market } = story.world;
    for (const type of market.types)
      for (const zone of market.zones) market.setCapacity({ type, zone }, 'spot', false);
    emit('EC2 Instance Rebalance Recommendation', { 'instance-id': first.id });
    await story.pass(30);
    expect(named().id).toBe(first.id);
    expect(story.said('refused').map(({ market: where }) => where)).not.toContain('on-demand');
  });

  it('that an interruption follows finds the replacement already there', async () => {
    const first = named();
    emit('EC2 Instance Rebalance Recommendation', { 'instance-id': first.id });
    await story.pass(0.5);
    interrupt(story.world, first, 60_000);
    await story.pass(10);
    expect(story.alive()).toHaveLength(1);
    expect(story.said('recovered').map(({ outageMs }) => outageMs)).toEqual([0]);
    expect(story.said('launched')).toHaveLength(2);
  });
});

it('what AWS Health has scheduled to end is replaced in peace', async () => {
  const first = named();
  const detail = {
    service: 'EC2',
    eventTypeCode: 'AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED',
    eventTypeCategory: 'scheduledChange',
    startTime: 'Sun, 06 Dec 2026 05:00:00 GMT',
    affectedEntities: [{ entityValue: first.id }],
  };
  emit('AWS Health Event', detail, 'aws.health');
  await story.pass(10);
  expect(named().id).not.toBe(first.id);
  expect(story.alive()).toHaveLength(1);
});

describe('a new image', () => {
  it('moves make before break', async () => {
    const first = named();
    const imageId = 'ami-0fedcba9876543210';
    addImage(story.world, imageId);
    desire(story.world, { power: 'on', imageId });
    await story.pass(10);
    expect(named()).toMatchObject({ imageId });
    expect(story.alive()).toHaveLength(1);
    expect(named().id).not.toBe(first.id);
  });

  it('that does not boot leaves the old server in peace', async () => {
    const first = named();
    desire(story.world, { power: 'on', imageId: 'ami-0fedcba9876543210' });
    await story.pass(hours(1));
    expect(named().id).toBe(first.id);
    expect(story.said('refused')[0]?.code).toBe('InvalidAMIID.NotFound');
  });
});

describe('sessions', () => {
  it('are waited for before a server that could stay is ended, up to a bound', async () => {
    const first = named();
    story.world.guests.setSessions(first.id, 2);
    emit('EC2 Instance Rebalance Recommendation', { 'instance-id': first.id });
    await story.pass(8);
    expect(named().id).not.toBe(first.id);
    expect(story.alive().map(({ id }) => id)).toContain(first.id);
    await story.pass((drainMaxMs + nameSettleMs) / minuteMs);
    expect(story.alive().map(({ id }) => id)).not.toContain(first.id);
  });

  it('that end let the server go earlier', async () => {
    const first = named();
    story.world.guests.setSessions(first.id, 2);
    emit('EC2 Instance Rebalance Recommendation', { 'instance-id': first.id });
    await story.pass(5);
    story.world.guests.setSessions(first.id, 0);
    await story.pass(3);
    expect(story.alive().map(({ id }) => id)).not.toContain(first.id);
  });
});

describe('idleness', () => {
  it('turns it off, after as long as people have asked for since somebody last used it', async () => {
    const first = named();
    desire(story.world, { power: 'on', imageId: bakedImageId, idleMinutes: 30 });
    story.world.guests.setSessions(first.id, 1);
    await story.pass(hours(2));
    story.world.guests.setSessions(first.id, 0);
    const quietSince = story.world.timers.now;
    await story.pass(29);
    expect(named().id).toBe(first.id);
    await story.pass(10);
    expect(story.alive()).toEqual([]);
    expect(story.world.resolve(name)).toBe(parkedAddress);
    const [idling] = story.said('idling');
    expect(idling?.why).toBe('Nobody has used it for 30 minutes: the VPN is turned off');
    expect((idling?.at ?? 0) - quietSince).toBeGreaterThanOrEqual(30 * minuteMs);
    expect((idling?.at ?? 0) - quietSince).toBeLessThanOrEqual(31 * minuteMs);
  });

  it('is over as soon as somebody uses it', async () => {
    const first = named();
    desire(story.world, { power: 'on', imageId: bakedImageId, idleMinutes: 30 });
    await story.pass(29);
    story.world.guests.setSessions(first.id, 1);
    await story.pass(hours(1));
    expect(story.said('idling')).toEqual([]);
  });
});

describe('a server that fails', () => {
  it('silently is replaced, and the outage is what the facts say', async () => {
    const first = named();
    story.world.guests.silence(first.id);
    const silentSince = story.world.timers.now;
    await story.pass(15);
    expect(named().id).not.toBe(first.id);
    expect(story.alive()).toHaveLength(1);
    const [recovered] = story.said('recovered');
    const pointed = story.said('pointing').at(-1)?.at ?? 0;
    // The last report is at most a minute older than the silence.
    expect(recovered?.outageMs).toBeGreaterThanOrEqual(pointed - silentSince);
    expect(recovered?.outageMs).toBeLessThanOrEqual(pointed - silentSince + minuteMs);
  });

  it('its status checks is not waited for as long as one that is only late', async () => {
    const silence = async (heal: boolean) => {
      // Its reports come in the middle between two ticks.
      const telling = await tellStory({ bootMs: 70_000 });
      const server = telling.named();
      telling.world.guests.silence(server?.id ?? '');
      if (!heal) telling.world.guests.isImpaired = () => false;
      const from = telling.world.timers.now;
      await telling.pass(10);
      return (telling.said('incident')[0]?.at ?? 0) - from;
    };
    expect(await silence(true)).toBeLessThan(await silence(false));
  });

  it('in its VPN only is replaced too', async () => {
    const first = named();
    story.world.guests.setServing(first.id, false);
    await story.pass(10);
    expect(named().id).not.toBe(first.id);
  });

  it('at once without notice leaves an outage of a boot and a minute at most', async () => {
    interrupt(story.world, named(), 0);
    await story.pass(10);
    const [recovered] = story.said('recovered');
    expect(recovered?.outageMs).toBeGreaterThan(40_000);
    expect(recovered?.outageMs).toBeLessThan(40_000 + 20_000 + minuteMs);
  });
});

it('pools that interrupt us again and again are left alone for longer each time', () => {
  const pool = { type: 't3.nano', zone: 'us-east-1a' };
  let at = Date.UTC(2026, 10, 22);
  let memory = emptyMemory;
  const heldForMs = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((round) => {
    const serverId = `i-0000000${round}`;
    const why = 'taken';
    memory = remember(memory, {
      at,
      kind: 'doomed',
      serverId,
      endsAt: at,
      market: 'spot',
      pool,
      why,
    });
    const until = memory.holds[0]?.until ?? 0;
    const forMs = until - at;
    at = until + minuteMs;
    return forMs / minuteMs;
  });
  expect(heldForMs).toEqual([3, 6, 12, 24, 48, 96, 192, 360, 360]);
});

describe('strays', () => {
  const Tags = [{ Key: 'perennial:vpn', Value: 'home' }];

  it('are found and removed within the hour: persistent requests, disks, servers', async () => {
    const { world } = story;
    const ours = (ResourceType: string) => ({ TagSpecifications: [{ ResourceType, Tags }] });
    world.call('ec2', 'RequestSpotInstances', {
      Type: 'persistent',
      ...ours('spot-instances-request'),
    });
    world.call('ec2', 'CreateVolume', {
      AvailabilityZone: 'us-east-1a',
      Size: 8,
      ...ours('volume'),
    });
    world.call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: bakedImageId,
      InstanceType: 't3.nano',
      ...ours('instance'),
    });
    await story.pass(61);
    expect(story.alive()).toHaveLength(1);
    expect(world.volumes.size).toBe(0);
    expect([...world.spotRequests.values()].map(({ State }) => State)).toEqual(['cancelled']);
    expect(story.said('removing')).toHaveLength(2);
  });

  it('that launch a server again each time it is ended are cancelled with the first', async () => {
    const { world } = story;
    world.call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: bakedImageId,
      InstanceType: 't3.nano',
      InstanceMarketOptions: {
        MarketType: 'spot',
        SpotOptions: { SpotInstanceType: 'persistent' },
      },
      TagSpecifications: ['instance', 'spot-instances-request'].map((ResourceType) => ({
        ResourceType,
        Tags,
      })),
    });
    await story.pass(10);
    expect([...world.spotRequests.values()].map(({ State }) => State)).toEqual(['cancelled']);
    expect(story.said('retiring')).toHaveLength(1);
    expect(story.alive()).toHaveLength(1);
  });

  it('of somebody else are left alone', async () => {
    const { world } = story;
    world.call('ec2', 'CreateVolume', { AvailabilityZone: 'us-east-1a', Size: 8 });
    world.call('ec2', 'RequestSpotInstances', { Type: 'persistent' });
    await story.pass(61);
    expect(world.volumes.size).toBe(1);
    expect([...world.spotRequests.values()].map(({ State }) => State)).toEqual(['open']);
  });
});

describe('the ends of servers are told apart', () => {
  const why = () => story.said('ended').map((entry) => entry.why.replace(/^i-\w+ /, ''));

  it('by hand', async () => {
    terminate(story.world, named(), 'Client.UserInitiatedShutdown');
    await story.pass(5);
    expect(why().at(-1)).toBe('is gone: somebody has ended it by hand');
    expect(named().market).toBe('spot');
  });

  it('by itself', async () => {
    terminate(story.world, named(), 'Client.InstanceInitiatedShutdown');
    await story.pass(5);
    expect(why().at(-1)).toBe('is gone: it has shut itself down');
  });

  it('by AWS', async () => {
    interrupt(story.world, named());
    await story.pass(5);
    expect(why()).toEqual(['is gone: AWS has taken it']);
  });
});

describe('money', () => {
  it('is counted as it is spent', async () => {
    await story.pass(hours(10));
    const ledger = story.ledger();
    // From the launch to the last count, at the price of the one pool that it ran in.
    expect(ledger?.spot.hours).toBeGreaterThan(9.9);
    expect(ledger?.spot.hours).toBeLessThan(10.1);
    expect(ledger?.spot.dollars).toBeCloseTo((ledger?.spot.hours ?? 0) * 0.0016, 4);
    expect(ledger?.address.dollars).toBeCloseTo((ledger?.address.hours ?? 0) * 0.005, 4);
    expect(ledger?.onDemand.dollars).toBe(0);
    expect(ledger?.alwaysOnDemand.dollars).toBeGreaterThan(0.1 - 0.005);
  });

  it('of a month goes to a place of its own when the month is over', async () => {
    await story.pass(hours(24 * 9));
    const { parameters } = story.world;
    const november = parameters.get('/perennial/home/ledger/2026-11')?.versions.at(-1)?.value;
    expect(JSON.parse(november ?? '{}')).toMatchObject({ month: '2026-11' });
    expect(story.ledger()?.month).toBe('2026-12');
    const hoursOf = JSON.parse(november ?? '{}').spot.hours + (story.ledger()?.spot.hours ?? 0);
    expect(hoursOf).toBeGreaterThan(24 * 9 - 0.2);
  });

  it('spent on demand up to the guard launches nothing more on demand, and says so', async () => {
    await driveOffSpot();
    const { world } = story;
    const spent = { ...story.ledger(), onDemand: { hours: 1_000, dollars: 5 } };
    world.call('ssm', 'PutParameter', {
      Name: '/perennial/home/state/ledger',
      Type: 'String',
      Overwrite: true,
      Value: JSON.stringify({ ...spent, until: new Date(world.timers.now).toISOString() }),
    });
    terminate(world, named(), 'Client.UserInitiatedShutdown');
    await story.pass(20);
    expect(story.alive()).toEqual([]);
    expect(story.said('stuck').at(-1)?.why).toContain('on demand has cost its $5 of this month');
    priceEverywhere(0.0016);
    await story.pass(5);
    expect(named().market).toBe('spot');
  });
});
