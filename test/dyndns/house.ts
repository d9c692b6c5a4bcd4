/** A played AWS with homes in its zone, and what clients ask about them. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { addZone } from '../../local/route53.ts';
import { toWorld, type World } from '../../local/world.ts';
import { toHosts } from '../../shared/adapters/dyndns.ts';
import { readDyndnsConfig } from '../../shared/dyndns/config.ts';
import { type Credential, toHash } from '../../shared/dyndns/credential.ts';
import { addHosts, type HostOptions } from '../../shared/dyndns/hosts.ts';
import type { Login } from '../../shared/dyndns/login.ts';
import type { Reply } from '../../shared/dyndns/reply.ts';
import { toAsked } from '../../shared/dyndns/request.ts';
import { update } from '../../shared/dyndns/update.ts';
import { toUpdatePorts } from '../../shared/dyndns/wire.ts';
import { start, types } from '../stage.ts';

export const home = 'home.example.org';
export const cabin = 'cabin.example.org';
/** Where requests come from, unless a test says otherwise. */
export const source = '203.0.113.200';

const env = {
  AWS_REGION: 'us-east-1',
  PERENNIAL_VPN: 'home',
  PERENNIAL_ZONE_ID: 'Z0123456789ABC',
  PERENNIAL_NAME: 'vpn.example.org',
  PERENNIAL_HOME: `${home},${cabin},away.example.net`,
};

/** The query as a client writes it, and what else a request may have. */
export interface Request {
  query: string;
  login?: Login | string;
  from?: string;
  method?: string;
  path?: string;
  form?: string;
  base64?: boolean;
}

export interface House {
  world: World;
  /** Every call that reached AWS. */
  calls: string[];
  add: (options: Partial<HostOptions>) => Promise<Login>;
  /** Lets that login in, whose password somebody has chosen. */
  admit: (hosts: string[], login: Login) => Promise<void>;
  ask: (request: Request) => Promise<Reply>;
  /** What the records of a name are, by type. */
  records: (name: string) => Record<string, string>;
  pass: (ms: number) => void;
}

export function setHouse(names: Partial<typeof env> = {}): House {
  const zones = ['us-east-1a'];
  const world = toWorld({ seed: 1, start, market: { zones, types } });
  const zone = addZone(world, env.PERENNIAL_ZONE_ID, 'example.org');
  const calls: string[] = [];
  const call = toCall(world);
  const clients = toDirectClients((service, operation, input) => {
    calls.push(operation);
    return call(service, operation, input);
  });
  const config = readDyndnsConfig({ ...env, ...names });
  const ports = toUpdatePorts(config, clients, () => world.timers.now);
  const random = (count: number) => Buffer.from(world.random.hex(2 * count), 'hex');
  const store = toHosts(toDirectClients(call), config);
  const allow: Credential['allow'] = ['documentation'];
  return {
    world,
    calls,
    add: (options) => addHosts(store, random, { hosts: [home], allow, ...options }),
    async admit(hosts, login) {
      const salt = Buffer.from(random(16)).toString('base64');
      const hash = toHash(salt, login);
      const { user } = login;
      for (const host of hosts) await store.write(host, { user, salt, hash, v6: true, allow });
    },
    ask: (request) => update(ports, config.homes, toAsked(toEvent(request))),
    records: (name) =>
      Object.fromEntries(
        [...zone.records.values()]
          .filter(({ Name }) => Name === `${name}.`)
          .map(({ Type, ResourceRecords = [] }) => [
            String(Type),
            ResourceRecords.map(({ Value }) => Value).join(),
          ]),
      ),
    pass: (ms) => world.timers.advance(world.timers.now + ms),
  };
}

/** As API Gateway would make it of the request. */
export function toEvent({
  query,
  login,
  from = source,
  method = 'GET',
  path = '/nic/update',
  form,
  base64 = false,
}: Request): APIGatewayProxyEventV2 {
  const authorization = login && (typeof login === 'string' ? login : toBasic(login));
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers: { host: 'example.org', ...(authorization && { authorization }) },
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3',
      domainName: 'a1b2c3.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'a1b2c3',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: from, userAgent: 'ddclient/3.10.0' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '22/Nov/2026:05:00:00 +0000',
      timeEpoch: start,
    },
    ...(form !== undefined && { body: base64 ? Buffer.from(form).toString('base64') : form }),
    isBase64Encoded: base64,
  };
}

function toBasic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
