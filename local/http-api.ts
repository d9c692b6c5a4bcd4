/** API Gateway's HTTP API on loopback: takes requests, asks the functions of its routes, and keeps AWS's limits. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Door, type Route, toWire } from './door.ts';
import { type HttpAnswer, toGatewayAnswer, toHttpAnswer } from './http-api/answer.ts';
import { toHttpEvent, toRawPath } from './http-api/event.ts';
import { findRoute } from './http-api/routing.ts';
import type { HttpApi, HttpRoute } from './http-api/stack.ts';
import type { Invocation } from './lambda/environment.ts';
import type { WireResponse } from './wire/messages.ts';

export interface HttpApiOptions {
  api: HttpApi;
  account: string;
  region: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** What no AWS has, in front of it all: a page may ask only where it comes from. */
  local?: Route;
  invoke: (functionId: string, event: unknown) => Promise<Invocation>;
  /** The time that requests carry and that throttling counts by, epoch milliseconds. */
  now?: () => number;
}

/** Only this machine can reach it. */
const host = '127.0.0.1';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const bodyBytesMax = 10 * 1024 * 1024;
const headBytesMax = 10_240;
/** Lambda's, of the whole event. */
const eventBytesMax = 6 * 1024 * 1024;

const answers = {
  badRequest: toGatewayAnswer(400, 'Bad Request'),
  notFound: toGatewayAnswer(404, 'Not Found'),
  tooLarge: toGatewayAnswer(413, 'Request Entity Too Large'),
  tooMany: toGatewayAnswer(429, 'Too Many Requests'),
  headTooLarge: toGatewayAnswer(431, 'Request Header Fields Too Large'),
  failed: toGatewayAnswer(500, 'Internal Server Error'),
  unavailable: toGatewayAnswer(503, 'Service Unavailable'),
};

/** Rejects when the port is taken. */
export async function openHttpApi(options: HttpApiOptions): Promise<Door> {
  const { api, now = Date.now } = options;
  const buckets = new Map(api.routes.map((route) => [route, toBucket(route, now)]));
  const mayPass = (route: HttpRoute) => buckets.get(route)?.() ?? true;
  const server = createServer((incoming, outgoing) => {
    const requestId = randomUUID();
    serve(incoming, requestId, options, mayPass)
      .then((answer) => write(outgoing, answer, requestId))
      // A client that leaves in the middle of its request gets no answer.
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, close: () => close(server) };
}

async function serve(
  incoming: IncomingMessage,
  requestId: string,
  { api, account, region, local, invoke, now = Date.now }: HttpApiOptions,
  mayPass: (route: HttpRoute) => boolean,
): Promise<HttpAnswer> {
  const body = await readBody(incoming);
  if (toHeadBytes(incoming) > headBytesMax) return answers.headTooLarge;
  if (body.byteLength > bodyBytesMax) return answers.tooLarge;
  if (local && incoming.url?.startsWith(local.prefix))
    return toLocalAnswer(await local.handle(toWire(incoming, body)));
  const path = toRawPath(incoming.url ?? '/');
  if (path === null) return answers.badRequest;
  const match = findRoute(api.routes, incoming.method ?? 'GET', path);
  if (!match) return answers.notFound;
  const { route, pathParameters } = match;
  if (!mayPass(route)) return answers.tooMany;
  const event = toHttpEvent(incoming, body, path, {
    account,
    region,
    apiId: api.id,
    routeKey: route.key,
    pathParameters,
    stageVariables: api.stageVariables,
    requestId,
    now: now(),
  });
  if (Buffer.byteLength(JSON.stringify(event)) > eventBytesMax) return answers.tooLarge;
  const invocation = await within(route.timeoutMs, invoke(route.functionId, event));
  if (!invocation) return answers.unavailable;
  return invocation.kind === 'done' ? toHttpAnswer(invocation.value) : answers.failed;
}

function toLocalAnswer({ status, headers, body }: WireResponse): HttpAnswer {
  return { status, headers, cookies: [], body: Buffer.from(body) };
}

/** Null when it takes longer; the function itself goes on. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

function write(outgoing: ServerResponse, answer: HttpAnswer, requestId: string): void {
  const { status, headers, cookies, body } = isWritable(answer) ? answer : answers.failed;
  outgoing.writeHead(status, {
    ...headers,
    ...(cookies.length && { 'set-cookie': cookies }),
    'apigw-requestid': requestId,
    'content-length': body.byteLength,
  });
  outgoing.end(body);
}

/** A function may answer headers that HTTP does not allow. */
function isWritable({ headers, cookies }: HttpAnswer): boolean {
  const values = [...Object.values(headers), ...cookies];
  return (
    Object.keys(headers).every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name)) &&
    values.every((value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
  );
}

/** One request goes for each whole token; without a limit all do. */
function toBucket({ throttle }: HttpRoute, now: () => number): () => boolean {
  if (!throttle) return () => true;
  const { rate, burst } = throttle;
  let tokens = burst;
  let at = now();
  return () => {
    tokens = Math.min(burst, tokens + ((now() - at) / 1_000) * rate);
    at = now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

function toHeadBytes({ method = '', url = '', rawHeaders }: IncomingMessage): number {
  const values = rawHeaders.filter((_, index) => index % 2 === 1);
  return [method, url, ...values].reduce((sum, text) => sum + text.length, 0);
}

/** Reads to the end, or the client might never see the answer, but keeps no more than shows that it is too large. */
async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (bytes <= bodyBytesMax) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
