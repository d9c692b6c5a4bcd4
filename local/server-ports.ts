/** The ports of the server that the name points to, on loopback: its address is nobody's on this machine. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Protocol } from '../shared/core/model.ts';

export interface ServerPorts {
  /** By the port that the server has. */
  places: Record<'1723' | '51820', { host: string; port: number }>;
  close: () => Promise<void>;
}

const host = '127.0.0.1';

/** Bytes of PPTP's requests and replies (RFC 2637, section 2.1). */
const messageBytes = 156;
const [startRequest, startReply] = [1, 2];

/** Rejects when the port is taken; 0 takes free ones. */
export async function openServerPorts(
  serves: (protocol: Protocol) => boolean,
  port: number,
): Promise<ServerPorts> {
  const pptp = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    if (serves('pptp')) answerPptp(socket);
    else socket.destroy();
  });
  pptp.listen(port, host);
  // WireGuard says nothing to who does not know its key, and here nobody does.
  const wireGuard = createSocket('udp4');
  wireGuard.bind(port, host);
  await Promise.all([once(pptp, 'listening'), once(wireGuard, 'listening')]);
  return {
    places: {
      '1723': { host, port: (pptp.address() as AddressInfo).port },
      '51820': { host, port: wireGuard.address().port },
    },
    async close() {
      wireGuard.close();
      pptp.close();
      await Promise.all([once(wireGuard, 'close'), once(pptp, 'close')]);
    },
  };
}

/** As pptpd 1.4 does: one reply to the first message, whatever version that asks for. */
function answerPptp(socket: Socket): void {
  let come = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    come = Buffer.concat([come, bytes]);
    if (come.length < messageBytes) return;
    if (come.readUInt16BE(8) !== startRequest) return socket.destroy();
    socket.end(toReply());
  });
}

/** Byte by byte what Debian's pptpd sends. */
function toReply(): Buffer {
  const reply = Buffer.alloc(messageBytes);
  reply.writeUInt16BE(messageBytes, 0);
  reply.writeUInt16BE(1, 2);
  reply.writeUInt32BE(0x1a2b3c4d, 4);
  reply.writeUInt16BE(startReply, 8);
  reply.writeUInt16BE(0x0100, 12);
  reply.writeUInt8(1, 14);
  reply.writeUInt16BE(1, 24);
  reply.writeUInt16BE(1, 26);
  reply.write('local', 28);
  reply.write('linux', 92);
  return reply;
}
