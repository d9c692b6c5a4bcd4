/**
 * What a machine in EC2 reaches, played by this process: its own metadata service, AWS by TLS under AWS's own names,
 * and a resolver that knows what stands in Route 53.
 */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import type { Network } from './network.ts';

/** As an interface endpoint in the VPC has it. */
export const endpointAddress = '172.31.0.10';

/** Any: nobody else listens there. */
const namesPort = 5_300;

export interface Wires {
  /** The authority that vouches for AWS here, as PEM. */
  authority: string;
  /** From now on the server at that place finds this door, by its URL; null for none. */
  lead: (index: number, doorUrl: string | null) => void;
}

/** `host` is what servers call AWS by; `dns` where names are answered over UDP, as `address:port`. */
export async function openWires(network: Network, host: string, dns: string): Promise<Wires> {
  const { authority, key, cert } = makeCertificate(host);
  const doors: (number | null)[] = network.servers.map(() => null);
  network.hub.run('ip', 'address', 'add', `${endpointAddress}/32`, 'dev', 'lo');
  const redirect = `ip daddr ${endpointAddress} tcp dport 443 redirect to :443`;
  network.hub.run('nft', `add rule ip aws pre ${redirect}`);
  for (const [index, wire] of network.servers.entries()) {
    const metadata = await network.listen(wire.gateway, 80);
    metadata.on('connection', (caller) => pass(caller, doors[index] ?? null));
    const aws = await network.listen(wire.gateway, 443);
    const tls = createTlsServer({ key, cert }, (caller) => pass(caller, doors[index] ?? null));
    // A client that breaks its handshake off has only itself to tell.
    tls.on('tlsClientError', () => undefined);
    aws.on('connection', (caller) => tls.emit('connection', caller));
  }
  const names = await network.listen('127.0.0.1', namesPort);
  names.on('connection', (caller) => answerNames(caller, dns));
  const script = join(import.meta.dirname, 'resolver.py');
  const resolver = network.hub.start('python3', script, '127.0.0.1', String(namesPort));
  await once(resolver.stdout as NodeJS.ReadableStream, 'data');
  return {
    authority,
    lead(index, doorUrl) {
      doors[index] = doorUrl === null ? null : Number(new URL(doorUrl).port);
    },
  };
}

function pass(caller: Socket, port: number | null): void {
  if (port === null) return void caller.destroy();
  const door = connect(port, '127.0.0.1');
  caller.pipe(door).pipe(caller);
  for (const end of [caller, door]) {
    end.on('error', () => undefined);
    end.on('close', () => {
      caller.destroy();
      door.destroy();
    });
  }
}

/** DNS over TCP is DNS over UDP with its length before it (RFC 1035, 4.2.2). */
function answerNames(caller: Socket, dns: string): void {
  const [address = '', port = ''] = dns.split(':');
  let rest = Buffer.alloc(0);
  const asker = createSocket('udp4', (answer) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(answer.length);
    caller.write(Buffer.concat([length, answer]));
  });
  caller.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE()) {
      const end = 2 + rest.readUInt16BE();
      asker.send(rest.subarray(2, end), Number(port), address);
      rest = rest.subarray(end);
    }
  });
  caller.on('error', () => undefined);
  caller.on('close', () => asker.close());
}

function makeCertificate(host: string): { authority: string; key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-authority-'));
  const openssl = (command: string) =>
    execFileSync('openssl', command.split(' '), {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  const kind = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  try {
    openssl(
      `req -x509 ${kind} -days 2 -subj /CN=Test -addext keyUsage=critical,keyCertSign -keyout authority.key -out authority.pem`,
    );
    openssl(
      `req -x509 ${kind} -days 2 -subj /CN=${host} -addext subjectAltName=DNS:${host} -addext basicConstraints=critical,CA:FALSE -addext authorityKeyIdentifier=keyid -CA authority.pem -CAkey authority.key -keyout key -out cert`,
    );
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { authority: read('authority.pem'), key: read('key'), cert: read('cert') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
