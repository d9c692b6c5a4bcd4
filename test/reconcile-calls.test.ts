/** Which calls a pass makes, in which order, and what passes at once make of each other. */
import { setImmediate as settled } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interrupt } from '../local/ec2/instances.ts';
import { nameSettleMs } from '../shared/core/limits.ts';
import type { Signal } from '../shared/core/signal.ts';
import { secondMs } from './core/scene.ts';
import {
  kinds,
  operations,
  type Passes,
  servingMs,
  setPasses,
  setServing,
  toInterruption,
} from './passes.ts';
import { desire } from './stage.ts';
import { type Choose, inTurns, toChoose } from './turns.ts';

const reads = [
  'DescribeInstances',
  'DescribeParameters',
  'DescribeSpotPriceHistory',
  'GetParametersByPath',
  'ListResourceRecordSets',
];

describe('a pass that finds nothing to do', () => {
  test('makes five calls', async () => {
    const passes = await setServing();
    expect(await passes.wake()).toEqual({ ignored: null, entries: [], unread: [] });
    expect(operations(passes.asked).sort()).toEqual(reads);
  });

  test('makes them side by side: all have begun before any is answered', async () => {
    const passes = await setServing();
    const open: (() => void)[] = [];
    const pass = passes.wake({ kind: 'tick' }, async (service, operation, input) => {
      await new Promise<void>((resolve) => open.push(resolve));
      return passes.call(service, operation, input);
    });
    await settled();
    expect(open).toHaveLength(5);
    for (const answer of open) answer();
    expect((await pass).entries).toEqual([]);
    expect(passes.asked).toHaveLength(5);
  });
});

describe('every deed is in the journal before it is done', () => {
  /** The entry that must stand there when that is called; null for what changes nothing for anybody. */
  function toIntent(operation: string, input: Record<string, unknown>): object | null {
    const text = JSON.stringify(input);
    const address = /"Value":"([\d.]+)"/.exec(text)?.[1];
    const [, generation, attempt] = /perennial-home-(\d+)-(\d+)/.exec(text) ?? [];
    switch (operation) {
      case 'RunInstances':
        return { kind: 'launching', generation: Number(generation), attempt: Number(attempt) };
      case 'ChangeResourceRecordSets':
        return address === '192.0.2.1' ? { kind: 'parking' } : { kind: 'pointing', address };
      case 'TerminateInstances':
        return { kind: 'retiring', serverId: (input.InstanceIds as string[])[0] };
      default:
        return null;
    }
  }

  test('through launches, refusals, an interruption and the end', async () => {
    const passes = setPasses();
    const deeds: string[] = [];
    const wake = (signal?: Signal) =>
      passes.wake(signal, (service, operation, input) => {
        const intent = toIntent(operation, input as Record<string, unknown>);
        if (intent) {
          deeds.push(operation);
          expect(passes.journal()).toContainEqual(
            expect.objectContaining({ ...intent, why: expect.any(String) }),
          );
        }
        return passes.call(service, operation, input);
      });
    passes.world.market.setCapacity({ type: 't3.nano', zone: 'us-east-1a' }, 'spot', false);
    await wake();
    passes.wait(servingMs);
    await wake();
    const [first] = passes.alive();
    if (first) interrupt(passes.world, first);
    await wake(toInterruption(passes, { id: first?.id ?? '' }));
    passes.wait(servingMs);
    await wake();
    desire(passes.world, { power: 'off' });
    await wake();
    passes.wait(nameSettleMs);
    await wake();
    const [run, point, end] = ['RunInstances', 'ChangeResourceRecordSets', 'TerminateInstances'];
    expect(deeds).toEqual([run, point, run, point, run, point, point, end]);
  });
});

describe('two passes at once', () => {
  const anyOrder = fc.array(fc.nat(59), { minLength: 1, maxLength: 40 }).map(toChoose);

  /** Both with the same signal or not, their calls in turns. */
  function wakeAtOnce(passes: Passes, signals: Signal[], choose: Choose) {
    return inTurns(
      signals.map(
        (signal) =>
          ({ take }) =>
            passes.wake(signal, (...asked) => take(() => passes.call(...asked))),
      ),
      choose,
    );
  }

  async function expectOneLaunch(passes: Passes, signals: Signal[], choose: Choose) {
    const before = passes.alive();
    await wakeAtOnce(passes, signals, choose);
    const launched = passes.alive().filter((server) => !before.includes(server));
    expect(launched).toHaveLength(1);
    const told = kinds(passes.journal()).filter((kind) => kind === 'launched');
    expect(told).toHaveLength(before.length + 1);
  }

  const tick: Signal = { kind: 'tick' };

  test.each([
    ['that EC2 lists at once', 0],
    ['that EC2 lists late', 20 * secondMs],
  ])('launch one server, %s', async (_, lagMs) => {
    const property = fc.asyncProperty(anyOrder, (choose) =>
      expectOneLaunch(setPasses({ listLagMs: () => lagMs }), [tick, tick], choose),
    );
    await fc.assert(property, { numRuns: 200 });
  });

  test('launch one server where the first pool refuses', async () => {
    const property = fc.asyncProperty(anyOrder, async (choose) => {
      const passes = setPasses();
      passes.world.market.setCapacity({ type: 't3.nano', zone: 'us-east-1a' }, 'spot', false);
      await expectOneLaunch(passes, [tick, tick], choose);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('on one interruption launch one server, and know of one doom', async () => {
    const property = fc.asyncProperty(anyOrder, async (choose) => {
      const passes = await setServing();
      interrupt(passes.world, passes.first);
      const signal = toInterruption(passes, passes.first);
      await expectOneLaunch(passes, [signal, signal], choose);
      expect(kinds(passes.journal()).filter((kind) => kind === 'doomed')).toHaveLength(1);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('an interruption and a tick that came first end with one replacement', async () => {
    const property = fc.asyncProperty(anyOrder, async (choose) => {
      const passes = await setServing();
      interrupt(passes.world, passes.first);
      await wakeAtOnce(passes, [toInterruption(passes, passes.first), tick], choose);
      await passes.wake();
      const [first, replacement, ...others] = passes.alive();
      expect(first).toBe(passes.first);
      expect(replacement).toBeDefined();
      expect(others).toEqual([]);
      expect(operations(passes.asked, 'RunInstances').length).toBeLessThanOrEqual(2);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
