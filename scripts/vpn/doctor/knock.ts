/** Knocks at the server's ports from here, as a client does, without being one. */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Read, readStartReply, type StartReply, toStartRequest } from './pptp.ts';

export interface Place {
  host: string;
  port: number;
}

export type PptpAnswer =
  | { kind: 'accepted'; reply: StartReply; tookMs: number }
  | Extract<Read, { kind: 'refused' | 'foreign' }>
  /** Nobody listens there. */
  | { kind: 'closed' }
  /** Nothing comes back, not even a refusal: mostly a firewall. */
  | { kind: 'silent' }
  | { kind: 'hung up' };

const timeoutUsualMs = 5_000;

/** Opens a control connection and leaves it at once: no call is made, and nobody is logged in. */
export function knockAtPptp(
  { host, port }: Place,
  timeoutMs = timeoutUsualMs,
): Promise<PptpAnswer> {
  return new Promise((resolve) => {
    const begun = Date.now();
    const socket = connect({ host, port });
    let come = Buffer.alloc(0);
    const end = (answer: PptpAnswer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => end({ kind: 'silent' }));
    socket.on('connect', () => socket.write(toStartRequest('vpn-doctor')));
    socket.on('data', (bytes) => {
      come = Buffer.concat([come, bytes]);
      const read = readStartReply(come);
      if (read.kind === 'incomplete') return;
      end(read.kind === 'accepted' ? { ...read, tookMs: Date.now() - begun } : read);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED') return end({ kind: 'closed' });
      end({ kind: code === 'ECONNRESET' ? 'hung up' : 'silent' });
    });
    socket.on('end', () => end({ kind: 'hung up' }));
  });
}

/** How long the network may take to say that nobody is there. */
const refusalMs = 2_000;

/**
 * WireGuard answers nobody who does not know its key, so that silence is all that may come of it: only a refusal says
 * something, namely that nothing listens there.
 */
export async function isUdpRefused({ host, port }: Place, timeoutMs = refusalMs): Promise<boolean> {
  const socket = createSocket('udp4');
  const over = new AbortController();
  try {
    return await new Promise<boolean>((resolve, reject) => {
      socket.on('error', ({ code, message }: NodeJS.ErrnoException) =>
        code === 'ECONNREFUSED' ? resolve(true) : reject(new Error(message)),
      );
      // Only a connected socket hears of a refusal, by ICMP.
      socket.connect(port, host, () => {
        // Shaped as the beginning of a handshake, of nobody.
        const message = Buffer.alloc(148);
        message.writeUInt8(1, 0);
        socket.send(message);
      });
      sleep(timeoutMs, undefined, { signal: over.signal }).then(
        () => resolve(false),
        () => {},
      );
    });
  } finally {
    over.abort();
    socket.close();
  }
}
