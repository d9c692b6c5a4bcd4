/** One pass of the loop at a time: the world before, a signal, the world after. */
import { describe, expect, test } from 'vitest';
import { interrupt } from '../local/ec2/instances.ts';
import { bakedImageId } from '../local/world.ts';
import { nameSettleMs, parkedAddress } from '../shared/core/limits.ts';
import type { Signal } from '../shared/core/signal.ts';
import { minuteMs, secondMs } from './core/scene.ts';
import {
  kinds,
  operations,
  refuse,
  servingMs,
  setPasses,
  setServing,
  toInterruption,
} from './passes.ts';
import { desire } from './stage.ts';

const nano = { type: 't3.nano', zone: 'us-east-1a' };

describe('from nothing', () => {
  test('a server is launched on the cheapest spot, and the name is parked until it serves', async () => {
    const passes = setPasses();
    const { entries, ignored, unread } = await passes.wake();
    expect({ ignored, unread }).toEqual({ ignored: null, unread: [] });
    expect(kinds(entries)).toEqual(['launching', 'parking', 'launched']);
    expect(passes.journal()).toEqual(entries);
    expect(passes.alive()).toMatchObject([
      { market: 'spot', pool: nano, maxPrice: 0.004, imageId: bakedImageId },
    ]);
    expect(passes.named()).toBe(parkedAddress);
  });

  test('the name moves to it as soon as it reports that it serves', async () => {
    const passes = setPasses();
    await passes.wake();
    passes.wait(servingMs - 2 * secondMs);
    expect(kinds((await passes.wake()).entries)).toEqual([]);
    passes.wait(2 * secondMs);
    const [server] = passes.alive();
    const name = `/perennial/home/state/servers/${server?.id}`;
    const report = {
      kind: 'parameter',
      name,
      operation: 'Create',
      at: passes.world.timers.now,
    } as const;
    expect(kinds((await passes.wake(report)).entries)).toEqual(['pointing']);
    expect(passes.named()).toBe(server?.address);
  });

  test('without an image it says so, once', async () => {
    const passes = setPasses();
    desire(passes.world, { power: 'on' });
    expect(kinds((await passes.wake()).entries)).toEqual(['stuck', 'parking']);
    expect((await passes.wake()).entries).toEqual([]);
    expect(passes.alive()).toEqual([]);
  });
});

describe('an interruption', () => {
  test('brings a server elsewhere, then the name, then the end of the old one', async () => {
    const passes = await setServing();
    const { first, world } = passes;
    interrupt(world, first);
    expect(kinds((await passes.wake(toInterruption(passes, first))).entries)).toEqual([
      'doomed',
      'launching',
      'incident',
      'launched',
    ]);
    const [, second] = passes.alive();
    expect(second).toMatchObject({ market: 'spot', pool: { ...nano, zone: 'us-east-1b' } });
    expect(passes.named()).toBe(first.address);

    passes.wait(servingMs);
    expect(kinds((await passes.wake()).entries)).toEqual(['pointing', 'recovered']);
    expect(passes.named()).toBe(second?.address);
    expect(passes.alive()).toEqual([first, second]);

    passes.wait(nameSettleMs);
    await passes.wake();
    expect(passes.alive()).toEqual([second]);
  });

  test('of a stranger does nothing', async () => {
    const passes = await setServing();
    const stranger = { id: 'i-0123456789abcdef0' };
    expect(await passes.wake(toInterruption(passes, stranger))).toEqual({
      ignored: 'i-0123456789abcdef0 is not a server of this VPN',
      entries: [],
      unread: [],
    });
    expect(operations(passes.asked)).toHaveLength(5);
    expect(passes.alive()).toEqual([passes.first]);
  });

  test('that comes twice launches once', async () => {
    const passes = await setServing();
    const signal = toInterruption(passes, passes.first);
    await passes.wake(signal);
    expect(await passes.wake(signal)).toEqual({ ignored: null, entries: [], unread: [] });
    expect(operations(passes.asked, 'RunInstances')).toHaveLength(1);
  });

  test('that comes again when all is over changes nothing', async () => {
    const passes = await setServing();
    const signal = toInterruption(passes, passes.first);
    interrupt(passes.world, passes.first);
    await passes.wake(signal);
    passes.wait(servingMs);
    await passes.wake();
    passes.wait(nameSettleMs);
    await passes.wake();
    passes.wait(5 * minuteMs);
    passes.asked.length = 0;
    expect(kinds((await passes.wake(signal)).entries)).toEqual([]);
    expect(passes.alive()).toHaveLength(1);
  });
});

test('the report of a server that is gone is swept up, which is worth no entry', async () => {
  const passes = await setServing();
  const Name = '/perennial/home/state/servers/i-0123456789abcdef0';
  passes.world.call('ssm', 'PutParameter', { Name, Value: '{"serving":{}}', Type: 'String' });
  expect((await passes.wake()).entries).toEqual([]);
  expect(passes.world.parameters.has(Name)).toBe(false);
  passes.asked.length = 0;
  await passes.wake();
  expect(passes.asked).toHaveLength(5);
});

test('a signal that is ignored costs no call', async () => {
  const passes = await setServing();
  const why = 'it is not ours';
  expect(await passes.wake({ kind: 'ignored', why })).toEqual({
    ignored: why,
    entries: [],
    unread: [],
  });
  expect(passes.asked).toEqual([]);
});

describe('power off', () => {
  test('parks the name, waits until clients have noticed, and ends all', async () => {
    const passes = await setServing();
    desire(passes.world, { power: 'off' });
    expect(kinds((await passes.wake()).entries)).toEqual(['parking']);
    expect(passes.named()).toBe(parkedAddress);
    expect(passes.alive()).toHaveLength(1);

    passes.wait(nameSettleMs - secondMs);
    expect((await passes.wake()).entries).toEqual([]);
    passes.wait(secondMs);
    expect(kinds((await passes.wake()).entries)).toEqual(['retiring']);
    expect(passes.alive()).toEqual([]);

    passes.wait(10 * minuteMs);
    expect((await passes.wake()).entries).toEqual([]);
  });
});

describe('an end without notice', () => {
  test('parks the name at once and brings another server', async () => {
    const passes = await setServing();
    interrupt(passes.world, passes.first, 0);
    passes.wait(secondMs);
    const at = passes.world.timers.now;
    const signal: Signal = { kind: 'evicted', serverIds: [passes.first.id], at };
    expect(kinds((await passes.wake(signal)).entries)).toEqual([
      'ended',
      'launching',
      'parking',
      'incident',
      'launched',
    ]);
    expect(passes.named()).toBe(parkedAddress);
    expect(passes.alive()).toHaveLength(1);
  });

  test('is learnt from the event when EC2 still lists the server as running', async () => {
    const passes = await setServing({ listLagMs: () => 20 * secondMs });
    interrupt(passes.world, passes.first, 0);
    passes.wait(secondMs);
    const signal = {
      kind: 'state',
      serverId: passes.first.id,
      state: 'terminated',
      at: 0,
    } as const;
    const { entries } = await passes.wake(signal);
    expect(kinds(entries)).toEqual(['ended', 'launching', 'parking', 'incident', 'launched']);
  });
});

test('silence brings another server, the name moves to it, and the silent one goes', async () => {
  const passes = await setServing();
  passes.world.guests.silence(passes.first.id);
  passes.wait(5 * minuteMs);
  expect(kinds((await passes.wake()).entries)).toEqual(['launching', 'incident', 'launched']);
  expect(passes.named()).toBe(passes.first.address);
  const [, second] = passes.alive();
  passes.wait(servingMs);
  expect(kinds((await passes.wake()).entries)).toContain('pointing');
  expect(passes.named()).toBe(second?.address);
  passes.wait(nameSettleMs);
  await passes.wake();
  expect(passes.alive()).toEqual([second]);
});

describe('refusals walk down the ladder in one pass', () => {
  const spotPools = [
    't3.nano us-east-1a',
    't3.nano us-east-1b',
    't3a.nano us-east-1a',
    't3a.nano us-east-1b',
  ];

  test('pool by pool, each attempt under its own token', async () => {
    const passes = setPasses();
    refuse(passes, 'RunInstances', Array(5).fill('InsufficientInstanceCapacity') as string[], 500);
    const { entries } = await passes.wake();
    const launching = entries.flatMap((entry) => (entry.kind === 'launching' ? [entry] : []));
    expect(launching.map(({ pool: { type, zone } }) => `${type} ${zone}`)).toEqual([
      ...spotPools,
      't3a.nano us-east-1a',
      't3a.nano us-east-1b',
    ]);
    const tokens = passes.asked.flatMap(({ input }) => input.ClientToken ?? []);
    expect(tokens).toEqual([0, 1, 2, 3, 4, 5].map((attempt) => `perennial-home-1-${attempt}`));
    expect(passes.alive()).toMatchObject([{ market: 'on-demand', maxPrice: null }]);
  });

  test('by market, when its quota is used up', async () => {
    const passes = setPasses();
    passes.world.quotas.spot = 0;
    const { entries } = await passes.wake();
    expect(entries).toContainEqual(
      expect.objectContaining({ code: 'MaxSpotInstanceCountExceeded' }),
    );
    expect(operations(passes.asked, 'RunInstances')).toHaveLength(2);
    expect(passes.alive()).toMatchObject([{ market: 'on-demand' }]);
  });

  test('to the end, where it says why, once, and asks nobody until something changes', async () => {
    const passes = setPasses();
    refuse(passes, 'RunInstances', ['InvalidAMIID.NotFound']);
    const { entries } = await passes.wake();
    expect(entries.at(-1)?.why).toBe(
      "Can't launch: every pool is closed for now (the image is gone; bake a new one)",
    );
    expect((await passes.wake()).entries).toEqual([]);
    expect(operations(passes.asked, 'RunInstances')).toHaveLength(1);
    passes.wait(5 * minuteMs);
    await passes.wake();
    expect(passes.alive()).toHaveLength(1);
  });

  test('to the end for many reasons at once, which is said once too', async () => {
    const passes = setPasses();
    const codes = [
      'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
      'InsufficientInstanceCapacity',
      'InsufficientFreeAddressesInSubnet',
      'VcpuLimitExceeded',
    ];
    refuse(passes, 'RunInstances', codes);
    expect(kinds((await passes.wake()).entries).at(-1)).toBe('stuck');
    expect((await passes.wake()).entries).toEqual([]);
    expect(operations(passes.asked, 'RunInstances')).toHaveLength(codes.length);
  });
});
