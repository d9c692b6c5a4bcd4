/** An HTTP function: finds the route, lets in who may come, answers JSON, and says what is wrong as a problem. */
import middy, { type MiddlewareObj } from '@middy/core';
import httpSecurityHeaders from '@middy/http-security-headers';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AccessPorts } from '../api-ports.ts';
import { readForm, readJson } from './body.ts';
import { admit } from './guard.ts';
import { once } from './once.ts';
import { Problem, retryAfter } from './problem.ts';
import { findRoute, type Target } from './routes.ts';

interface Asked {
  headers: Record<string, string | undefined>;
  params: Record<string, string>;
  rawQueryString: string;
  /** Of JSON its value, of a form its bytes; undefined if there is none. */
  body: unknown;
  /** Epoch milliseconds. */
  now: number;
}

/** `body` is JSON to be, or a text or bytes of their own type. */
interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Route extends Target {
  /** Needs no token: a page, or what sees to itself that it is asked by whom it may be. */
  open?: boolean;
  /** What it is sent, if not JSON. */
  takes?: 'form';
  handle: (asked: Asked) => Answer | Promise<Answer>;
  /** What the same request is answered with when it comes again. */
  again?: (asked: Asked) => Answer | Promise<Answer>;
}

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** `write` gets a line of JSON for each request, without anything secret: no query, no body, no header. */
export function toHttpHandler(
  routes: Route[],
  ports: AccessPorts,
  write: (line: string) => void = console.log,
) {
  return middy()
    .use(securityHeaders)
    .use(problems(write))
    .handler((event: Event): Promise<Result> => serve(event, routes, ports, write));
}

/** Each answer says for itself what a page in it may do; the other defaults are for pages that we don't have. */
const securityHeaders = httpSecurityHeaders({
  contentSecurityPolicy: false,
  crossOriginEmbedderPolicy: false,
  permissionsPolicy: false,
  originAgentCluster: false,
  dnsPrefetchControl: false,
  downloadOptions: false,
  permittedCrossDomainPolicies: false,
  reportTo: false,
});

async function serve(
  event: Event,
  routes: Route[],
  ports: AccessPorts,
  write: (line: string) => void,
): Promise<Result> {
  const { method, sourceIp } = event.requestContext.http;
  const { route, params } = findRoute(routes, method, event.rawPath);
  const now = ports.now();
  if (!route.open) await admit(ports.access, event.headers.authorization, sourceIp, now);
  const read = route.takes === 'form' ? readForm : readJson;
  const body = method === 'POST' || method === 'PUT' ? read(event) : undefined;
  const { headers, rawQueryString } = event;
  const asked = { headers, params, rawQueryString, body, now };
  const { again } = route;
  const deeds = {
    handle: async () => route.handle(asked),
    again: again && (async () => again(asked)),
  };
  // Whoever may ask without a token leaves nothing behind here.
  const isKeyed = method === 'POST' && !route.open;
  const answer = isKeyed
    ? await once(ports.requests, event, body, now, deeds)
    : await deeds.handle();
  write(toLine('info', event, answer.status));
  return toResult(answer, method);
}

function toResult({ status, headers = {}, body }: Answer, method: string): Result {
  return {
    statusCode: status,
    headers: {
      ...(isJson(body) && { 'content-type': 'application/json' }),
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      ...headers,
    },
    ...(method !== 'HEAD' && toBody(body)),
  };
}

function isJson(body: unknown): boolean {
  return body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
}

function toBody(body: unknown): Pick<Result, 'body' | 'isBase64Encoded'> {
  if (Buffer.isBuffer(body)) return { body: body.toString('base64'), isBase64Encoded: true };
  if (isJson(body)) return { body: JSON.stringify(body) };
  return typeof body === 'string' ? { body } : {};
}

/** What is no problem of the caller's is told to the log, and to the caller only that it is so. */
function problems(write: (line: string) => void): MiddlewareObj<Event, Result> {
  return {
    onError(request) {
      const { event, error } = request;
      const problem = error instanceof Problem ? error : toOurs(error);
      write(toLine(problem.status < 500 ? 'info' : 'error', event, problem.status, error));
      const { headers, ...answer } = problem.toAnswer();
      request.response = { ...answer, headers: { 'cache-control': 'no-store', ...headers } };
    },
  };
}

/** Failures that pass by themselves: AWS's own, and being asked too often. */
const passing =
  /^(Throttling|TooManyUpdates|RequestLimitExceeded|InternalServer|Timeout|.*Throttl)/;

function toOurs(error: unknown): Problem {
  const { name = '', $fault } = (error ?? {}) as { name?: string; $fault?: string };
  if ($fault === 'server' || passing.test(name))
    return new Problem(503, 'AWS does not answer just now: try again.', {
      headers: retryAfter(5),
    });
  return new Problem(500, 'Something went wrong here; the log of the function says what.');
}

/** Longer than any name in a path: a token or a password, perhaps, that somebody put in the wrong place. */
const tooLong = /[^/]{21,}/g;

/** What is wrong with a query or a body is for its sender alone: it may repeat what was sent. */
function toLine(level: string, event: Event, status: number, error?: unknown): string {
  const { requestContext: { http, requestId } = {} } = event as Partial<Event>;
  const request = `${http?.method} ${http?.path.replace(tooLong, '…')}`;
  const { name, message } = (error ?? {}) as Partial<Error>;
  const why = error instanceof Problem && error.errors ? { name } : { name, message };
  return JSON.stringify({ level, request, requestId, status, ...(error ? why : {}) });
}
