/** Joins what the profile function needs with the adapters that give it: the token, and users' secrets. */
import { toAccess, toRequests } from './adapters/access.ts';
import { type Clients, toClients } from './adapters/clients.ts';
import { toSecrets } from './adapters/secrets.ts';
import type { AccessPorts } from './api-ports.ts';
import { type Config, readConfig } from './config.ts';
import { toProfileRoutes } from './http/profile.ts';
import type { Route } from './http/service.ts';
import type { Ports } from './ports.ts';

interface ProfileWired {
  routes: Route[];
  ports: AccessPorts & { secrets: Ports['secrets'] };
}

/** For a function: everything from its environment. Throws if that is not usable. */
export function wireProfile(env: Record<string, string | undefined>): ProfileWired {
  const config = readConfig(env);
  return toProfileWired(config, toClients(config), Date.now);
}

export function toProfileWired(config: Config, clients: Clients, now: () => number): ProfileWired {
  const access = { access: toAccess(clients, config), requests: toRequests(clients, config) };
  const ports = { now, secrets: toSecrets(clients, config), ...access };
  const { policy, name } = config;
  return { routes: toProfileRoutes({ ports, policy, name }), ports };
}
