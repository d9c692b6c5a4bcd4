/** PPTP's first two messages (RFC 2637, sections 2.1 and 2.2): the request that opens a control connection, and its reply. */

/** Bytes, of either message. */
const messageBytes = 156;
const magicCookie = 0x1a2b3c4d;
const controlMessage = 1;
const startRequest = 1;
const startReply = 2;
const version = 0x0100;
/** Asynchronous and synchronous framing, analog and digital bearers: whatever there is. */
const anyFraming = 3;
const anyBearer = 3;
const nameBytes = 64;

export interface StartReply {
  /** Like 1.0. */
  version: string;
  hostName: string;
  vendor: string;
}

export type Read =
  | { kind: 'accepted'; reply: StartReply }
  /** The server speaks PPTP, and does not want to. */
  | { kind: 'refused'; why: string }
  /** Not all of it has come. */
  | { kind: 'incomplete' }
  /** Whoever that is, it is no PPTP. */
  | { kind: 'foreign'; why: string };

/** `hostName` is cut at 64 bytes. */
export function toStartRequest(hostName: string): Buffer {
  const message = Buffer.alloc(messageBytes);
  message.writeUInt16BE(messageBytes, 0);
  message.writeUInt16BE(controlMessage, 2);
  message.writeUInt32BE(magicCookie, 4);
  message.writeUInt16BE(startRequest, 8);
  message.writeUInt16BE(version, 12);
  message.writeUInt32BE(anyFraming, 16);
  message.writeUInt32BE(anyBearer, 20);
  message.write(hostName, 28, nameBytes, 'ascii');
  return message;
}

/** Says what the bytes are that have come so far; what comes after the reply is left alone. */
export function readStartReply(bytes: Uint8Array): Read {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fault = findFault(data);
  if (fault) return { kind: 'foreign', why: fault };
  if (data.length < messageBytes) return { kind: 'incomplete' };
  const result = data.readUInt8(14);
  if (result !== 1) {
    const why =
      refusals[result] ?? `it answers with the result ${result}, which nobody has defined`;
    return { kind: 'refused', why };
  }
  return {
    kind: 'accepted',
    reply: {
      version: `${data.readUInt8(12)}.${data.readUInt8(13)}`,
      hostName: readName(data, 28),
      vendor: readName(data, 28 + nameBytes),
    },
  };
}

/** RFC 2637, section 2.2. */
const refusals: Record<number, string> = {
  2: 'it has a general error',
  3: 'it has a control connection with this machine already',
  4: 'it does not allow this machine to connect',
  5: 'it does not speak version 1.0 of PPTP',
};

/** As soon as a byte is wrong: a stranger may send fewer than a whole message, and wait. */
function findFault(data: Buffer): string | null {
  const fields: [at: number, bytes: number, wanted: number, name: string][] = [
    [0, 2, messageBytes, 'length'],
    [2, 2, controlMessage, 'type'],
    [4, 4, magicCookie, 'magic cookie'],
    [8, 2, startReply, 'control type'],
  ];
  for (const [at, bytes, wanted, name] of fields) {
    const come = Math.min(bytes, data.length - at);
    if (come <= 0) return null;
    const found = data.readUIntBE(at, come);
    if (found !== Math.floor(wanted / 256 ** (bytes - come)))
      return `its ${name} is 0x${found.toString(16)}, not 0x${wanted.toString(16)}`;
  }
  return null;
}

function readName(data: Buffer, at: number): string {
  const field = data.subarray(at, at + nameBytes);
  const end = field.indexOf(0);
  const text = field.subarray(0, end < 0 ? nameBytes : end).toString('latin1');
  // It may be shown on a terminal.
  return text.replace(/[^\x20-\x7e]/g, '?');
}
