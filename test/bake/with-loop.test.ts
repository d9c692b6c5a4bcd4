/** A bake beside the running loop: it is none of the loop's business until its image is wanted, and then no outage. */
import { expect, it } from 'vitest';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { isAlive } from '../../local/ec2/instances.ts';
import { type AwsEvent, bakedImageId } from '../../local/world.ts';
import { must } from '../../shared/adapters/answers.ts';
import { toSignal } from '../../shared/core/signal.ts';
import { reconcile } from '../../shared/reconcile.ts';
import { toPorts } from '../../shared/wire.ts';
import { desire } from '../stage.ts';
import { bakeByHand, minuteMs, setKitchen } from './kitchen.ts';

it('the loop moves over to the new image by itself, and never touches what bakes', async () => {
  const kitchen = setKitchen();
  const { world, config } = kitchen;
  const { timers } = world;
  const ports = toPorts(config, toDirectClients(toCall(world)), () => timers.now);
  const events: AwsEvent[] = [];
  const entries: string[] = [];
  let outages = 0;
  let peak = 0;
  const servers = () =>
    [...world.instances.values()].filter((one) => one.tags.has('perennial:vpn') && isAlive(one));
  const named = () => servers().find(({ address }) => address === world.resolve(config.name));
  world.onEvent((event) => events.push(event));
  /** The rules wake the loop by events, and by a tick in each minute. */
  const live = async (ms: number, watched = true) => {
    for (const until = timers.now + ms; timers.now < until; ) {
      timers.advance(Math.min(until, timers.now + 5_000));
      const signals = events.splice(0).map((event) => toSignal(event, 'home'));
      if (timers.now % minuteMs < 5_000) signals.push({ kind: 'tick' });
      for (const signal of signals)
        entries.push(...(await reconcile(ports, config.policy, signal)).entries.map((e) => e.why));
      const server = named();
      if (watched && !(server && world.guests.serves(server.id))) outages++;
      peak = Math.max(peak, servers().length);
    }
  };
  desire(world, { power: 'on', imageId: bakedImageId });
  await live(5 * minuteMs, false);
  const old = must(named(), 'a server');

  const bakery = kitchen.toBakery();
  bakery.ports.pause = (ms) => live(ms);
  const { ending } = await bakeByHand(bakery);
  expect(ending.outcome).toBe('promoted');
  const ours = [...world.instances.values()].filter(({ tags }) => tags.has('perennial:bake'));
  expect(ours).toHaveLength(2);
  await live(10 * minuteMs);

  expect(named()).toMatchObject({ imageId: kitchen.desired() });
  expect(named()?.id).not.toBe(old.id);
  expect(servers()).toHaveLength(1);
  expect({ outages, peak }).toEqual({ outages: 0, peak: 2 });
  const told = entries.filter((why) => ours.some(({ id }) => why.includes(id)));
  expect(told).toEqual([]);
  expect(kitchen.denied).toEqual([]);
});
