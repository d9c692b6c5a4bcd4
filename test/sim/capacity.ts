/** Capacity that comes and goes, and the servers that AWS takes for it. */
import { interrupt, isAlive, recommendRebalance } from '../../local/ec2/instances.ts';
import type { MarketPool } from '../../local/market.ts';
import type { Random } from '../../local/random.ts';
import type { Mischief, TroubleOptions } from './trouble.ts';
import type { Weather } from './weather.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** AWS tells nobody how long a pool stays empty that it has just emptied; longer than our patience, surely. */
const reclaimedMs = { from: 10 * minuteMs, to: 8 * hourMs };
/** The same type's other zones are often short of it too: a guess, on the dark side. */
const sisterShare = 0.3;
/** Between a recommendation to leave and the notice, if one follows. */
const rebalanceMs = { from: minuteMs, to: 20 * minuteMs };

/** The rival, the how-to's own set-up, meets the same. */
export function moveCapacity(options: TroubleOptions & Mischief): void {
  const { weather, setting, rival, often, later } = options;
  const { world } = options.stage;
  const { market } = world;
  const anyPool = ({ pick }: Random) => ({ type: pick(market.types), zone: pick(market.zones) });
  const anySpot = ({ pick }: Random) => {
    const alive = [...world.instances.values()].filter(isAlive);
    const server = alive.length ? pick(alive) : null;
    return server?.market === 'spot' ? server : null;
  };

  often(weather.interruptionsPerHour, 'interruption', (random) => {
    const server = anySpot(random);
    if (!server) return;
    interrupt(world, server, toNoticeMs(weather, random));
    rival.take();
  });
  often(weather.rebalancesPerHour, 'rebalance', (random) => {
    const server = anySpot(random);
    if (!server) return;
    recommendRebalance(world, server);
    if (!random.chance(0.5)) return;
    later(random.between(rebalanceMs.from, rebalanceMs.to), () => interrupt(world, server));
  });
  often(weather.droughtsPerHour, 'drought', (random) => {
    const [pool, kind] = [anyPool(random), random.pick(['spot', 'on-demand'] as const)];
    // A world without any capacity for long would excuse everything: on demand there is always a zone.
    if (kind === 'on-demand' && pool.zone !== market.zones[0]) return;
    dry(pool, kind, random.between(minuteMs, hourMs));
  });
  for (const { pool, takenPerHour = 0 } of setting.courses)
    often(weather.reclaims * takenPerHour, `reclaim ${pool.type} ${pool.zone}`, (random) =>
      reclaim(pool, random),
    );

  /** All servers of the pool go, and for some hours no new ones come; perhaps not in other zones either. */
  function reclaim(pool: MarketPool, random: Random): void {
    const forMs = random.between(reclaimedMs.from, reclaimedMs.to);
    dry(pool, 'spot', forMs);
    for (const zone of market.zones)
      if (zone !== pool.zone && random.chance(sisterShare))
        dry({ type: pool.type, zone }, 'spot', forMs);
    const isThere = ({ type, zone }: MarketPool) => type === pool.type && zone === pool.zone;
    for (const server of world.instances.values())
      if (isAlive(server) && isThere(server.pool))
        interrupt(world, server, toNoticeMs(weather, random));
    if (isThere(rival.pool)) rival.take();
  }

  function dry(pool: MarketPool, kind: 'spot' | 'on-demand', forMs: number): void {
    market.setCapacity(pool, kind, false);
    later(forMs, () => market.setCapacity(pool, kind, true));
  }
}

function toNoticeMs({ noNotice, shortNotice }: Weather, random: Random): number {
  const kind = random.next();
  const short = random.between(5_000, 110_000);
  if (kind < noNotice) return 0;
  return kind < noNotice + shortNotice ? short : 2 * minuteMs;
}
