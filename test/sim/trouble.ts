/** Makes trouble in the played AWS, as often as the weather says. */
import { interrupt, isAlive, terminate } from '../../local/ec2/instances.ts';
import type { Random } from '../../local/random.ts';
import { bakedImageId } from '../../local/world.ts';
import { vpnTag } from '../../shared/adapters/ec2.ts';
import { desire, type Stage } from '../stage.ts';
import type { Weather } from './weather.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export interface Trouble {
  readonly wanted: boolean;
  readonly interruptions: number;
  /** Ends all trouble and turns the VPN on. */
  end(): void;
}

export function makeTrouble(
  { world }: Stage,
  weather: Weather,
  random: Random,
  trace: (line: string) => void,
): Trouble {
  const { timers, market, guests } = world;
  let over = false;
  let wanted = true;
  let interruptions = 0;

  /** At random moments, so many times an hour. */
  const often = (perHour: number, what: string, run: () => void) => {
    if (perHour <= 0) return;
    const wait = (-Math.log(1 - random.next()) / perHour) * hourMs;
    timers.after(wait, () => {
      if (over) return;
      trace(`trouble: ${what}`);
      run();
      often(perHour, what, run);
    });
  };
  const anyPool = () => ({ type: random.pick(market.types), zone: random.pick(market.zones) });
  const anyAlive = () => {
    const alive = [...world.instances.values()].filter(isAlive);
    return alive.length ? random.pick(alive) : null;
  };

  often(weather.interruptionsPerHour, 'interruption', () => {
    const server = anyAlive();
    if (server?.market !== 'spot') return;
    interruptions++;
    const kind = random.next();
    if (kind < weather.noNotice) interrupt(world, server, 0);
    else if (kind < weather.noNotice + weather.shortNotice)
      interrupt(world, server, random.between(5_000, 110_000));
    else interrupt(world, server);
  });
  often(weather.priceJumpsPerHour, 'price', () => {
    market.setSpot(anyPool(), timers.now, Number(random.between(0.0011, 0.0069).toFixed(4)));
  });
  often(weather.droughtsPerHour, 'drought', () => {
    const [pool, kind] = [anyPool(), random.pick(['spot', 'on-demand'] as const)];
    // A world without any capacity for long would excuse everything: on demand there is always a zone.
    if (kind === 'on-demand' && pool.zone !== market.zones[0]) return;
    market.setCapacity(pool, kind, false);
    timers.after(random.between(minuteMs, hourMs), () => market.setCapacity(pool, kind, true));
  });
  often(weather.deathsPerHour, 'death', () => {
    const server = anyAlive();
    if (!server) return;
    if (random.chance(0.5)) guests.silence(server.id);
    else guests.setServing(server.id, false);
  });
  often(weather.meddlingPerHour, 'meddling', () => {
    const server = anyAlive();
    if (server && random.chance(0.5)) terminate(world, server, 'Client.UserInitiatedShutdown');
    else if (world.instances.size < 20) launchByHand();
  });
  often(weather.togglesPerHour, 'toggle', () => {
    wanted = !wanted;
    desire(world, { power: wanted ? 'on' : 'off', imageId: bakedImageId });
  });

  function launchByHand(): void {
    const Tags = [{ Key: vpnTag, Value: 'home' }];
    world.call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: bakedImageId,
      InstanceType: 't3.nano',
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    });
  }

  return {
    get wanted() {
      return wanted;
    },
    get interruptions() {
      return interruptions;
    },
    end() {
      over = true;
      wanted = true;
      desire(world, { power: 'on', imageId: bakedImageId });
      for (const type of market.types)
        for (const zone of market.zones)
          for (const kind of ['spot', 'on-demand'] as const)
            market.setCapacity({ type, zone }, kind, true);
    },
  };
}
