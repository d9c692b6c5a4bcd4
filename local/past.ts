/** What was before anybody looks: days of the played world, lived through in a moment by the loop itself. */
import type { Config } from '../shared/config.ts';
import { toSignal } from '../shared/core/signal.ts';
import { reconcile } from '../shared/reconcile.ts';
import { addUser } from '../shared/users/commands.ts';
import { interrupt } from './ec2/instances.ts';
import { replay } from './market.ts';
import { toWorldPorts } from './ports.ts';
import { modernTypes, toModernCourses } from './prices/modern.ts';
import { toRandom } from './random.ts';
import type { AwsEvent, World } from './world.ts';
import { restorePrices, setAllPrices, setPower, theServer, toPrices } from './world-route.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** So long spot was above the cap; the loop took on demand, and came back when that had been over for an hour. */
const dearMs = 3 * hourMs;
/** Of the cap. */
const dear = 1.3;

/** From the world's now to `until`; its prices go on drifting after that. */
export async function liveThrough(world: World, config: Config, until: number): Promise<void> {
  const { timers, market } = world;
  const start = timers.now;
  const at = (share: number) => start + share * (until - start);
  const ports = toWorldPorts(world, config, async (_, act) => act());
  const events: AwsEvent[] = [];
  let over = false;
  world.onEvent((event) => {
    if (!over) events.push(event);
  });
  const types = market.types.filter((type) => Object.hasOwn(modernTypes, type));
  replay(
    market,
    timers,
    toModernCourses(toRandom(world.random.next() * 2 ** 32), types, market.zones, start),
  );

  for (const name of ['alice', 'bob']) await addUser(ports, { name, expiresAt: null });
  setPower(world, config, 'on');
  const server = () => theServer({ world, config });
  timers.at(at(0.3), () => world.guests.silence(server().id));
  timers.at(at(0.6), () => interrupt(world, server(), 2 * minuteMs));
  timers.at(until - 16 * hourMs, () => {
    const usual = toPrices(world);
    setAllPrices(world, config.policy.cap * dear);
    interrupt(world, server(), 2 * minuteMs);
    timers.after(dearMs, () => restorePrices(world, usual));
  });

  for (let tick = start + minuteMs; timers.now < until; ) {
    timers.advance(Math.min(tick, until, timers.nextAt() ?? until));
    for (const event of events.splice(0))
      await reconcile(ports, config.policy, toSignal(event, config.policy.vpn));
    if (timers.now < tick) continue;
    await reconcile(ports, config.policy, { kind: 'tick' });
    tick += minuteMs;
  }
  over = true;
  const since = until - 42 * minuteMs;
  world.guests.setWho(server().id, [
    { user: 'alice', protocol: 'wireguard', since, bytes: 84_100_000 },
    { user: 'bob', protocol: 'pptp', since: until - 8 * minuteMs, bytes: 1_230_000 },
  ]);
}
