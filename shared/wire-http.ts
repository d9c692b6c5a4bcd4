/** Joins what the HTTP functions need with the adapters that give it, and with nothing that changes servers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { toAccess, toRequests } from './adapters/access.ts';
import { toAddresses } from './adapters/addresses.ts';
import { type Clients, toClients } from './adapters/clients.ts';
import { toLooks } from './adapters/looks.ts';
import { toPast } from './adapters/past.ts';
import { toName } from './adapters/route53.ts';
import { toSecrets } from './adapters/secrets.ts';
import { toSlack } from './adapters/slack.ts';
import { toState } from './adapters/ssm.ts';
import { toWishes } from './adapters/wishes.ts';
import type { AccessPorts, PastPorts, SlackPorts, WishPorts } from './api-ports.ts';
import { type Config, readConfig } from './config.ts';
import { pages } from './http/pages.ts';
import { toPastRoutes } from './http/past.ts';
import { toScheduleRoutes } from './http/schedule.ts';
import type { Route } from './http/service.ts';
import { toSlackRoutes } from './http/slack.ts';
import { toStatusRoutes } from './http/status.ts';
import { toUserRoutes } from './http/users.ts';
import type { LookPorts, Ports } from './ports.ts';

export interface HttpPorts extends AccessPorts, LookPorts, PastPorts, SlackPorts, WishPorts {
  secrets: Ports['secrets'];
  sleep: (ms: number) => Promise<void>;
}

interface HttpWired {
  routes: Route[];
  ports: HttpPorts;
}

/** For a function: everything from its environment. Throws if that is not usable. */
export function wireHttp(env: Record<string, string | undefined>): HttpWired {
  const config = readConfig(env);
  const ports = toHttpPorts(config, toClients(config), Date.now);
  return { routes: toRoutes(config, ports), ports };
}

export function toHttpPorts(config: Config, clients: Clients, now: () => number): HttpPorts {
  return {
    now,
    sleep: (ms) => sleep(ms),
    access: toAccess(clients, config),
    requests: toRequests(clients, config),
    servers: toLooks(clients, config),
    addresses: toAddresses(clients, config),
    state: toState(clients, config),
    name: toName(clients, config),
    secrets: toSecrets(clients, config),
    past: toPast(clients, config),
    slack: toSlack(clients, config),
    wishes: toWishes(clients, config),
  };
}

/** Everything that the API answers, but for what only the profile function may read. */
export function toRoutes({ policy, name, slackUsers }: Config, ports: HttpPorts): Route[] {
  return [
    ...pages,
    ...toStatusRoutes({ ports, policy, name }),
    ...toScheduleRoutes(ports),
    ...toUserRoutes({ ports, name }),
    ...toPastRoutes({ ports, policy }),
    ...toSlackRoutes({ ports, policy, name, allowed: slackUsers }),
  ];
}
