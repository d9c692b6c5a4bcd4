/** `vpn bake` as a person meets it: what it says meanwhile, what it answers, and its exit code. */
import { beforeEach, expect, it } from 'vitest';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { bakedImageId } from '../../local/world.ts';
import { type BakeOptions, runBake } from '../../scripts/vpn/bake.ts';
import { begin } from '../../shared/bake/bake.ts';
import { type Kitchen, setKitchen } from './kitchen.ts';

let kitchen: Kitchen;
let said: string[];
let shown: { value: Record<string, unknown>; text: string };
beforeEach(() => {
  kitchen = setKitchen();
  said = [];
});

function vpnBake(options: Partial<BakeOptions> = {}): Promise<number> {
  const { world, config } = kitchen;
  const { timers } = world;
  return runBake({
    settings: { policy: config.policy, region: 'us-east-1', ssmAgent: 'latest' },
    clients: toDirectClients(toCall(world)),
    screen: {
      show: (value, text) => {
        shown = { value: value as Record<string, unknown>, text };
      },
      note: (text) => said.push(text),
      during: (words, work) => {
        said.push(`(${words})`);
        return work((next) => said.push(`(${next})`));
      },
    },
    signal: new AbortController().signal,
    now: () => timers.now,
    pause: async (ms) => timers.advance(timers.now + ms),
    ...options,
  });
}

it('tells what it does and what it waits for, and answers the image', async () => {
  expect(await vpnBake()).toBe(0);
  expect(said[1]).toMatch(/^The bake \w+ begins; it takes about a quarter of an hour/);
  expect(said[2]).toMatch(/^\d\d:\d\d:\d\d {2}Stock Debian, ami-\w+, is launched$/);
  expect(said).toContainEqual(
    expect.stringMatching(/^\(i-\w+ installs, reboots and tests itself\)$/),
  );
  const imageId = kitchen.desired();
  expect(shown.value).toMatchObject({ outcome: 'promoted', imageId });
  expect(shown.value.steps).toHaveLength(9);
  expect(shown.text).toMatch(new RegExp(`^${imageId} is what is launched from now on`));
});

it('says why it failed, and that nothing is left', async () => {
  kitchen.world.guests.setBakes(() => 'fails');
  expect(await vpnBake()).toBe(1);
  expect(shown.text).toMatch(/^The bake failed; what it had made is removed.*The test fails$/);
  expect(shown.value).toMatchObject({ outcome: 'failed', imageId: null });
});

it('undoes all at ^C', async () => {
  const controller = new AbortController();
  const { timers } = kitchen.world;
  timers.after(120_000, () => controller.abort());
  expect(await vpnBake({ signal: controller.signal })).toBe(130);
  expect(shown.value).toMatchObject({ outcome: 'cancelled' });
  expect(kitchen.desired()).toBe(bakedImageId);
  expect(kitchen.left()).toEqual({ machines: [], images: [], snapshots: [] });
});

it('breaks off what somebody else has begun', async () => {
  expect(await vpnBake({ cancels: true })).toBe(0);
  expect(shown.text).toBe('Nothing was ever baked, and nothing is left to remove.');
  await begin(kitchen.toBakery());
  await kitchen.tick();
  expect(kitchen.left().machines).toHaveLength(1);
  expect(await vpnBake({ cancels: true })).toBe(0);
  expect(shown.value).toMatchObject({ outcome: 'cancelled' });
  expect(kitchen.left().machines).toEqual([]);
});
