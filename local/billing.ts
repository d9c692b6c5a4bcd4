/** What the played servers cost, from the world's own truth: instance, address and disk, by the second. */
import { type InstanceRecord, toState } from './ec2/instances.ts';
import type { World } from './world.ts';

/** Hours that instances ran, and dollars. */
export interface Cost {
  hours: number;
  instance: number;
  address: number;
  disk: number;
}

export type Costs = Record<'spot' | 'on-demand', Cost>;

/** Dollars for a public IPv4 address, whatever it is attached to. */
const addressPerHour = 0.005;
/** gp3, us-east-1: $.08 per GB-month, of 730 hours; a stock Debian fits on 8 GB. */
const diskPerHour = (0.08 * 8) / 730;

export const nothing: Cost = { hours: 0, instance: 0, address: 0, disk: 0 };

export function toTotal({ instance, address, disk }: Cost): number {
  return instance + address + disk;
}

export function add(a: Cost, b: Cost): Cost {
  return {
    hours: a.hours + b.hours,
    instance: a.instance + b.instance,
    address: a.address + b.address,
    disk: a.disk + b.disk,
  };
}

/** What a server costs that runs for so long at that price, with its address and its disk. */
export function toCost(hours: number, instance: number): Cost {
  return { hours, instance, address: hours * addressPerHour, disk: hours * diskPerHour };
}

/** The cheapest type on demand, all the time. */
export function alwaysOnDemand(onDemandPrices: number[], hours: number): Cost {
  return toCost(hours, hours * Math.min(...onDemandPrices));
}

export interface Meter {
  /** All that has been spent up to this moment. */
  read: () => Costs;
}

/** An instance that costs something, charged up to `at`. */
interface Running {
  record: InstanceRecord;
  at: number;
  /** Dollars an hour since then; 0 while it only has a disk. */
  perHour: number;
}

/**
 * Charges what EC2 charges: the instance and its address while it runs, its disk from launch to end. Spot costs what
 * its pool costs at each moment. Left out, since it favours spot: a first hour that EC2 itself cuts short is free.
 */
export function startMeter(world: World): Meter {
  const { timers, market, instances } = world;
  const running = new Map<string, Running>();
  const costs: Costs = { spot: { ...nothing }, 'on-demand': { ...nothing } };

  function charge(one: Running): void {
    const hours = (timers.now - one.at) / 3_600_000;
    const cost = costs[one.record.market];
    one.at = timers.now;
    cost.disk += hours * diskPerHour;
    if (!one.perHour) return;
    cost.hours += hours;
    cost.instance += hours * one.perHour;
    cost.address += hours * addressPerHour;
  }

  function toPerHour(record: InstanceRecord): number {
    if (toState(record) !== 'running') return 0;
    return record.market === 'spot'
      ? market.spot(record.pool, timers.now)
      : market.onDemand(record.pool.type);
  }

  world.onEvent(({ 'detail-type': type, detail }) => {
    if (type !== 'EC2 Instance State-change Notification') return;
    const id = String(detail['instance-id']);
    const record = instances.get(id);
    if (!record) return;
    const known = running.get(id) ?? { record, at: timers.now, perHour: 0 };
    charge(known);
    known.perHour = toPerHour(record);
    if (toState(record) === 'terminated') running.delete(id);
    else running.set(id, known);
  });
  market.onChange(() => {
    for (const one of running.values()) {
      charge(one);
      one.perHour = toPerHour(one.record);
    }
  });
  return {
    read() {
      for (const one of running.values()) charge(one);
      return { spot: { ...costs.spot }, 'on-demand': { ...costs['on-demand'] } };
    },
  };
}
