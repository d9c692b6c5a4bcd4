/** Joins dynamic DNS's ports with their adapters. */
import { type Clients, toDnsClients } from '../adapters/clients.ts';
import { toKnownHosts, toRecords } from '../adapters/dyndns.ts';
import type { Environment } from '../environment.ts';
import { type DyndnsConfig, readDyndnsConfig } from './config.ts';
import type { UpdatePorts } from './ports.ts';

/** For the function: everything from its environment. Throws if that is not usable. */
export function wireDyndns(env: Environment): { homes: string[]; ports: UpdatePorts } {
  const config = readDyndnsConfig(env);
  return { homes: config.homes, ports: toUpdatePorts(config, toDnsClients(config), Date.now) };
}

export function toUpdatePorts(
  config: DyndnsConfig,
  clients: Pick<Clients, 'ssm' | 'route53'>,
  now: () => number,
): UpdatePorts {
  return { now, hosts: toKnownHosts(clients, config), records: toRecords(clients, config) };
}
