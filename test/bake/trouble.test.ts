/** Bakes that break off at any call, that somebody breaks off at any step, and that two carry on at once. */
import { expect, it } from 'vitest';
import { toRandom } from '../../local/random.ts';
import { bakedImageId } from '../../local/world.ts';
import { inTurns, type Turns } from '../turns.ts';
import { bakeByHand, type Kitchen, minuteMs, setKitchen } from './kitchen.ts';

/** Nothing but images with their snapshots, at most two, and what is launched among them or as it was. */
function expectTidy(kitchen: Kitchen, what: string): void {
  const { machines, images, snapshots } = kitchen.left();
  expect(machines, what).toEqual([]);
  expect(images.length, what).toBeLessThanOrEqual(2);
  const used = images.map((id) => kitchen.world.images.get(id)?.snapshotId ?? 'none');
  expect(snapshots.toSorted(), what).toEqual(used.toSorted());
  expect([bakedImageId, ...images], what).toContain(kitchen.desired());
  expect(kitchen.denied, what).toEqual([]);
}

/** All the calls of a bake by hand. */
async function listOperations(): Promise<string[]> {
  const operations: string[] = [];
  await bakeByHand(setKitchen().toBakery({ watch: (operation) => operations.push(operation) }));
  return operations;
}

it('whoever dies at any call, the function carries it on to its end', async () => {
  const operations = await listOperations();
  // Of looks at the same the first: nothing has changed in between.
  const isNews = (operation: string, index: number) =>
    !/^(Describe|Get)/.test(operation) || !operations.slice(index - 6, index).includes(operation);
  const deaths = operations.flatMap((operation, index) => (isNews(operation, index) ? index : []));
  expect(deaths.length).toBeGreaterThan(40);
  for (const index of deaths) {
    const kitchen = setKitchen();
    let calls = 0;
    const watch = () => {
      if (calls++ >= index) throw new Error('died');
    };
    await expect(bakeByHand(kitchen.toBakery({ watch }))).rejects.toThrow('died');
    await kitchen.settle();
    const what = `died at call ${index}, ${operations[index]}`;
    expectTidy(kitchen, what);
    // Before it had begun nothing happens; from then on it is done.
    const begun = kitchen.world.parameters.has('/perennial/home/bake/run');
    expect(kitchen.desired() !== bakedImageId, what).toBe(begun);
  }
});

it('whoever does not want it any more at any step leaves no trace', async () => {
  const { steps } = await bakeByHand(setKitchen().toBakery());
  for (let stops = 1; stops <= steps.length; stops++) {
    const kitchen = setKitchen();
    const controller = new AbortController();
    let count = 0;
    const { ending } = await bakeByHand(
      kitchen.toBakery(),
      () => ++count === stops && controller.abort(),
      controller.signal,
    );
    // What goes away takes half a minute.
    kitchen.world.timers.advance(kitchen.world.timers.now + minuteMs);
    expectTidy(kitchen, `stopped at step ${stops}`);
    const kept = ending.outcome === 'promoted';
    expect(kitchen.desired() !== bakedImageId).toBe(kept);
    expect(kitchen.left().images).toHaveLength(kept ? 1 : 0);
    await kitchen.settle();
    expectTidy(kitchen, `stopped at step ${stops}, and ticks later`);
  }
});

it('two who carry it on at once do it once', async () => {
  const kitchen = setKitchen();
  const { world } = kitchen;
  const bakery = kitchen.toBakery();
  const { pause } = bakery.ports;
  // The function comes in between, at each pause of the person's bake.
  bakery.ports.pause = async (ms) => {
    await pause(ms);
    await kitchen.tick();
  };
  const { ending } = await bakeByHand(bakery);
  expect(ending.outcome).toBe('promoted');
  expectTidy(kitchen, 'two at once');
  const parts = [...world.instances.values()].map(({ tags }) => String(tags.get('perennial:part')));
  expect(parts.toSorted()).toEqual(['builder', 'canary']);
  expect(kitchen.left().images).toHaveLength(1);
});

it.each([1, 2, 3])('two in any order of their calls, too (%i)', async (seed) => {
  const kitchen = setKitchen();
  const random = toRandom(seed);
  const endings = await inTurns(
    [0, 1].map(() => (turns: Turns) => {
      const bakery = kitchen.toBakery();
      const { ports } = bakery;
      const inTurn = <T extends object>(port: T): T =>
        new Proxy(port, {
          get: (target, key) => {
            const call = Reflect.get(target, key) as (...args: unknown[]) => Promise<unknown>;
            return async (...args: unknown[]) => (await turns.take(() => call(...args))) as unknown;
          },
        });
      const own = { ...ports, ec2: inTurn(ports.ec2), records: inTurn(ports.records) };
      return bakeByHand({ ...bakery, ports: own }).then(
        ({ ending }) => ending.outcome,
        (error: Error) => error.message,
      );
    }),
    (waiting) => Math.floor(random.next() * waiting),
  );
  await kitchen.settle();
  // Both carry on the one that was begun last, or one is told that the other has taken over.
  for (const ending of endings)
    expect(ending).toMatch(/^promoted$|^Another bake, \w+, has taken over from this one, \w+$/);
  expect(endings).toContain('promoted');
  expectTidy(kitchen, `seed ${seed}`);
});
