/** Makes trouble in the played AWS, as often as the weather says. */
import { isAlive, terminate } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import type { PersistentRequest } from '../../local/persistent-request.ts';
import { type Random, toRandom } from '../../local/random.ts';
import { bakedImageId, type ServiceName } from '../../local/world.ts';
import { vpnTag } from '../../shared/adapters/looks.ts';
import { desire, type Stage } from '../stage.ts';
import { moveCapacity } from './capacity.ts';
import { failCommands, type People } from './people.ts';
import type { Setting } from './setting.ts';
import { leaveStray } from './strays.ts';
import { serviceOutMs, type Weather } from './weather.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** AWS announces such work days ahead; what matters to the loop is only that it is known before. */
const announcedMs = { from: 20 * minuteMs, to: 5 * hourMs };

export interface Mischief {
  /** At random moments, so many times an hour; with chance of its own, so that one less leaves the others as they are. */
  often: (perHour: number, what: string, run: (random: Random) => void) => void;
  /** Once, unless all trouble is over by then. */
  later: (delayMs: number, run: () => void) => void;
}

export interface Trouble {
  readonly wanted: boolean;
  readonly over: boolean;
  /** Ends all trouble and turns the VPN on. */
  end(): void;
}

export interface TroubleOptions {
  stage: Stage;
  weather: Weather;
  setting: Setting;
  rival: PersistentRequest;
  people: People;
  random: Random;
  trace: (line: string) => void;
}

/** EC2's own, for a region. */
const addressQuota = 5;

export function makeTrouble(options: TroubleOptions): Trouble {
  const { stage, weather, rival, people, random, trace } = options;
  const { world } = stage;
  const { timers, market, guests } = world;
  let over = false;
  let wanted = true;

  const later: Mischief['later'] = (delayMs, run) => timers.after(delayMs, () => over || run());
  const often: Mischief['often'] = (perHour, what, run) => {
    const own = toRandom(random.next() * 2 ** 32);
    const again = () =>
      later((-Math.log(1 - own.next()) / perHour) * hourMs, () => {
        trace(`trouble: ${what}`);
        run(own);
        again();
      });
    if (perHour > 0) again();
  };
  const anyAlive = ({ pick }: Random) => {
    const alive = [...world.instances.values()].filter(isAlive);
    return alive.length ? pick(alive) : null;
  };
  const outages = breakServices(options, often);
  if (weather.clockSkewMs) skewClocks(options);
  moveCapacity({ ...options, often, later });
  often(weather.priceJumpsPerHour, 'price', ({ pick, between }) => {
    const pool = { type: pick(market.types), zone: pick(market.zones) };
    market.setSpot(pool, timers.now, Number(between(0.0011, 0.0069).toFixed(4)));
  });
  often(weather.deathsPerHour, 'death', (own) => {
    const server = anyAlive(own);
    if (server && own.chance(0.5)) guests.silence(server.id);
    else if (server) guests.setServing(server.id, false);
  });
  often(weather.maintenancePerHour, 'maintenance', (own) => {
    const server = anyAlive(own);
    if (!server) return;
    const delayMs = own.between(announcedMs.from, announcedMs.to);
    announce(server.id, timers.now + delayMs);
    later(delayMs, () => terminate(world, server, 'Server.ScheduledStop'));
  });
  often(weather.meddlingPerHour, 'meddling', (own) => {
    const server = anyAlive(own);
    if (server && own.chance(0.5)) terminate(world, server, 'Client.UserInitiatedShutdown');
    else if (world.instances.size < 20) attempt(launchByHand);
  });
  often(weather.togglesPerHour, 'toggle', () => {
    const power = wanted ? 'off' : 'on';
    if (attempt(() => desire(world, { power, imageId: bakedImageId }))) setWanted(!wanted);
  });

  often(weather.addressDroughtsPerHour, 'quota', ({ between }) => {
    world.quotas.address = 0;
    later(between(10 * minuteMs, 2 * hourMs), () => {
      world.quotas.address = addressQuota;
    });
  });
  often(weather.straysPerHour, 'stray', (own) => {
    attempt(() => leaveStray(world, own));
  });
  often(weather.peoplePerHour, 'people', (own) => {
    attempt(() => people.change(own));
  });
  failCommands(world, () => (over ? 0 : weather.failedCommands), toRandom(random.next() * 2 ** 32));

  function setWanted(value: boolean): void {
    wanted = value;
    rival.setWanted(value);
  }

  function launchByHand(): void {
    const Tags = [{ Key: vpnTag, Value: 'home' }];
    world.call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: bakedImageId,
      InstanceType: market.types[0],
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    });
  }

  function announce(serverId: string, startsAt: number): void {
    world.emit('aws.health', 'AWS Health Event', [serverId], {
      service: 'EC2',
      eventTypeCode: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
      eventTypeCategory: 'scheduledChange',
      statusCode: 'upcoming',
      startTime: new Date(startsAt).toUTCString(),
      affectedEntities: [{ entityValue: serverId, status: 'IMPAIRED' }],
    });
  }

  return {
    get wanted() {
      return wanted;
    },
    get over() {
      return over;
    },
    end() {
      over = true;
      world.quotas.address = addressQuota;
      outages.end();
      setWanted(true);
      desire(world, { power: 'on', imageId: bakedImageId });
      for (const type of market.types)
        for (const zone of market.zones)
          for (const kind of ['spot', 'on-demand'] as const)
            market.setCapacity({ type, zone }, kind, true);
    },
  };
}

/** Whether AWS took it: a person whom it refuses something tries another time. */
function attempt(deed: () => void): boolean {
  try {
    deed();
    return true;
  } catch (error) {
    if (error instanceof AwsFault) return false;
    throw error;
  }
}

/** Parameter Store or Route 53 answers only some calls, for some minutes. */
function breakServices({ stage: { world }, weather }: TroubleOptions, often: Mischief['often']) {
  const { timers } = world;
  const fault = new AwsFault('InternalError', 'An internal error has occurred', 500);
  const out = new Map<ServiceName, { until: number; share: number; random: Random }>();
  world.setFaults((service) => {
    const outage = out.get(service);
    if (!outage || timers.now >= outage.until) return null;
    return outage.random.chance(outage.share) ? fault : null;
  });
  often(weather.outagesPerHour, 'outage', (random) => {
    const until = timers.now + random.between(serviceOutMs.from, serviceOutMs.to);
    out.set(random.pick(['ssm', 'route53']), { until, share: random.between(0.5, 1), random });
  });
  return { end: () => out.clear() };
}

/** Each server dates its reports by a clock of its own. */
function skewClocks({ stage: { world }, weather: { clockSkewMs } }: TroubleOptions): void {
  world.onEvent(({ 'detail-type': type, detail: { name } }) => {
    if (type !== 'Parameter Store Change' || typeof name !== 'string') return;
    if (!name.includes('/state/servers/i-')) return;
    const version = world.parameters.get(name)?.versions.at(-1);
    if (!version) return;
    // The id is chance enough, and stays the same: so wrong, from -1 to 1, is its server's clock.
    const wrong = (Number.parseInt(name.slice(-4), 16) / 0xffff) * 2 - 1;
    const at = new Date(version.at + Math.round(wrong * clockSkewMs)).toISOString();
    version.value = version.value.replace(/"at":"[^"]*"/, `"at":"${at}"`);
  });
}
