/** What of a small world's state can make a difference to what comes next, as a short text. */
import { createHash } from 'node:crypto';
import { toState } from '../../local/ec2/instances.ts';
import type { World } from '../../local/world.ts';
import { name } from '../stage.ts';

/** `more` is what the world does not hold itself. Ids become numbers in order of launch, times ages in seconds. */
export function toFingerprint(world: World, more: object): string {
  const { now } = world.timers;
  const servers = [...world.instances.values()].map((record) => [
    record.id,
    toState(record),
    record.market,
    record.pool.zone,
    record.takenAt,
    record.launchedAt,
    world.guests.describe(record.id),
  ]);
  const addresses = [...world.addresses.values()].map(({ id, address, allocatedAt, owners }) => [
    id,
    address,
    allocatedAt,
    owners.at(-1),
  ]);
  const parameters = [...world.parameters].map(([key, { versions }]) => {
    const last = versions.at(-1);
    const value = JSON.parse(last?.value ?? 'null');
    // Of the journal only the memory is read again; of a report, when it came.
    return [key, value.memory ?? value, key.includes('/servers/') ? last?.at : null];
  });
  const prices = world.market.zones.map((zone) =>
    world.market.spot({ type: 't3.nano', zone }, now),
  );
  const state = {
    servers,
    addresses,
    quota: world.quotas.address,
    parameters,
    prices,
    name: world.resolve(name),
    clock: now % 60_000,
    ...more,
  };
  const order = [...world.instances.keys(), ...world.addresses.keys()];
  const text = JSON.stringify(state)
    .replace(/eipassoc-[0-9a-f]{17}/g, '')
    .replace(/(i|eipalloc)-[0-9a-f]{17}/g, (id) => `#${order.indexOf(id)}`)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => toAge(Date.parse(iso), now))
    .replace(/\b1[67]\d{11}\b/g, (epoch) => toAge(Number(epoch), now));
  return createHash('sha1').update(text).digest('base64');
}

/** What is older than an hour is old. */
function toAge(at: number, now: number): string {
  return `${Math.min(3_600, Math.round((now - at) / 1_000))}s`;
}
