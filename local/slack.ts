/** Slack on a laptop: an incoming webhook on loopback that keeps what it is sent, and can behave badly. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Message, readMessage } from './slack/message.ts';

/** How it treats the next messages; `takes and` means that it has kept the message all the same. */
export type Manner =
  | { kind: 'takes' }
  | { kind: 'answers'; status: number; headers?: Record<string, string>; body?: string }
  | { kind: 'hangs' }
  | { kind: 'breaks off' }
  | { kind: 'takes and hangs' };

export interface Slack {
  /** The webhook: whoever knows it may write. */
  url: string;
  /** Every message that was taken, oldest first. `at` is when, epoch milliseconds. */
  readonly messages: (Message & { at: number })[];
  /** How many times it was asked, whatever came of it. */
  readonly asked: number;
  behave: (manner: Manner) => void;
  onMessage: (listener: (message: Message) => void) => void;
  close: () => Promise<void>;
}

const bodyBytesMax = 100_000;

export async function startSlack(now = Date.now): Promise<Slack> {
  // A path that looks like Slack's, and is as secret as one.
  const path = `/services/T0LOCAL/B0LOCAL/${randomBytes(18).toString('base64url')}`;
  const messages: Slack['messages'] = [];
  const listeners: ((message: Message) => void)[] = [];
  let manner: Manner = { kind: 'takes' };
  let asked = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (request.url !== path) return reply(response, 404, 'no_service');
    if (request.method !== 'POST') return reply(response, 400, 'invalid_payload');
    asked++;
    if (manner.kind === 'hangs') return;
    if (manner.kind === 'breaks off') return void request.socket.destroy();
    if (manner.kind === 'answers')
      return reply(response, manner.status, manner.body ?? '', manner.headers);
    const read = readMessage(body);
    if ('faults' in read) return reply(response, 400, `invalid_blocks ${read.faults.join('; ')}`);
    messages.push({ ...read.message, at: now() });
    for (const listen of listeners) listen(read.message);
    if (manner.kind === 'takes') reply(response, 200, 'ok');
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    messages,
    get asked() {
      return asked;
    },
    behave(next) {
      manner = next;
    },
    onMessage: (listener) => listeners.push(listener),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= bodyBytesMax) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function reply(response: ServerResponse, status: number, body: string, headers = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers });
  response.end(body);
}
