/** What a pass looks at only where there is cause, and when it writes the ledger. */
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsFault } from '../local/fault.ts';
import { bakedImageId } from '../local/world.ts';
import { ledgerMs, nameSettleMs, reportLateMs } from '../shared/core/limits.ts';
import type { Signal } from '../shared/core/signal.ts';
import { readLedger } from '../shared/documents/state.ts';
import { minuteMs, secondMs } from './core/scene.ts';
import { kinds, operations, type Passes, setServing, toInterruption } from './passes.ts';
import { desire, start } from './stage.ts';

const root = '/perennial/home';
type Stage = Awaited<ReturnType<typeof setServing>>;

let passes: Stage;
beforeEach(async () => {
  passes = await setServing();
});

const ledgerText = ({ world }: Passes, path = 'state/ledger') =>
  world.parameters.get(`${root}/${path}`)?.versions.at(-1)?.value;
const writesOfLedger = ({ asked }: Passes) =>
  asked.filter(
    ({ operation, input }) => operation === 'PutParameter' && /ledger/.test(String(input.Name)),
  );

describe('the ledger', () => {
  test('is begun with the first deed, and written with each', async () => {
    expect(readLedger(ledgerText(passes))).toMatchObject({ month: '2026-11' });
    await passes.wake(toInterruption(passes, passes.first));
    expect(writesOfLedger(passes)).toHaveLength(1);
    expect(readLedger(ledgerText(passes))?.spot.hours).toBeGreaterThan(0);
  });

  test('is written every few minutes while nothing happens, and not more often', async () => {
    const until = readLedger(ledgerText(passes))?.until ?? 0;
    passes.wait(until + ledgerMs - 1 - passes.world.timers.now);
    await passes.wake();
    expect(writesOfLedger(passes)).toEqual([]);
    passes.wait(1);
    await passes.wake();
    expect(writesOfLedger(passes)).toHaveLength(1);
    await passes.wake();
    expect(writesOfLedger(passes)).toHaveLength(1);
  });

  test('of a month that is over goes to a place of its own', async () => {
    const october = ledgerText(passes)
      ?.replace('2026-11', '2026-10')
      .replace(/"until":"[^"]+"/, '"until":"2026-10-31T23:59:30.000Z"');
    const Name = `${root}/state/ledger`;
    passes.world.call('ssm', 'PutParameter', {
      Name,
      Value: october,
      Type: 'String',
      Overwrite: true,
    });
    await passes.wake();
    expect(readLedger(ledgerText(passes, 'ledger/2026-10'))).toMatchObject({
      month: '2026-10',
      until: Date.UTC(2026, 10),
    });
    expect(readLedger(ledgerText(passes))).toMatchObject({
      month: '2026-11',
      until: expect.closeTo(passes.world.timers.now, -3) as number,
    });
  });

  test('rests while the VPN is off and nothing runs', async () => {
    desire(passes.world, { power: 'off' });
    await passes.wake();
    passes.wait(nameSettleMs);
    await passes.wake();
    passes.wait(2 * minuteMs);
    passes.asked.length = 0;
    passes.wait(ledgerMs);
    await passes.wake();
    expect(writesOfLedger(passes)).toEqual([]);
  });

  test('that can not be written fails the pass, but keeps none of its deeds', async () => {
    const pass = passes.wake(toInterruption(passes, passes.first), (service, operation, input) => {
      if (operation === 'PutParameter' && /ledger/.test(JSON.stringify(input)))
        throw new AwsFault('InternalServerError', 'An internal error has occurred', 500);
      return passes.call(service, operation, input);
    });
    await expect(pass).rejects.toThrow('An internal error');
    const told = ['doomed', 'launching', 'incident', 'launched'];
    expect(kinds(passes.journal()).slice(-4)).toEqual(told);
    expect(passes.alive()).toHaveLength(2);
    expect((await passes.wake()).entries).toEqual([]);
  });

  test('that somebody has spoilt begins anew', async () => {
    const Name = `${root}/state/ledger`;
    passes.world.call('ssm', 'PutParameter', { Name, Value: '{', Type: 'String', Overwrite: true });
    expect((await passes.wake()).entries).toEqual([]);
    expect(readLedger(ledgerText(passes))).toMatchObject({ month: '2026-11' });
  });
});

describe('strays', () => {
  const Tags = [{ Key: 'perennial:vpn', Value: 'home' }];
  const looks = ['DescribeSpotInstanceRequests', 'DescribeVolumes'];
  const toMinute = (minute: number) =>
    passes.wait(start + minute * minuteMs - passes.world.timers.now);
  const leaveVolume = () =>
    passes.world.call('ec2', 'CreateVolume', {
      AvailabilityZone: 'us-east-1a',
      Size: 8,
      TagSpecifications: [{ ResourceType: 'volume', Tags }],
    });

  test.each([
    [16, { kind: 'tick' }, false],
    [17, { kind: 'tick' }, true],
    [18, { kind: 'tick' }, false],
    [77, { kind: 'tick' }, true],
    [17, { kind: 'parameter', name: '/x', operation: 'Update', at: 0 }, false],
  ] as const)('in minute %d, by %j: looked for is %j', async (minute, signal, isLookedFor) => {
    toMinute(minute);
    await passes.wake(signal as Signal);
    expect(operations(passes.asked, ...looks).sort()).toEqual(isLookedFor ? looks : []);
  });

  const runs = (serverId: string): Signal => ({
    kind: 'state',
    serverId,
    state: 'running',
    at: passes.world.timers.now,
  });

  test('are looked for when a server runs that the loop has not launched', async () => {
    await passes.wake(runs(passes.first.id));
    expect(operations(passes.asked, ...looks)).toEqual([]);
    const { Instances } = passes.world.call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: bakedImageId,
      InstanceType: 't3.nano',
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }) as { Instances: { InstanceId: string }[] };
    passes.wait(minuteMs);
    await passes.wake(runs(Instances[0]?.InstanceId ?? ''));
    expect(operations(passes.asked, ...looks).sort()).toEqual(looks);
  });

  test('are removed, which is written down, once', async () => {
    leaveVolume();
    toMinute(17);
    const { entries } = await passes.wake();
    const [id] = passes.asked.flatMap(({ input }) => input.VolumeId ?? []);
    expect(entries).toMatchObject([{ kind: 'removing', stray: { kind: 'volume', id } }]);
    expect(passes.world.volumes.size).toBe(0);
    expect((await passes.wake()).entries).toEqual([]);
  });

  test('that can not be looked for are done without', async () => {
    toMinute(17);
    passes.world.setFaults((_, operation) =>
      operation === 'DescribeVolumes' ? new AwsFault('InternalError', 'down', 500) : null,
    );
    expect(await passes.wake()).toEqual({
      ignored: null,
      entries: [],
      unread: ['strays: InternalError'],
    });
  });

  test('that can not be removed fail the pass, after its other deeds', async () => {
    leaveVolume();
    toMinute(17);
    passes.world.guests.silence(passes.first.id);
    passes.wait(3 * minuteMs);
    toMinute(77);
    passes.world.setFaults((_, operation) =>
      operation === 'DeleteVolume' ? new AwsFault('VolumeInUse', 'in use') : null,
    );
    await expect(passes.wake()).rejects.toThrow('in use');
    expect(passes.alive()).toHaveLength(2);
  });
});

describe('status checks', () => {
  const late = reportLateMs + secondMs;

  test('are not asked for while reports come', async () => {
    passes.wait(2 * minuteMs);
    await passes.wake();
    expect(operations(passes.asked)).not.toContain('DescribeInstanceStatus');
  });

  test('are asked for of the server whose report is late, and tell when it is lost', async () => {
    passes.world.guests.silence(passes.first.id);
    passes.wait(late);
    passes.world.guests.isImpaired = () => true;
    expect(kinds((await passes.wake()).entries)).toEqual(['launching', 'incident', 'launched']);
    const asked = passes.asked.filter(({ operation }) => operation === 'DescribeInstanceStatus');
    expect(asked.map(({ input }) => input)).toEqual([{ InstanceIds: [passes.first.id] }]);
  });

  test('that are passed leave it alone', async () => {
    passes.world.guests.silence(passes.first.id);
    passes.wait(late);
    passes.world.guests.isImpaired = () => false;
    expect((await passes.wake()).entries).toEqual([]);
  });

  test('that can not be read are done without', async () => {
    passes.world.guests.silence(passes.first.id);
    passes.wait(late);
    passes.world.setFaults((_, operation) =>
      operation === 'DescribeInstanceStatus' ? new AwsFault('InternalError', 'down', 500) : null,
    );
    const { entries, unread } = await passes.wake();
    expect({ entries, unread }).toEqual({ entries: [], unread: ['status checks: InternalError'] });
  });

  test('that can not be read again end no incident', async () => {
    passes.world.guests.silence(passes.first.id);
    passes.wait(late);
    passes.world.guests.isImpaired = () => true;
    await passes.wake();
    passes.world.setFaults((_, operation) =>
      operation === 'DescribeInstanceStatus' ? new AwsFault('InternalError', 'down', 500) : null,
    );
    const { entries, unread } = await passes.wake();
    expect({ entries, unread }).toEqual({ entries: [], unread: ['status checks: InternalError'] });
    expect(passes.alive()).toHaveLength(2);
  });
});
