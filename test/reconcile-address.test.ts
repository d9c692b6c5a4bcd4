/** Passes of a loop whose VPN has an address of its own. */
import { describe, expect, test } from 'vitest';
import { bakedImageId } from '../local/world.ts';
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

const deeds = ['AllocateAddress', 'AssociateAddress', 'ReleaseAddress'];
const addressOf = ({ world }: Passes) => [...world.addresses.values()];
const ownerOf = (passes: Passes) => addressOf(passes)[0]?.owners.at(-1)?.instanceId;

async function setElastic() {
  return setServing({}, 'elastic');
}

/** AWS takes the first server; the second one serves. */
async function replace(passes: Passes & { first: { id: string } }) {
  await passes.wake(toInterruption(passes, passes.first));
  passes.wait(servingMs);
  await passes.wake();
  return passes.alive().find(({ id }) => id !== passes.first.id);
}

test('it is allocated, moved and named in one pass, once a server serves', async () => {
  const passes = setPasses({}, 'elastic');
  await passes.wake();
  expect(addressOf(passes)).toEqual([]);
  passes.wait(servingMs);
  const { entries } = await passes.wake();
  expect(kinds(entries)).toEqual(['allocating', 'allocated', 'moving', 'pointing']);
  expect(addressOf(passes).map(({ address }) => address)).toEqual([passes.named()]);
  expect(ownerOf(passes)).toBe(passes.alive()[0]?.id);
});

test('it moves to the next server, and the name stays', async () => {
  const passes = await setElastic();
  const named = passes.named();
  const second = await replace(passes);
  expect(ownerOf(passes)).toBe(second?.id);
  expect(passes.named()).toBe(named);
  expect(operations(passes.asked, ...deeds, 'ChangeResourceRecordSets')).toEqual([
    'AssociateAddress',
  ]);
  // The servers were told before.
  const written = passes.asked.findIndex(
    ({ input }) => input.Name === '/perennial/home/state/move',
  );
  expect(passes.asked[written]?.input.Value).toBe(
    JSON.stringify({ address: named, from: passes.first.id, to: second?.id }),
  );
  expect(passes.asked[written + 1]?.operation).toBe('AssociateAddress');
});

test('where the first one was is not forgotten before another has its clients', async () => {
  const passes = await setElastic();
  passes.world.guests.silence(passes.first.id);
  passes.world.call('ec2', 'TerminateInstances', { InstanceIds: [passes.first.id] });
  passes.wait(minuteMs);
  await passes.wake();
  const name = `/perennial/home/state/servers/${passes.first.id}`;
  expect(passes.world.parameters.has(name)).toBe(true);
  passes.wait(servingMs);
  await passes.wake();
  passes.wait(minuteMs);
  await passes.wake();
  expect(passes.world.parameters.has(name)).toBe(false);
});

test('it is given back with the power off', async () => {
  const passes = await setElastic();
  desire(passes.world, { power: 'off', imageId: bakedImageId });
  await passes.wake();
  expect(addressOf(passes)).toHaveLength(1);
  passes.wait(2 * minuteMs);
  await passes.wake();
  expect(passes.alive()).toEqual([]);
  expect(addressOf(passes)).toEqual([]);
  expect(kinds(passes.journal()).slice(-2)).toEqual(['retiring', 'releasing']);
});

describe('when the account has as many as it may have', () => {
  test('the name goes to the server, as if it had none, and that is said', async () => {
    const passes = setPasses({}, 'elastic');
    passes.world.quotas.address = 0;
    await passes.wake();
    passes.wait(servingMs);
    const { entries } = await passes.wake();
    expect(kinds(entries)).toEqual(['allocating', 'unallocated', 'pointing']);
    expect(entries[1]?.why).toContain('the account has as many as it may have');
    expect(passes.named()).toBe(passes.alive()[0]?.address);
    // Whoever is connected stays so, though one can be had again.
    passes.world.quotas.address = 5;
    passes.wait(2 * 60 * minuteMs);
    await passes.wake();
    expect(addressOf(passes)).toEqual([]);
  });
});

test.each([2, 3])('%i passes at once agree, and what is too much is given back', async (count) => {
  const passes = setPasses({}, 'elastic');
  await passes.wake();
  passes.wait(servingMs);
  await Promise.all(Array.from({ length: count }, () => passes.wake()));
  // From now on nothing goes to and fro.
  const moves = operations(passes.asked, 'AssociateAddress');
  for (let minute = 0; minute < 4; minute++) {
    passes.wait(minuteMs);
    await passes.wake();
  }
  expect(operations(passes.asked, 'AssociateAddress')).toEqual(moves);
  expect(addressOf(passes).map(({ address }) => address)).toEqual([passes.named()]);
  expect(ownerOf(passes)).toBe(passes.alive()[0]?.id);
});

test('a move that EC2 refuses is made by a later pass', async () => {
  const passes = await setElastic();
  refuse(passes, 'AssociateAddress', ['InvalidInstanceID']);
  const second = await replace(passes);
  expect(ownerOf(passes)).toBe(passes.first.id);
  passes.wait(20 * secondMs);
  await passes.wake();
  expect(ownerOf(passes)).toBe(second?.id);
});

test('that the servers could not be told keeps nobody from moving it', async () => {
  const passes = await setElastic();
  let told = false;
  const through: typeof passes.call = (service, operation, input) => {
    const { Name } = input as { Name?: string };
    if (Name === '/perennial/home/state/move' && !told) {
      told = true;
      return Promise.reject(new Error('lost'));
    }
    return passes.call(service, operation, input);
  };
  await passes.wake(toInterruption(passes, passes.first));
  passes.wait(servingMs);
  await expect(passes.wake({ kind: 'tick' }, through)).rejects.toThrow('lost');
  expect(ownerOf(passes)).not.toBe(passes.first.id);
});
