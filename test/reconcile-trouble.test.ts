/** One pass of the loop when AWS, the pass itself or a person makes trouble. */
import { describe, expect, test } from 'vitest';
import { interrupt, terminate } from '../local/ec2/instances.ts';
import { AwsFault } from '../local/fault.ts';
import { nameSettleMs, parkedAddress, passStepsMax } from '../shared/core/limits.ts';
import { minuteMs, secondMs } from './core/scene.ts';
import {
  kinds,
  operations,
  type Passes,
  refuse,
  servingMs,
  setPasses,
  setServing,
  toInterruption,
} from './passes.ts';
import { desire } from './stage.ts';

/** Every call of these fails from now on. */
function breakDown({ world }: Passes, ...broken: string[]): void {
  world.setFaults((service, operation) =>
    broken.includes(operation) || broken.includes(service)
      ? new AwsFault('InternalError', 'An internal error has occurred', 500)
      : null,
  );
}

function mend({ world }: Passes): void {
  world.setFaults(() => null);
}

/** A pass that is never heard of again once this call has been made. */
async function dieAfter(passes: Passes, last: string): Promise<void> {
  await new Promise<void>((resolve) => {
    void passes.wake({ kind: 'tick' }, async (service, operation, input) => {
      const answer = await passes.call(service, operation, input);
      if (operation !== last) return answer;
      resolve();
      return new Promise(() => undefined);
    });
  });
}

const lagging = { listLagMs: () => 20 * secondMs };

describe('a pass that dies between RunInstances and the journal', () => {
  test('has launched the server that the next pass gets for the same token', async () => {
    const passes = setPasses(lagging);
    await dieAfter(passes, 'RunInstances');
    const [orphan, ...others] = passes.alive();
    expect(others).toEqual([]);
    expect(kinds(passes.journal())).toEqual(['launching', 'parking']);

    const { entries } = await passes.wake();
    expect(passes.alive()).toEqual([orphan]);
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: 'launched', serverId: orphan?.id }),
    );
    const tokens = passes.asked.flatMap(({ input }) => input.ClientToken ?? []);
    expect(tokens).toEqual(['perennial-home-1-0', 'perennial-home-1-0']);
  });

  test('has launched the only server, though the next pass would have it elsewhere', async () => {
    const passes = setPasses(lagging);
    await dieAfter(passes, 'RunInstances');
    const { world } = passes;
    world.market.setSpot({ type: 't3.nano', zone: 'us-east-1a' }, world.timers.now, 0.0039);
    expect((await passes.wake()).entries).toContainEqual(
      expect.objectContaining({ kind: 'refused', code: 'IdempotentParameterMismatch' }),
    );
    passes.wait(servingMs);
    expect(kinds((await passes.wake()).entries)).toEqual(['pointing']);
    expect(passes.world.instances.size).toBe(1);
  });
});

test('a token of a server that has ended, found again when the journal is lost, is not used again', async () => {
  const passes = setPasses();
  await passes.wake();
  for (const server of passes.alive())
    terminate(passes.world, server, 'Client.UserInitiatedShutdown');
  passes.wait(70 * minuteMs);
  passes.world.call('ssm', 'DeleteParameter', { Name: '/perennial/home/state/journal' });

  const { entries } = await passes.wake();
  expect(entries).toContainEqual(expect.objectContaining({ kind: 'refused', code: 'StaleToken' }));
  expect(passes.alive()).toHaveLength(1);
  expect(kinds(entries)).not.toContain('stuck');
});

test('a pass that gets nowhere ends', async () => {
  const passes = setPasses();
  await passes.wake({ kind: 'tick' }, async (service, operation, input) => {
    const answer = await passes.call(service, operation, input);
    for (const server of passes.alive())
      terminate(passes.world, server, 'Client.UserInitiatedShutdown');
    return operation === 'RunInstances' ? passes.world.call(service, operation, input) : answer;
  });
  expect(passes.alive()).toEqual([]);
  expect(operations(passes.asked, 'RunInstances').length).toBeLessThanOrEqual(passStepsMax);
});

describe('while Route 53 is down', () => {
  test('a server is launched all the same, and the pass tells what it has not read', async () => {
    const passes = await setServing();
    breakDown(passes, 'route53');
    const { entries, unread } = await passes.wake(toInterruption(passes, passes.first));
    expect(unread).toEqual(['the name: InternalError']);
    expect(kinds(entries)).toEqual(['doomed', 'launching', 'incident', 'launched']);
    expect(passes.alive()).toHaveLength(2);

    passes.wait(servingMs + nameSettleMs);
    expect((await passes.wake()).entries).toEqual([]);
    mend(passes);
    expect(kinds((await passes.wake()).entries)).toEqual(['pointing', 'recovered']);
  });

  test('nothing is ended with the power off: clients may still come', async () => {
    const passes = await setServing();
    desire(passes.world, { power: 'off' });
    breakDown(passes, 'route53');
    expect((await passes.wake()).entries).toEqual([]);
    expect(passes.alive()).toHaveLength(1);
  });

  test('a name that can be read but not written fails the pass, and the launch is kept', async () => {
    const passes = setPasses();
    breakDown(passes, 'ChangeResourceRecordSets');
    await expect(passes.wake()).rejects.toThrow('An internal error');
    expect(kinds(passes.journal())).toEqual(['launching', 'parking', 'launched']);
    expect(passes.alive()).toHaveLength(1);

    passes.wait(servingMs);
    mend(passes);
    expect(kinds((await passes.wake()).entries)).toEqual(['pointing']);
    expect(passes.alive()).toHaveLength(1);
  });
});

describe('while EC2 is down', () => {
  test('for prices, it chooses the zone, and the pass says so', async () => {
    const passes = setPasses();
    breakDown(passes, 'DescribeSpotPriceHistory');
    const { unread } = await passes.wake();
    expect(unread).toEqual(['spot prices: InternalError']);
    const [asked] = passes.asked.filter(({ operation }) => operation === 'RunInstances');
    expect(asked?.input).not.toHaveProperty('Placement');
    expect(passes.alive()).toMatchObject([{ market: 'spot', maxPrice: 0.004 }]);
  });

  test('for the list, the pass fails and changes nothing', async () => {
    const passes = await setServing();
    breakDown(passes, 'DescribeInstances');
    await expect(passes.wake(toInterruption(passes, passes.first))).rejects.toThrow(
      'An internal error',
    );
    expect(operations(passes.asked)).toHaveLength(5);
  });

  test('for launches, the pass fails, and the next one asks with the same token', async () => {
    const passes = setPasses();
    breakDown(passes, 'RunInstances');
    await expect(passes.wake()).rejects.toThrow('An internal error');
    expect(passes.named()).toBe(parkedAddress);
    mend(passes);
    await passes.wake();
    const tokens = passes.asked.flatMap(({ input }) => input.ClientToken ?? []);
    expect(tokens).toEqual(['perennial-home-1-0', 'perennial-home-1-0']);
    expect(passes.alive()).toHaveLength(1);
  });

  test('for ends, the pass fails, and a later one tries again', async () => {
    const passes = await setServing();
    desire(passes.world, { power: 'off' });
    await passes.wake();
    passes.wait(nameSettleMs);
    breakDown(passes, 'TerminateInstances');
    await expect(passes.wake()).rejects.toThrow('An internal error');
    mend(passes);
    passes.wait(minuteMs);
    await passes.wake();
    expect(passes.alive()).toEqual([]);
  });
});

describe('while Parameter Store', () => {
  test('can not be read, the pass fails and changes nothing', async () => {
    const passes = await setServing();
    breakDown(passes, 'GetParametersByPath');
    await expect(passes.wake(toInterruption(passes, passes.first))).rejects.toThrow(
      'An internal error',
    );
    expect(operations(passes.asked)).toHaveLength(5);
  });

  test('can not be written, the pass fails and does nothing that nobody would know of', async () => {
    const passes = await setServing();
    breakDown(passes, 'PutParameter');
    await expect(passes.wake(toInterruption(passes, passes.first))).rejects.toThrow(
      'An internal error',
    );
    expect(operations(passes.asked, 'RunInstances')).toEqual([]);
  });

  test('has too many updates, the pass writes when it can', async () => {
    const passes = await setServing();
    refuse(passes, 'PutParameter', ['TooManyUpdates', 'TooManyUpdates']);
    await passes.wake(toInterruption(passes, passes.first));
    const told = ['doomed', 'launching', 'incident', 'launched'];
    expect(kinds(passes.journal()).slice(-4)).toEqual(told);
  });
});

test('what is desired and can not be understood fails the pass with what is wrong, and changes nothing', async () => {
  const passes = await setServing();
  desire(passes.world, { power: 'perhaps' });
  await expect(passes.wake()).rejects.toThrow('power is "on" or "off"');
  expect(operations(passes.asked)).toHaveLength(5);
  expect(passes.alive()).toEqual([passes.first]);
});

test('a spoilt journal begins anew: what serves is kept, and counting goes on', async () => {
  const passes = await setServing();
  const spoilt = { Name: '/perennial/home/state/journal', Value: '{"memory":', Overwrite: true };
  passes.world.call('ssm', 'PutParameter', spoilt);
  expect((await passes.wake()).entries).toEqual([]);
  interrupt(passes.world, passes.first);
  await passes.wake(toInterruption(passes, passes.first));
  const [asked] = passes.asked.flatMap(({ input }) => input.ClientToken ?? []);
  expect(asked).toBe('perennial-home-2-0');
  expect(passes.alive()).toHaveLength(2);
});

test('a launch that EC2 does not list yet is not launched again', async () => {
  const passes = setPasses(lagging);
  await passes.wake();
  passes.wait(secondMs);
  expect((await passes.wake()).entries).toEqual([]);
  expect(passes.world.instances.size).toBe(1);
});
