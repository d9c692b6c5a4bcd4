/** The door on loopback: an HTTP server that any AWS client can be pointed at. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AnswerOptions, answer, type Services } from './answer.ts';
import { bodyBytesMax } from './wire/codec.ts';
import type { WireRequest, WireResponse } from './wire/messages.ts';

export interface Door {
  url: string;
  /** Ends all connections at once. */
  close: () => Promise<void>;
}

/** A page that is not AWS's; asked before AWS is. */
export interface Route {
  /** Paths that begin with this. */
  prefix: string;
  handle: (request: WireRequest) => WireResponse | Promise<WireResponse>;
}

export interface DoorOptions extends AnswerOptions {
  call: Services;
  /** 0, the default, takes a free one. */
  port?: number;
  routes?: readonly Route[];
}

/** Only this machine can reach it. */
const host = '127.0.0.1';

/** A client that sends nothing more must not hold a connection for ever. */
const requestTimeoutMs = 30_000;

/** Rejects when the port is taken. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const server = createServer({ requestTimeout: requestTimeoutMs }, (incoming, outgoing) => {
    // A client that leaves in the middle of its request gets no answer.
    serve(incoming, outgoing, options).catch(() => outgoing.destroy());
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, close: () => close(server) };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, options: DoorOptions) {
  const request = toWire(incoming, await readBody(incoming));
  const { status, headers, body } = await respond(request, options);
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, 'content-length': bytes.byteLength });
  outgoing.end(bytes);
}

async function respond(request: WireRequest, options: DoorOptions): Promise<WireResponse> {
  const route = options.routes?.find(({ prefix }) => request.path.startsWith(prefix));
  if (!route) return answer(request, options.call, randomUUID(), options);
  if (request.body.byteLength > bodyBytesMax) return toPlain(413, 'The request is too large.');
  try {
    return await route.handle(request);
  } catch (error) {
    options.onFault?.(error);
    return toPlain(500, 'Something went wrong here; the log says what.');
  }
}

function toPlain(status: number, sentence: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `${sentence}\n`,
  };
}

/**
 * Reads to the end, but keeps no more than shows that a body is too large:
 * a client that is answered while it still sends may never see the answer.
 */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (bytes <= bodyBytesMax) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}

export function toWire(
  { method, url = '/', headers }: IncomingMessage,
  body: Uint8Array,
): WireRequest {
  const [path = '/', ...search] = url.split('?');
  return {
    method: method ?? 'GET',
    path,
    query: new URLSearchParams(search.join('?')),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body,
  };
}
