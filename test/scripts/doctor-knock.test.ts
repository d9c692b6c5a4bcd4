/** Knocking at ports: of servers that answer, refuse, hang up, say something else, or nothing at all. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isUdpRefused, knockAtPptp } from '../../scripts/vpn/doctor/knock.ts';
import { judgePptp } from '../../scripts/vpn/doctor/outside.ts';

const host = '127.0.0.1';
const recorded = Buffer.from(
  readFileSync(join(import.meta.dirname, '../fixtures/pptp/start-reply.hex'), 'utf8').replaceAll(
    '\n',
    '',
  ),
  'hex',
);
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that does that with whoever comes; answers its port, and what it was sent. */
async function listen(meet: (socket: Socket) => void) {
  const came: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (bytes) => came.push(bytes));
    socket.on('error', () => {});
    meet(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, came };
}

async function findClosedPort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a real reply is taken, though it comes in pieces', async () => {
  const { port, came } = await listen((socket) => {
    socket.setNoDelay(true);
    socket.once('data', () => {
      socket.write(recorded.subarray(0, 7), () => socket.write(recorded.subarray(7)));
    });
  });
  const answer = await knockAtPptp({ host, port });
  expect(answer).toMatchObject({ kind: 'accepted', reply: { version: '1.0', hostName: 'local' } });
  expect(Buffer.concat(came).toString('hex', 0, 10)).toBe('009c00011a2b3c4d0001');
  expect(judgePptp(answer, '203.0.113.9, TCP 1723')).toMatchObject({
    level: 'good',
    says: expect.stringMatching(
      /^203\.0\.113\.9, TCP 1723 answers in \d+ ms: PPTP 1\.0 of "local" \(linux\)$/,
    ),
  });
});

test.each<[string, (socket: Socket) => void, string, RegExp]>([
  ['hangs up', (socket) => socket.end(), 'hung up', /hangs up at once/],
  ['resets', (socket) => socket.resetAndDestroy(), 'hung up', /hangs up at once/],
  ['says nothing', () => {}, 'silent', /gives no answer/],
  [
    'stops in the middle of its reply',
    (socket) => socket.write(recorded.subarray(0, 100)),
    'silent',
    /gives no answer/,
  ],
  [
    'is an SSH server',
    (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    'foreign',
    /something else than PPTP: its length is 0x5353/,
  ],
  [
    'refuses',
    (socket) =>
      socket.write(
        Buffer.concat([recorded.subarray(0, 14), Buffer.from([4]), recorded.subarray(15)]),
      ),
    'refused',
    /it does not allow this machine to connect/,
  ],
])('one that %s', async (_, meet, kind, says) => {
  const { port } = await listen(meet);
  const answer = await knockAtPptp({ host, port }, 300);
  expect(answer.kind).toBe(kind);
  const said = judgePptp(answer, 'there');
  expect([said.level, said.remedy]).toEqual(['bad', expect.any(String)]);
  expect(said.says).toMatch(says);
});

test('a port where nobody listens is closed, by TCP and by UDP', async () => {
  const port = await findClosedPort();
  const answer = await knockAtPptp({ host, port });
  expect([answer.kind, judgePptp(answer, 'there').says]).toEqual([
    'closed',
    'nobody listens on there',
  ]);
  expect(await isUdpRefused({ host, port })).toBe(true);
});

test('a UDP port that keeps silent is not refused', async () => {
  const socket = createSocket('udp4').bind(0, host);
  await once(socket, 'listening');
  closing.push(() => socket.close());
  expect(await isUdpRefused({ host, port: socket.address().port }, 100)).toBe(false);
});
