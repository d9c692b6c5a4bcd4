/**
 * A small internet of network namespaces: a client behind a home's router, a web host, servers behind a gateway that
 * gives each its public address as EC2's does, and a way to the played AWS. Each namespace has its own mounts.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, connect as dial, type Server } from 'node:net';
import { join } from 'node:path';
import { toGateway } from '../real/gateway.ts';

const prefix = `ph${process.pid}`;
/** Where the played AWS is reached from the servers. */
const awsHost = '10.99.0.1';
const awsNet = '10.99.0.0/24';
const clientAddress = '198.51.100.7';
export const webAddress = '192.0.2.80';

interface Host {
  run: (...command: string[]) => string;
  start: (...command: string[]) => ChildProcessWithoutNullStreams;
  /** Ends all that runs there. */
  kill: () => void;
}

export interface Network {
  client: Host;
  web: Host;
  servers: Host[];
  /** The router of the client's home takes another port from now on, as one that was restarted does. */
  roam: () => void;
  /** From now on nothing comes to the clients' home, or from it; or all does again. */
  cutOff: (isCut: boolean) => void;
  /** How often clients have asked for a handshake by themselves: as a server begins it, they need not. */
  initiations: () => number;
  /** Which public address each server has, by the gateway; a server with none reaches nobody. */
  map: (addresses: (string | null)[]) => void;
  close: () => void;
}

/** What the image sets of a network, and so of a namespace. */
const settings = readFileSync(
  join(import.meta.dirname, '../../image/etc/sysctl.d/60-perennial.conf'),
  'utf8',
)
  .split('\n')
  .filter((line) => /^-?net\./.test(line))
  .map((line) => line.replace(/^-/, '').replaceAll(' ', ''));

const inside = (index: number) => `172.31.${index + 1}.2`;

export function openNetwork(serverCount: number): Network {
  const names: string[] = [];
  const children: ChildProcessWithoutNullStreams[] = [];
  const sh = (script: string) => execFileSync('sh', ['-ec', script], { encoding: 'utf8' });

  function killAll(ns: string): void {
    const pids = sh(`ip netns pids ${ns}`).split('\n').filter(Boolean);
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
  }
  function addHost(name: string): Host & { ns: string } {
    const ns = `${prefix}-${name}`;
    names.push(ns);
    sh(`ip netns add ${ns}; ip -n ${ns} link set lo up`);
    const enter = ['netns', 'exec', ns, 'env', 'WG_HOME=1'];
    return {
      ns,
      run: (...command) => execFileSync('ip', [...enter, ...command], { encoding: 'utf8' }),
      start(...command) {
        const child = spawn('ip', [...enter, ...command]);
        children.push(child);
        return child;
      },
      kill: () => killAll(ns),
    };
  }
  /** A wire from the host to the internet. */
  function link(host: { ns: string }, name: string, address: string, gateway: string, to = net.ns) {
    sh(`ip link add ${name} netns ${to} type veth peer name eth0 netns ${host.ns}
      ip -n ${to} addr add ${gateway}/24 dev ${name}; ip -n ${to} link set ${name} up
      ip -n ${host.ns} addr add ${address}/24 dev eth0; ip -n ${host.ns} link set eth0 up
      ip -n ${host.ns} route add default via ${gateway}`);
  }

  const net = addHost('net');
  const [home, client, web] = [addHost('home'), addHost('client'), addHost('web')];
  const servers = Array.from({ length: serverCount }, (_, index) => addHost(`server${index}`));
  link(home, 'home', clientAddress, '198.51.100.1');
  link(client, 'lan', '192.168.7.2', '192.168.7.1', home.ns);
  link(web, 'web', webAddress, '192.0.2.1');
  servers.forEach((server, index) => {
    link(server, `server${index}`, inside(index), `172.31.${index + 1}.1`);
    server.run('sysctl', '-qw', ...settings);
  });
  const aws = `${prefix}a`.slice(0, 15);
  sh(`ip link add ${aws} type veth peer name aws netns ${net.ns}
    ip addr add ${awsHost}/24 dev ${aws}; ip link set ${aws} up
    ip -n ${net.ns} addr add 10.99.0.2/24 dev aws; ip -n ${net.ns} link set aws up`);
  for (const router of [net, home]) router.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
  // The servers come to AWS by the gateway's own address.
  net.run(
    'nft',
    'add table ip aws; add chain ip aws post { type nat hook postrouting priority 100; }; add rule ip aws post oifname "aws" masquerade',
  );
  const masquerade = (port: number) =>
    home.run(
      'nft',
      `add table ip home; delete table ip home; add table ip home; add chain ip home post { type nat hook postrouting priority 100; }; add rule ip home post oifname "eth0" udp dport 51820 masquerade to :${port}-${port + 999}; add rule ip home post oifname "eth0" masquerade`,
    );
  masquerade(40_000);
  // WireGuard's first byte says what it is.
  net.run(
    'nft',
    `add table ip watch; add counter ip watch initiations; add chain ip watch pre { type filter hook prerouting priority -400; }; add rule ip watch pre ip saddr ${clientAddress} udp dport 51820 @th,64,8 1 counter name initiations`,
  );

  return {
    client,
    web,
    servers,
    roam() {
      masquerade(50_000);
      home.run('conntrack', '-F');
    },
    cutOff(isCut) {
      const rule = '{ type filter hook forward priority 0; policy drop; }';
      home.run(
        'nft',
        `add table ip cut; delete table ip cut${isCut ? `; add table ip cut; add chain ip cut ways ${rule}` : ''}`,
      );
    },
    initiations() {
      const said = net.run('nft', 'list', 'counter', 'ip', 'watch', 'initiations');
      return Number(/packets (\d+)/.exec(said)?.[1]);
    },
    map: (addresses) => void net.run('nft', toGateway(addresses, inside, awsNet)),
    close() {
      for (const child of children) child.kill('SIGKILL');
      for (const ns of names) {
        killAll(ns);
        sh(`ip netns del ${ns}`);
      }
      sh(`ip link del ${aws} 2>/dev/null || true`);
    },
  };
}

/** Lets the servers reach a door that is on loopback; answers its URL for them. */
export async function openGate(port: number): Promise<{ url: string; gate: Server }> {
  const gate = createServer((caller) => {
    const door = dial(port, '127.0.0.1');
    caller.pipe(door).pipe(caller);
    for (const end of [caller, door])
      end.on('error', () => [caller, door].map((one) => one.destroy()));
  });
  gate.listen(0, awsHost);
  await once(gate, 'listening');
  const { port: own } = gate.address() as { port: number };
  return { url: `http://${awsHost}:${own}`, gate };
}
