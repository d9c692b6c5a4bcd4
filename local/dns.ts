/** Route 53's name servers: what stands in the played zones, answered over UDP as any resolver would ask for it. */
import { createSocket, type Socket } from 'node:dgram';
import { AUTHORITATIVE_ANSWER, decode, encode, type Packet, type Question } from 'dns-packet';
import { nameServers, type ZoneRecord } from './route53.ts';
import type { World } from './world.ts';

export interface DnsDoor {
  /** Like 127.0.0.1:4566. */
  address: string;
  close: () => Promise<void>;
}

const host = '127.0.0.1';
const nothingThere = 3;
const ttlSeconds = 30;

/** Rejects when the port is taken; 0 takes a free one. */
export async function openDns(
  read: <T>(look: (world: World) => T) => T,
  port: number,
): Promise<DnsDoor> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { port: from, address }) => {
    const answer = toAnswer(bytes, (question) => read((world) => findAnswers(world, question)));
    if (answer) socket.send(answer, from, address);
  });
  await bind(socket, port);
  return {
    address: `${host}:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function bind(socket: Socket, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, resolve);
  });
}

/** Null for what is no question, or can't be said again in an answer: whoever sent it hears nothing. */
function toAnswer(bytes: Buffer, find: (question: Question) => Packet['answers'] | null) {
  try {
    const { id, type, questions: [question] = [] } = decode(bytes);
    if (!question || type !== 'query') return null;
    const answers = find(question);
    return encode({
      type: 'response',
      ...(id !== undefined && { id }),
      flags: AUTHORITATIVE_ANSWER | (answers ? 0 : nothingThere),
      questions: [question],
      answers: answers ?? [],
    });
  } catch {
    return null;
  }
}

/** Null if there is no such name; none if it has nothing of that type. */
function findAnswers({ zones }: World, { name, type }: Question): Packet['answers'] | null {
  const wanted = `${name.toLowerCase()}.`;
  const zone = [...zones.values()]
    .filter((one) => wanted === one.name || wanted.endsWith(`.${one.name}`))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (!zone) return null;
  if (wanted === zone.name && type === 'NS')
    return nameServers.map((data) => ({ type: 'NS' as const, name, ttl: ttlSeconds, data }));
  return ofZone(zone, wanted, name, type);
}

function ofZone({ name: zone, records }: ZoneRecord, wanted: string, name: string, type: string) {
  const own = [...records.values()].filter((one) => one.Name === wanted);
  if (!own.length && wanted !== zone) return null;
  return own
    .filter((one) => one.Type === 'A' && type === 'A')
    .flatMap(({ ResourceRecords = [], TTL: ttl = ttlSeconds }) =>
      ResourceRecords.map(({ Value: data = '' }) => ({ type: 'A' as const, name, ttl, data })),
    );
}
