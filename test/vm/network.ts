/**
 * A small internet on this machine, in namespaces: servers in nets of their own behind a gateway that gives each its
 * public address as EC2's does, with AWS's link-local services beside them; a wire for clients; a web host.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect as dial, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { toGateway } from '../real/gateway.ts';

const prefix = `pv${process.pid}`;
export const webAddress = '192.0.2.80';
const imdsAddress = '169.254.169.254';
const timeAddress = '169.254.169.123';

/** Where a machine is plugged in. */
export interface Wire {
  namespace: string;
  tap: string;
  mac: string;
  address: string;
  gateway: string;
}

interface Host {
  namespace: string;
  run: (...command: string[]) => string;
  start: (...command: string[]) => ChildProcess;
}

export interface Network {
  servers: Wire[];
  client: Wire;
  web: Host;
  /** The gateway, where everything can be watched and cut. */
  hub: Host;
  /** Which public address each server has; one with none reaches nobody but AWS. */
  map: (addresses: (string | null)[]) => void;
  /** A socket that listens on the gateway. */
  listen: (address: string, port: number) => Promise<Server>;
  /** Leads to a door on loopback: to its metadata service where that is in EC2, to all else by the URL. */
  openGate: (server: number, doorUrl: string) => Promise<Gate>;
  close: () => void;
}

interface Gate {
  url: string;
  /** While it is cut, packets to Parameter Store vanish; the metadata service stays. */
  cut: (isCut: boolean) => void;
}

const apiPort = 8_000;
/** Servers' own networks, and what is link-local. */
const local = '{ 172.31.0.0/16, 169.254.0.0/16 }';
const inside = (server: number, host: number) => `172.31.${server + 1}.${host}`;

export async function openNetwork(serverCount: number): Promise<Network> {
  sweep();
  const names: string[] = [];
  const children: ChildProcess[] = [];
  const listeners: Server[] = [];

  function addHost(name: string): Host {
    const namespace = `${prefix}-${name}`;
    names.push(namespace);
    shell(`ip netns add ${namespace}; ip -n ${namespace} link set lo up`);
    const enter = ['netns', 'exec', namespace];
    return {
      namespace,
      run: (...command) => execFileSync('ip', [...enter, ...command], { encoding: 'utf8' }),
      start(...command) {
        const child = startIn(namespace, command);
        children.push(child);
        return child;
      },
    };
  }
  const hub = addHost('hub');
  const web = addHost('web');
  const addWire = (tap: string, number: number, address: string, gateway: string): Wire => {
    const last = number.toString(16).padStart(2, '0');
    hub.run('ip', 'tuntap', 'add', tap, 'mode', 'tap');
    // The same in each network: a machine that goes on from where it was saved knows its gateway by it.
    hub.run('ip', 'link', 'set', tap, 'address', `52:54:00:00:01:${last}`);
    hub.run('ip', 'address', 'add', `${gateway}/24`, 'dev', tap);
    hub.run('ip', 'link', 'set', tap, 'up');
    const mac = `52:54:00:00:00:${last}`;
    return { namespace: hub.namespace, tap, mac, address, gateway };
  };
  const client = addWire('client', 255, '198.51.100.2', '198.51.100.1');
  const servers = Array.from({ length: serverCount }, (_, index) =>
    addWire(`server${index}`, index + 1, inside(index, 2), inside(index, 1)),
  );
  shell(`ip link add web netns ${hub.namespace} type veth peer name eth0 netns ${web.namespace}
    ip -n ${hub.namespace} address add 192.0.2.1/24 dev web; ip -n ${hub.namespace} link set web up
    ip -n ${web.namespace} address add ${webAddress}/24 dev eth0; ip -n ${web.namespace} link set eth0 up
    ip -n ${web.namespace} route add default via 192.0.2.1`);
  hub.run('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0');
  for (const address of [imdsAddress, timeAddress])
    hub.run('ip', 'address', 'add', `${address}/32`, 'dev', 'lo');
  // Each server finds its own metadata service at the same address.
  nft(hub, 'aws', [
    'chain pre { type nat hook prerouting priority dstnat; }',
    'set cut { type inet_service; flags interval; }',
    'chain in { type filter hook input priority filter; }',
    `rule pre ip daddr ${imdsAddress} tcp dport 80 redirect to :80`,
    'rule in tcp dport @cut drop',
  ]);
  const pages = web.start('python3', join(import.meta.dirname, 'web.py'));
  const time = hub.start('python3', join(import.meta.dirname, 'ntp.py'), timeAddress);
  for (const { stdout } of [pages, time]) await once(stdout as NodeJS.ReadableStream, 'data');

  const listen: Network['listen'] = async (address, port) => {
    const script = join(import.meta.dirname, 'listen.ts');
    const enter = ['netns', 'exec', hub.namespace, process.execPath, script];
    const child = spawn('ip', [...enter, address, String(port)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [, server] = (await once(child, 'message')) as [unknown, Server];
    child.disconnect();
    await once(child, 'exit');
    listeners.push(server);
    return server;
  };

  return {
    servers,
    client,
    web,
    hub,
    listen,
    map(addresses) {
      hub.run(
        'nft',
        toGateway(addresses, (index) => inside(index, 2), local),
      );
    },
    async openGate(server, doorUrl) {
      const { port } = new URL(doorUrl);
      for (const own of [80, apiPort]) {
        const gate = await listen(inside(server, 1), own);
        gate.on('connection', (caller) => join2(caller, dial(Number(port), '127.0.0.1')));
      }
      return {
        url: `http://${inside(server, 1)}:${apiPort}`,
        cut(isCut) {
          hub.run('nft', 'flush', 'set', 'ip', 'aws', 'cut');
          if (isCut) hub.run('nft', 'add', 'element', 'ip', 'aws', 'cut', `{ ${apiPort} }`);
        },
      };
    },
    close() {
      for (const listener of listeners) listener.close();
      for (const child of children) child.kill('SIGKILL');
      for (const name of names) shell(`ip netns del ${name}`);
    },
  };
}

/** Ends with this process, however that ends. */
export function startIn(namespace: string, command: string[]): ChildProcess {
  const enter = ['--pdeathsig', 'KILL', 'ip', 'netns', 'exec', namespace];
  return spawn('setpriv', [...enter, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Namespaces of tests that were broken off. */
function sweep(): void {
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const [name, pid] of stdout.matchAll(/^pv(\d+)-\w+/gm))
    if (!existsSync(`/proc/${pid}`)) shell(`ip netns del ${name}`);
}

function shell(script: string): void {
  execFileSync('sh', ['-ec', script]);
}

/** A table of its own, made anew. */
function nft({ run }: Host, table: string, parts: string[]): void {
  const made = parts.map((part) => {
    const [kind = '', chain = '', ...rest] = part.split(' ');
    return `add ${kind} ip ${table} ${chain} ${rest.join(' ')}`;
  });
  const whole = [`add table ip ${table}`, `delete table ip ${table}`, `add table ip ${table}`];
  run('nft', [...whole, ...made].join('; '));
}

function join2(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const end of [one, other])
    end.on('error', () => {
      one.destroy();
      other.destroy();
    });
}
