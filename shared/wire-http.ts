/** Joins what the HTTP functions need with the adapters that give it, and with nothing that changes servers. */
import { toAccess, toRequests } from './adapters/access.ts';
import { type Clients, toClients } from './adapters/clients.ts';
import type { AccessPorts } from './api-ports.ts';
import { type Config, readConfig } from './config.ts';
import type { Policy } from './core/model.ts';

interface HttpWired {
  policy: Policy;
  ports: AccessPorts;
}

/** For a function: everything from its environment. Throws if that is not usable. */
export function wireHttp(env: Record<string, string | undefined>): HttpWired {
  const config = readConfig(env);
  return { policy: config.policy, ports: toHttpPorts(config, toClients(config), Date.now) };
}

function toHttpPorts(config: Config, clients: Clients, now: () => number): AccessPorts {
  return { now, access: toAccess(clients, config), requests: toRequests(clients, config) };
}
