/** The agent greets pptpd as RFC 2637 says, and judges what comes back; and it learns AWS's time from a refusal. */

import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runPython } from './python.ts';

const open: { close: () => unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** Start-Control-Connection-Reply (section 2.2). */
function toReply({ type = 2, magic = 0x1a2b3c4d, result = 1 } = {}): Buffer {
  const reply = Buffer.alloc(156);
  reply.writeUInt16BE(156, 0);
  reply.writeUInt16BE(1, 2);
  reply.writeUInt32BE(magic, 4);
  reply.writeUInt16BE(type, 8);
  reply.writeUInt16BE(0x0100, 12);
  reply.writeUInt8(result, 14);
  return reply;
}

function listen(server: TcpServer): Promise<number> {
  open.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const greet = (port: number) =>
  runPython<string>(
    `
from server import pptp_control
from server.part import Trouble
pptp_control.ADDRESS = ('127.0.0.1', asked)
try:
    pptp_control.greet()
    answer = 'well'
except Trouble as trouble:
    answer = str(trouble)
`,
    port,
  );

test("the greeting is a client's", async () => {
  const requests: Buffer[] = [];
  const port = await listen(
    createServer((socket) => {
      socket.on('data', (data) => requests.push(data) && socket.write(toReply()));
    }),
  );
  expect(await greet(port)).toBe('well');
  const request = Buffer.concat(requests);
  expect(request).toHaveLength(156);
  expect(request.readUInt16BE(0)).toBe(156);
  expect(request.readUInt16BE(2)).toBe(1);
  expect(request.readUInt32BE(4)).toBe(0x1a2b3c4d);
  expect(request.readUInt16BE(8)).toBe(1);
  expect(request.readUInt16BE(12)).toBe(0x0100);
});

const answers: [string, (socket: Socket) => unknown, string][] = [
  [
    'in pieces',
    (socket) => socket.write(toReply().subarray(0, 9), () => socket.write(toReply().subarray(9))),
    'well',
  ],
  ['a refusal', (socket) => socket.write(toReply({ result: 2 })), 'pptpd refuses: 1a2b3c4d, 2, 2'],
  [
    'no PPTP',
    (socket) => socket.write(Buffer.alloc(156, 'x')),
    'pptpd refuses: 78787878, 30840, 120',
  ],
  ['its end', (socket) => socket.end(toReply().subarray(0, 100)), 'pptpd hangs up'],
];

test.each(answers)('it is answered with %s', async (_, answer, found) => {
  expect(
    await greet(await listen(createServer((socket) => socket.once('data', () => answer(socket))))),
  ).toBe(found);
});

test('nobody there', async () => {
  const port = await listen(createServer());
  open.pop()?.close();
  expect(await greet(port)).toMatch(/^pptpd does not answer: /);
});

/** Why PPTP does not serve, look by look. Three clients have place there. */
const look = (port: number, looks: number) =>
  runPython<(string | null)[]>(
    `
from server import conf, pptp_control
from server.protocols import pptp
pptp_control.ADDRESS = ('127.0.0.1', asked['port'])
pptp_control.TIMEOUT_SECONDS = 1
pptp.see_kernel = lambda: None
lines = ['vpn=home', 'region=us-east-1', 'protocols=pptp', 'pptp_clients=10.40.1.20-22']
part = pptp.Pptp(conf.parse('\\n'.join(lines)))
answer = [part.trouble(thorough=True) for _ in range(asked['looks'])]
`,
    { port, looks },
  );

/** A pptpd that answers the greetings with these numbers, and leaves the others without. */
function listenTo(greetings: number[]): Promise<number> {
  let count = 0;
  const answer = (socket: Socket) => {
    const isAnswered = greetings.includes(count);
    count += 1;
    socket.once('data', () => isAnswered && socket.write(toReply()));
  };
  return listen(createServer(answer));
}

test('one late answer is no trouble, two in a row are, and so is the first of all', async () => {
  const silent = 'pptpd does not answer: timed out';
  expect(await look(await listenTo([1, 3, 6]), 7)).toEqual([
    silent,
    null,
    null,
    null,
    null,
    silent,
    null,
  ]);
});

test('with every place taken it is well, and is not greeted', async () => {
  const port = await listenTo([]);
  const clients = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const client = connect(port, '127.0.0.1');
      await once(client, 'connect');
      return client;
    }),
  );
  expect(await look(port, 1)).toEqual([null]);
  clients.pop()?.destroy();
  expect(await look(port, 1)).toEqual(['pptpd does not answer: timed out']);
  for (const client of clients) client.destroy();
});

test("an hour off, it learns the time from AWS's refusal, and is heard at the second try", async () => {
  const aheadMs = 3_600_000;
  const dates: string[] = [];
  const aws = createHttpServer((request, response) => {
    dates.push(String(request.headers['x-amz-date']));
    const now = new Date(Date.now() + aheadMs);
    const signed = String(request.headers['x-amz-date']).replace(
      /(....)(..)(..T..)(..)(..)/,
      '$1-$2-$3:$4:$5',
    );
    const fits = Math.abs(Date.parse(signed) - now.getTime()) < 300_000;
    const refusal = {
      __type: 'com.amazon.coral.service#InvalidSignatureException',
      message: 'Signature expired',
    };
    request.resume().on('end', () => {
      response.writeHead(fits ? 200 : 400, { date: now.toUTCString() });
      response.end(JSON.stringify(fits ? { Version: 1 } : refusal));
    });
  });
  const port = await listen(aws);
  const skew = await runPython<number>(
    `
from datetime import datetime, timezone
from server.sigv4 import Credentials
from server.store import Store
credentials = Credentials('A', 'B', 'C', datetime.now(timezone.utc))
store = Store('us-east-1', f'http://127.0.0.1:{asked}', lambda: credentials)
store.put('/perennial/home/state/servers/i-1', '{}')
store.put('/perennial/home/state/servers/i-1', '{}')
answer = store.skew.total_seconds()
`,
    port,
  );
  expect(dates).toHaveLength(3);
  expect(Math.abs(skew - aheadMs / 1_000)).toBeLessThan(5);
});
