/** What servers cost, against sums done by hand. */
import { describe, expect, it } from 'vitest';
import { alwaysOnDemand, type Cost, nothing, startMeter, toTotal } from '../../local/billing.ts';
import { type InstanceRecord, interrupt } from '../../local/ec2/instances.ts';
import { replay } from '../../local/market.ts';
import { startPersistentRequest } from '../../local/persistent-request.ts';
import { bakedImageId, type World } from '../../local/world.ts';
import { read2013, toRecorded } from '../sim/setting.ts';
import { setStage, start } from '../stage.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const inA = { type: 't3.nano', zone: 'us-east-1a' };
/** 8 GB at $.08 a month of 730 hours. */
const diskPerHour = 0.64 / 730;

/** Everything takes round times: it runs after 10 s, serves after 40 s more, is gone 30 s after its end. */
function setUp() {
  const { world } = setStage({
    times: {
      pendingMs: () => 10 * secondMs,
      bootMs: () => 40 * secondMs,
      shuttingDownMs: () => 30 * secondMs,
    },
  });
  const { timers, market } = world;
  const at = (hours: number) => timers.advance(start + hours * hourMs);
  const price = (perHour: number) => market.setSpot(inA, timers.now, perHour);
  return { world, at, price, meter: startMeter(world) };
}

function launch(world: World, spot: boolean): InstanceRecord {
  const known = new Set(world.instances.keys());
  world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    ImageId: bakedImageId,
    InstanceType: inA.type,
    Placement: { AvailabilityZone: inA.zone },
    ...(spot && { InstanceMarketOptions: { MarketType: 'spot' } }),
  });
  const launched = [...world.instances.values()].find(({ id }) => !known.has(id));
  if (!launched) throw new Error('Nothing was launched');
  return launched;
}
const terminate = (world: World, { id }: InstanceRecord) =>
  world.call('ec2', 'TerminateInstances', { InstanceIds: [id] });

function expectCost(cost: Cost, expected: Cost): void {
  for (const [part, dollars] of Object.entries(expected))
    expect(cost[part as keyof Cost], part).toBeCloseTo(dollars, 12);
}

describe('the meter', () => {
  it('charges a server on demand and its address while it runs, its disk from launch to end', () => {
    const { world, at, meter } = setUp();
    const server = launch(world, false);
    at(2);
    terminate(world, server);
    at(3);
    const { spot, 'on-demand': onDemand } = meter.read();
    const ran = 2 - 10 / 3_600;
    expectCost(spot, nothing);
    expectCost(onDemand, {
      hours: ran,
      instance: ran * 0.0052,
      address: ran * 0.005,
      disk: (2 + 30 / 3_600) * diskPerHour,
    });
  });

  it('charges spot at what its pool costs at each moment', () => {
    const { world, at, price, meter } = setUp();
    launch(world, true);
    at(1);
    price(0.003);
    at(1.5);
    price(0.002);
    at(2);
    const { spot } = meter.read();
    const ran = 2 - 10 / 3_600;
    expectCost(spot, {
      hours: ran,
      instance: (1 - 10 / 3_600) * 0.0016 + 0.5 * 0.003 + 0.5 * 0.002,
      address: ran * 0.005,
      disk: 2 * diskPerHour,
    });
  });

  it('charges until AWS takes the server, and prices of other pools do not matter', () => {
    const { world, at, meter } = setUp();
    const server = launch(world, true);
    at(1);
    world.market.setSpot({ ...inA, zone: 'us-east-1b' }, world.timers.now, 0.005);
    interrupt(world, server);
    at(5);
    const ran = 1 + 110 / 3_600;
    expectCost(meter.read().spot, {
      hours: ran,
      instance: ran * 0.0016,
      address: ran * 0.005,
      disk: (1 + 150 / 3_600) * diskPerHour,
    });
  });

  it('reads the same however often it is read', () => {
    const [often, once] = [setUp(), setUp()].map(({ world, at, meter }, index) => {
      launch(world, true);
      for (let hour = 0.1; hour < 3; hour += 0.1) {
        at(hour);
        if (index === 0) meter.read();
      }
      at(3);
      return meter.read().spot;
    });
    expectCost(often ?? nothing, once ?? nothing);
  });

  it('adds up two servers at a time, each on its market', () => {
    const { world, at, meter } = setUp();
    launch(world, true);
    launch(world, false);
    launch(world, false);
    at(1);
    const { spot, 'on-demand': onDemand } = meter.read();
    const ran = 1 - 10 / 3_600;
    expect(spot.instance).toBeCloseTo(ran * 0.0016, 12);
    expect(onDemand.hours).toBeCloseTo(2 * ran, 12);
    expect(onDemand.instance).toBeCloseTo(2 * ran * 0.0052, 12);
  });
});

it('always on demand is the cheapest type, its address and its disk', () => {
  const month = alwaysOnDemand([0.0052, 0.0047], 730);
  expectCost(month, { hours: 730, instance: 3.431, address: 3.65, disk: 0.64 });
  // Without the $.50 of a hosted zone.
  expect(toTotal(month)).toBeCloseTo(7.721, 9);
});

describe('the persistent request', () => {
  const limit = 0.004;
  const waitMs = 6 * minuteMs;
  const begin = () => {
    const { world, at, price } = setUp();
    return { world, at, price, request: startPersistentRequest(world, inA, limit, waitMs) };
  };

  it('runs while the price is at most its limit', () => {
    const { at, price, request } = begin();
    at(1);
    price(limit);
    at(2);
    const { wantedMs, upMs, cost } = request.read();
    expect([wantedMs, upMs]).toEqual([2 * hourMs, 2 * hourMs]);
    expectCost(cost, { hours: 2, instance: 0.0016 + 0.004, address: 0.01, disk: 2 * diskPerHour });
  });

  it('is dead above it, costs nothing then, and comes back some minutes after the price does', () => {
    const { at, price, request } = begin();
    at(1);
    price(0.5);
    at(3);
    price(0.002);
    at(4);
    const { wantedMs, upMs, cost } = request.read();
    expect(wantedMs).toBe(4 * hourMs);
    expect(upMs).toBe(2 * hourMs - waitMs);
    expect(cost.instance).toBeCloseTo(0.0016 + 0.9 * 0.002, 12);
  });

  it('never comes back while the price jumps up again in the meantime', () => {
    const { at, price, request } = begin();
    for (let hour = 1; hour < 2; hour += 0.1) {
      at(hour);
      price(0.5);
      at(hour + 0.05);
      price(0.002);
    }
    expect(request.read().upMs).toBe(hourMs);
  });

  it('waits for capacity when AWS has taken its server, but loses none by a drought alone', () => {
    const { world, at, request } = begin();
    world.market.setCapacity(inA, 'spot', false);
    at(1);
    expect(request.read().upMs).toBe(hourMs);
    request.take();
    at(2);
    world.market.setCapacity(inA, 'spot', true);
    at(3);
    expect(request.read().upMs).toBe(2 * hourMs - waitMs);
  });

  it('does not count the hours in which nobody wants it', () => {
    const { at, request } = begin();
    at(1);
    request.setWanted(false);
    at(5);
    request.setWanted(true);
    at(6);
    const { wantedMs, upMs, cost } = request.read();
    expect([wantedMs, upMs]).toEqual([2 * hourMs, 2 * hourMs - waitMs]);
    expect(cost.hours).toBeCloseTo(1.9, 12);
  });

  it('begins when its pool has a price that suits', () => {
    const { at, price, world } = setUp();
    price(0.5);
    const request = startPersistentRequest(world, inA, limit, waitMs);
    at(1);
    price(0.002);
    at(2);
    expect(request.read().upMs).toBe(hourMs - waitMs);
  });
});

describe('on the real prices of January 2013', () => {
  /** What a back-test of others found: dollars always on demand, and the request's share of time up. */
  it.each([
    ['SUSE Linux', 't1.micro', 'c', undefined, { always: 11.1, up: 0.9666 }],
    ['Linux/UNIX', 'm1.large', 'c', undefined, { always: 92.56, up: 0.874 }],
    ['Linux/UNIX', 't1.micro', 'a', 0.0035, { always: 7.02, up: 0.775 }],
  ])('%s %s in zone %s: the request is up as long as others found', (...row) => {
    const [product, type, zone, cap, expected] = row;
    const series = read2013(product);
    const setting = toRecorded(series, { type, zone, ...(cap && { cap }) });
    const { world } = setStage({ ...setting, market: setting });
    replay(world.market, world.timers, setting.courses);
    const pool = { type, zone: setting.zones[0] ?? '' };
    const request = startPersistentRequest(world, pool, setting.cap);
    world.timers.advance(series.to);
    const { upMs, wantedMs } = request.read();
    expect(upMs / wantedMs).toBeCloseTo(expected.up, 3);
    const always = alwaysOnDemand([world.market.onDemand(type)], wantedMs / hourMs);
    expect(always.instance / expected.always).toBeCloseTo(1, 2);
  });
});
