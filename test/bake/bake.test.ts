/** A bake from stock Debian to what is launched: how it goes well, and what is left when it does not. */
import { beforeEach, describe, expect, it } from 'vitest';
import { terminate } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import { bakedImageId } from '../../local/world.ts';
import { begin } from '../../shared/bake/bake.ts';
import { bakeByHand, type Kitchen, minuteMs, setKitchen } from './kitchen.ts';

let kitchen: Kitchen;
beforeEach(() => {
  kitchen = setKitchen();
});

const nothing = { machines: [], images: [], snapshots: [] };
const failsFor = async (why: RegExp) => {
  const { ending } = await bakeByHand(kitchen.toBakery());
  expect(ending).toMatchObject({ outcome: 'failed', why: expect.stringMatching(why) });
  expect(kitchen.left()).toEqual(nothing);
  expect(kitchen.desired()).toBe(bakedImageId);
  expect(kitchen.denied).toEqual([]);
};

it('takes each step once, in order, and leaves an image with its snapshot', async () => {
  const { ending, steps } = await bakeByHand(kitchen.toBakery());
  expect(ending.outcome).toBe('promoted');
  const done = steps.filter(({ kind }) => kind !== 'wait' && kind !== 'rest');
  expect(done.map((step) => ('part' in step ? `${step.kind} ${step.part}` : step.kind))).toEqual([
    'launch builder',
    'make',
    'end',
    'launch canary',
    'promote',
    'conclude',
    'end',
    'forget builder',
    'forget canary',
  ]);
  const { images, ...left } = kitchen.left();
  expect(left).toEqual({ machines: [], snapshots: [expect.any(String)] });
  expect(images).toEqual([kitchen.desired()]);
  expect(kitchen.denied).toEqual([]);
});

it('writes down what it does, with reasons', async () => {
  await bakeByHand(kitchen.toBakery());
  const text = kitchen.world.parameters.get('/perennial/home/bake/entries')?.versions.at(-1)?.value;
  const whys = (JSON.parse(text ?? '[]') as { why: string }[]).map(({ why }) => why);
  expect(whys).toHaveLength(9);
  expect(whys[4]).toMatch(/^The canary i-\w+ serves: ami-\w+ is what is launched from now on$/);
});

it('keeps the latest two images, and what people want instead of them', async () => {
  const made: string[] = [];
  for (let count = 0; count < 3; count++) {
    await bakeByHand(kitchen.toBakery());
    made.push(kitchen.desired() ?? '');
  }
  expect(kitchen.left().images.toSorted()).toEqual(made.slice(1).toSorted());
  expect(kitchen.left().snapshots).toHaveLength(2);
});

it('follows a bake that is under way instead of beginning another', async () => {
  const bakery = kitchen.toBakery();
  await begin(bakery);
  await kitchen.tick();
  const builder = kitchen.machine('builder').id;
  const { ending } = await bakeByHand(bakery);
  expect(ending.outcome).toBe('promoted');
  expect(kitchen.machine('builder').id).toBe(builder);
});

describe('leaves nothing, and what is launched as it is,', () => {
  it('when the test fails', async () => {
    kitchen.world.guests.setBakes(() => 'fails');
    await failsFor(/^i-\w+ failed: The test fails$/);
  });

  it('when the machine stops without a word', async () => {
    kitchen.world.guests.setBakes(() => 'mute');
    await failsFor(/stopped without a word; see aws ec2 get-console-output/);
  });

  it('when the machine comes to no end', async () => {
    kitchen.world.guests.setBakes(() => 'hangs');
    await failsFor(/was not done after 30 min/);
  });

  it('when somebody ends the machine', async () => {
    const { world } = kitchen;
    world.timers.after(5 * minuteMs, () =>
      terminate(world, kitchen.machine('builder'), 'Client.UserInitiatedShutdown'),
    );
    await failsFor(/was ended before it was done/);
  });

  it('when EC2 can make no image', async () => {
    Object.assign(kitchen.world.times, { imageMs: () => null });
    await failsFor(/^EC2 could not make the image/);
  });

  it('when EC2 makes the image for ever', async () => {
    Object.assign(kitchen.world.times, { imageMs: () => 90 * minuteMs });
    await failsFor(/has not made the image ami-\w+ within 1 h 0 min/);
  });

  it('when the canary does not serve', async () => {
    Object.assign(kitchen.world.times, { bootMs: () => null });
    await failsFor(/^The canary i-\w+ does not serve after 10 min/);
  });

  it.each([
    ['RunInstances', 'VcpuLimitExceeded', /quota/],
    ['CreateImage', 'ResourceLimitExceeded', /ResourceLimitExceeded: because/],
  ])('when EC2 refuses %s with %s', async (refused, code, why) => {
    kitchen.world.setFaults((_, operation) =>
      operation === refused ? new AwsFault(code, 'because') : null,
    );
    await failsFor(why);
  });
});

describe('a refresh', () => {
  const days = (count: number) => {
    const { timers } = kitchen.world;
    timers.advance(timers.now + count * 24 * 60 * minuteMs);
  };

  it('is begun once the image is old enough, and by nobody who does not want it', async () => {
    await bakeByHand(kitchen.toBakery());
    const first = kitchen.desired();
    days(29);
    await kitchen.ticks(60, 30);
    expect(kitchen.desired()).toBe(first);
    days(1);
    await kitchen.ticks(60, 0);
    expect(kitchen.desired()).toBe(first);
    await kitchen.ticks(60, 30);
    expect(kitchen.desired()).not.toBe(first);
    expect(kitchen.ending()?.outcome).toBe('promoted');
    expect(kitchen.left().machines).toEqual([]);
  });

  it('that fails is tried again the next day', async () => {
    await bakeByHand(kitchen.toBakery());
    const first = kitchen.desired();
    days(31);
    kitchen.world.guests.setBakes(() => 'fails');
    await kitchen.ticks(60, 30);
    const failed = kitchen.ending();
    expect(failed?.outcome).toBe('failed');
    await kitchen.ticks(10 * 60, 30);
    expect(kitchen.ending()).toEqual(failed);
    kitchen.world.guests.setBakes(() => 'good');
    await kitchen.ticks(15 * 60, 30);
    expect(kitchen.ending()?.outcome).toBe('promoted');
    expect(kitchen.desired()).not.toBe(first);
  });

  it('is none of an image that nobody has baked here', async () => {
    days(400);
    expect(await kitchen.tick(30)).toMatchObject({ steps: [], state: { kind: 'rest' } });
  });
});
