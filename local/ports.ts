/**
 * The loop's ports on the played world. What the loop looks at in every pass is read straight from the world's own
 * records, without AWS's words in between: simulated hours consist of little else. All other calls are the adapters'.
 */
import { allPages } from '../shared/adapters/answers.ts';
import { generationTag, vpnTag } from '../shared/adapters/looks.ts';
import type { Config } from '../shared/config.ts';
import { priceWindowMs } from '../shared/core/limits.ts';
import type { Address, PoolPrice, Server } from '../shared/core/model.ts';
import { isUserName, type Secrets } from '../shared/core/users.ts';
import { readDesired } from '../shared/documents/desired.ts';
import { readJournal, readLedger, readReport } from '../shared/documents/state.ts';
import { readServerKey, readUser } from '../shared/documents/users.ts';
import type { Ports } from '../shared/ports.ts';
import { toPorts } from '../shared/wire.ts';
import { toDirectClients } from './direct.ts';
import { seeAddress } from './ec2/addresses.ts';
import { see } from './ec2/instances.ts';
import { findZone, readAddress } from './route53.ts';
import type { ParameterRecord } from './ssm/parameters.ts';
import type { ServiceName, World } from './world.ts';

/** How a call gets to the world, which answers at the moment of `act`, and how the answer gets back. */
export type Reach = <T>(operation: string, act: () => T) => Promise<T>;

export function toWorldPorts(world: World, config: Config, reach: Reach): Ports {
  const { timers } = world;
  const now = () => timers.now;
  const clients = toDirectClients((service, operation, input) =>
    reach(operation, () => world.call(service, operation, input)),
  );
  const others = toPorts(config, clients, now);
  const look = <T>(service: ServiceName, operation: string, act: () => T) =>
    reach(operation, () => {
      const fault = world.faultOf(service, operation);
      if (fault) throw fault;
      return act();
    });
  const { vpn } = config.policy;
  const root = `/perennial/${vpn}/state/`;
  return {
    ...others,
    servers: {
      ...others.servers,
      list: () => look('ec2', 'DescribeInstances', () => listServers(world, vpn)),
      prices: (types, at) =>
        look('ec2', 'DescribeSpotPriceHistory', () => listPrices(world, types, at)),
    },
    state: {
      ...others.state,
      async read() {
        const page = (from = '0') =>
          look('ssm', 'GetParametersByPath', () => listParameters(world, root, Number(from)));
        return toState(await allPages(page));
      },
    },
    secrets: {
      ...others.secrets,
      list: () => look('ssm', 'DescribeParameters', () => listSecrets(world, `/perennial/${vpn}/`)),
    },
    addresses: {
      ...others.addresses,
      list: () => look('ec2', 'DescribeAddresses', () => listAddresses(world, vpn)),
    },
    name: {
      ...others.name,
      read: () =>
        look('route53', 'ListResourceRecordSets', () =>
          readAddress(findZone(world, config.zoneId), config.name),
        ),
    },
  };
}

function listServers({ instances, timers }: World, vpn: string): Server[] {
  const servers: Server[] = [];
  for (const record of instances.values()) {
    const seen = see(record, timers.now);
    if (seen?.tags.get(vpnTag) !== vpn) continue;
    servers.push({
      id: record.id,
      state: seen.state,
      market: record.market,
      pool: record.pool,
      stateReason: seen.stateReason,
      imageId: record.imageId,
      address: seen.address,
      launchedAt: toWholeMs(record.launchedAt),
      generation: Number(seen.tags.get(generationTag)) || 0,
    });
  }
  return servers;
}

function listAddresses({ addresses, timers }: World, vpn: string): Address[] {
  const listed: Address[] = [];
  for (const record of addresses.values()) {
    const seen = seeAddress(record, timers.now);
    if (seen && record.Tags.some(({ Key, Value }) => Key === vpnTag && Value === vpn))
      listed.push({ id: record.id, address: record.address, serverId: seen.instanceId });
  }
  return listed;
}

function listPrices({ market, timers }: World, types: string[], at: number): PoolPrice[] {
  const from = Math.min(toWholeMs(at - priceWindowMs), timers.now);
  const prices: PoolPrice[] = [];
  for (const type of market.types) {
    if (!types.includes(type)) continue;
    for (const zone of market.zones) {
      const pool = { type, zone };
      const history = market.history(pool, from, timers.now).map(({ perHour }) => toPrice(perHour));
      const [perHour = 0] = history;
      if (perHour > 0) prices.push({ pool, perHour, peak: Math.max(...history) });
    }
  }
  return prices;
}

type ParameterVersion = ParameterRecord['versions'][number];

/** Parameter Store lists so many at a time. */
const pageMax = 10;

/** A parameter by its name below the path. */
type Named = [name: string, newest: ParameterVersion];

/** A page of what Parameter Store has under a path, by name. */
function listParameters({ parameters }: World, root: string, from: number) {
  const all: Named[] = [];
  for (const [name, { versions }] of parameters) {
    const newest = name.startsWith(root) ? versions.at(-1) : undefined;
    if (newest) all.push([name.slice(root.length), newest]);
  }
  const to = from + pageMax;
  const items = all.sort(([a], [b]) => (a < b ? -1 : 1)).slice(from, to);
  return { items, next: to < all.length ? String(to) : undefined };
}

const servers = 'servers/';

function toState(parameters: Named[]): Awaited<ReturnType<Ports['state']['read']>> {
  const find = (wanted: string) => parameters.find(([name]) => name === wanted)?.[1];
  const reports = parameters.flatMap(([name, version]) => {
    if (!name.startsWith(servers)) return [];
    const id = name.slice(servers.length);
    const read = (value = '') => readReport(id, value, toWholeMs(version.at));
    return readOnce(version, read) ?? [];
  });
  const journal = find('journal');
  const wish = find('desired');
  return {
    desired: readOnce(wish, (value) => readDesired(value, toWholeMs(wish?.at ?? 0))),
    reports,
    journal: { value: readJournal(journal?.value), version: journal?.version ?? 0 },
    ledger: readOnce(find('ledger'), readLedger),
  };
}

/** Fits on one page: there are at most 31 users and one key. */
function listSecrets({ parameters }: World, root: string): Secrets {
  const secrets: Secrets = { users: [], serverKey: null };
  for (const [name, { versions }] of parameters) {
    const [, folder, rest = ''] = /^(users|keys)\/(.*)$/.exec(name.slice(root.length)) ?? [];
    const newest = versions.at(-1);
    if (!folder || !newest || !name.startsWith(root)) continue;
    const { version, at, description } = newest;
    if (folder === 'users' && !isUserName(rest)) continue;
    if (folder === 'users')
      secrets.users.push(
        readOnce(newest, () => readUser(rest, version, toWholeMs(at), description)),
      );
    else if (rest === 'wireguard')
      secrets.serverKey = readOnce(newest, () => readServerKey(version, description));
  }
  secrets.users.sort((a, b) => (a.name < b.name ? -1 : 1));
  return secrets;
}

/** A version is read by many passes, and never changes. */
const known = new WeakMap<ParameterVersion, unknown>();

function readOnce<T>(version: ParameterVersion | undefined, read: (value?: string) => T): T {
  if (!version) return read();
  if (!known.has(version)) known.set(version, read(version.value));
  return known.get(version) as T;
}

/** AWS's times have milliseconds, its prices millionths of a dollar. */
const toWholeMs = Math.floor;

function toPrice(perHour: number): number {
  return Math.round(perHour * 1e6) / 1e6;
}
