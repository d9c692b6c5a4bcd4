/** Changes of what is desired that happen at the same time, in every order that chance finds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { toWishes } from '../../shared/adapters/wishes.ts';
import { change } from '../../shared/commands/change.ts';
import type { Desired } from '../../shared/core/model.ts';
import { desire, setStage } from '../stage.ts';

const wishes: Partial<Desired>[] = [
  { power: 'on', at: 1_000 },
  { until: 2_000 },
  { idleMinutes: 30 },
  { drillAt: 3_000 },
];

test('whoever writes, in whatever order: all is desired in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (s, count) => {
      const { world, config } = setStage();
      desire(world, { power: 'off', at: '1970-01-01T00:00:00Z', imageId: 'ami-0abcdef12' });
      const call = s.scheduleFunction(toCall(world));
      const ports = { wishes: toWishes(toDirectClients(call), config) };
      const all = wishes.slice(0, count);
      const changes = all.map((wish) => change(ports, (desired) => ({ ...desired, ...wish })));
      await s.waitFor(Promise.all(changes));
      const direct = toWishes(toDirectClients(toCall(world)), config);
      const { value } = await direct.read(null);
      expect(value).toMatchObject({ imageId: 'ami-0abcdef12', ...Object.assign({}, ...all) });
    }),
    { numRuns: 300 },
  );
});

test('a person who writes by hand at the same time is not written over', async () => {
  const { world, config } = setStage();
  let isFirst = true;
  const clients = toDirectClients(async (service, operation, input) => {
    if (operation === 'PutParameter' && isFirst) {
      isFirst = false;
      desire(world, { power: 'off', at: '1970-01-01T00:00:00Z', imageId: 'ami-0abcdef12' });
    }
    return world.call(service, operation, input);
  });
  const ports = { wishes: toWishes(clients, config) };
  const written = await change(ports, (desired) => ({ ...desired, idleMinutes: 30 }));
  expect(written).toMatchObject({ imageId: 'ami-0abcdef12', idleMinutes: 30 });
});

test('one whose write was refused since another was under way tries again', async () => {
  const { world, config } = setStage();
  let refusals = 2;
  const clients = toDirectClients(async (service, operation, input) => {
    if (operation === 'PutParameter' && refusals-- > 0)
      throw Object.assign(new Error('busy'), { name: 'TooManyUpdates' });
    return world.call(service, operation, input);
  });
  const ports = { wishes: toWishes(clients, config) };
  expect(await change(ports, (desired) => ({ ...desired, power: 'on' }))).toMatchObject({
    power: 'on',
  });
});
