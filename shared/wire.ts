/** Joins the ports with their adapters: the only place that knows both. */
import { toAddresses } from './adapters/addresses.ts';
import { type Clients, toClients } from './adapters/clients.ts';
import { toCommands } from './adapters/commands.ts';
import { toServers } from './adapters/ec2.ts';
import { toName } from './adapters/route53.ts';
import { toSecrets } from './adapters/secrets.ts';
import { toState } from './adapters/ssm.ts';
import { toStrays } from './adapters/strays.ts';
import { type Config, readConfig } from './config.ts';
import type { Policy } from './core/model.ts';
import type { Ports } from './ports.ts';

export interface Wired {
  policy: Policy;
  ports: Ports;
}

/** For a function: everything from its environment. Throws if that is not usable. */
export function wire(env: Record<string, string | undefined>): Wired {
  const config = readConfig(env);
  return { policy: config.policy, ports: toPorts(config, toClients(config), Date.now) };
}

export function toPorts(config: Config, clients: Clients, now: () => number): Ports {
  return {
    now,
    servers: toServers(clients, config),
    state: toState(clients, config),
    secrets: toSecrets(clients, config),
    commands: toCommands(clients, config),
    addresses: toAddresses(clients, config),
    strays: toStrays(clients, config),
    name: toName(clients, config),
  };
}
