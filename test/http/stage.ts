/** The HTTP API on a played AWS, asked in process: every answer is held against the contract. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect } from 'vitest';
import { toDirectClients } from '../../local/direct.ts';
import type { World } from '../../local/world.ts';
import { makeToken } from '../../local/world-route.ts';
import { toHttpHandler } from '../../shared/http/service.ts';
import { type HttpPorts, toHttpPorts, toRoutes } from '../../shared/wire-http.ts';
import { toProfileWired } from '../../shared/wire-profile.ts';
import { type Stage, setStage } from '../stage.ts';
import { type Came, operations, toBreaches } from './contract.ts';

interface Sent {
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is a text. */
  body?: unknown;
  token?: string | null;
  sourceIp?: string;
  /** As API Gateway hands on what it takes for no text. */
  isBase64?: boolean;
}

export interface HttpStage extends Stage {
  token: string;
  ports: HttpPorts;
  /** Every line of the function's log. */
  lines: string[];
  /** Every call to AWS. */
  asked: { operation: string; input: Record<string, unknown> }[];
  ask: (method: string, target: string, sent?: Sent) => Promise<Came>;
  /** The value of a parameter, or undefined. */
  parameter: (name: string) => string | undefined;
}

/** The operations that have been tried, by name, in all tests of a file. */
export const tried = new Set<string>();

/** `pass` lets time go by while a request waits. */
export function setHttpStage(
  stage: Stage = setStage(),
  pass = async (ms: number) => stage.world.timers.advance(stage.world.timers.now + ms),
): HttpStage {
  const { world, config } = stage;
  const asked: HttpStage['asked'] = [];
  const clients = toDirectClients(async (service, operation, input) => {
    asked.push({ operation, input: input as Record<string, unknown> });
    return world.call(service, operation, input);
  });
  const ports = { ...toHttpPorts(config, clients, () => world.timers.now), sleep: pass };
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const profile = toProfileWired(config, clients, ports.now);
  const functions = {
    api: toHttpHandler(toRoutes(config, ports), ports, write),
    profile: toHttpHandler(profile.routes, profile.ports, write),
  };
  const token = makeToken(world, config);
  return {
    ...stage,
    token,
    ports,
    lines,
    asked,
    async ask(method, target, sent = {}) {
      const event = toEvent(method, target, { token, ...sent }, world);
      // As API Gateway does by the routes of serverless.yml.
      const isProfile = /^\/users\/[^/]+\/profile$/.test(event.rawPath);
      const handler = functions[isProfile ? 'profile' : 'api'];
      const result = await handler(event, {} as never);
      const { statusCode: status = 0, headers = {}, body = '' } = result;
      const came: Came = {
        status,
        headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        body: body ? (JSON.parse(body) as unknown) : undefined,
      };
      hold(method, event.rawPath, came);
      return came;
    },
    parameter: (name) => world.parameters.get(`/perennial/home/${name}`)?.versions.at(-1)?.value,
  };
}

/** What is not in the contract at all is a problem document all the same. */
function hold(method: string, path: string, came: Came): void {
  const operation = operations.find(
    (one) => one.method === method && toPattern(one.path).test(path),
  );
  if (operation) {
    expect(toBreaches(operation, came)).toEqual([]);
    if (came.status < 300) tried.add(operation.id);
  } else if (came.status >= 400) {
    expect(came.headers.get('content-type')).toBe('application/problem+json');
    expect(came.body).toMatchObject({ status: came.status, detail: expect.any(String) });
  }
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

function toEvent(
  method: string,
  target: string,
  { headers = {}, body, token = null, sourceIp = '198.51.100.9', isBase64 = false }: Sent,
  { timers }: World,
): APIGatewayProxyEventV2 {
  const [rawPath = '', rawQueryString = ''] = target.split('?');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      domainName: 'abc123.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'abc123',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: 'test' },
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '22/Nov/2026:05:00:00 +0000',
      timeEpoch: timers.now,
    },
    ...(body !== undefined && { body: isBase64 ? Buffer.from(text).toString('base64') : text }),
    isBase64Encoded: isBase64,
  };
}
