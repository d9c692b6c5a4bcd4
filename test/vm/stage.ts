/** A real server in a virtual machine before a played AWS, a machine full of clients, and an internet between them. */
import { execFileSync } from 'node:child_process';
import { type Cloud, openCloud, type Report } from '../image/cloud.ts';
import { fetchDisks } from './disk.ts';
import { bootMachine, type Machine } from './machine.ts';
import { type Network, openNetwork } from './network.ts';
import { suite } from './suite.ts';

/** A t3.nano's memory, MiB. */
const nanoMebibytes = 512;

export interface Stage {
  cloud: Cloud;
  network: Network;
  server: Machine;
  client: Machine;
  /** The server's own, by which clients reach it. */
  address: string;
  /** Of its WireGuard. */
  publicKey: string;
  /** Whether packets to Parameter Store vanish. */
  cut: (isCut: boolean) => void;
  close: () => Promise<void>;
}

export const wg = (command: string, input?: string) =>
  execFileSync('wg', [command], { encoding: 'utf8', ...(input && { input }) }).trim();

/** Boots both machines side by side. The server reaches its metadata service, and not yet Parameter Store. */
export async function setVmStage(): Promise<Stage> {
  const disks = fetchDisks(suite);
  const cloud = await openCloud();
  const network = await openNetwork(1);
  const machines: Machine[] = [];
  const close = async () => {
    for (const machine of machines) await machine.kill();
    network.close();
    await cloud.close();
  };
  try {
    const address = cloud.server.address;
    const [serverWire] = network.servers;
    if (!address || !serverWire) throw new Error('There is no server to boot');
    network.map([address]);
    const [, doorUrl = ''] = /imds=(\S+)/.exec(cloud.conf) ?? [];
    const gate = await network.openGate(0, doorUrl);
    gate.cut(true);
    const key = wg('genkey');
    const publicKey = wg('pubkey', key);
    cloud.putKey(key);
    const conf = cloud.conf.replace(/^imds=.*\n/m, '').replaceAll(doorUrl, gate.url);
    const boot = async (...[options]: Parameters<typeof bootMachine>) => {
      const machine = await bootMachine(options);
      machines.push(machine);
      return machine;
    };
    const [server, client] = await Promise.all([
      boot({
        name: 'server',
        disk: disks.server,
        wire: serverWire,
        memory: nanoMebibytes,
        files: { '/etc/perennial/server.conf': conf },
      }),
      boot({ name: 'client', disk: disks.client, wire: network.client }),
    ]);
    return { cloud, network, server, client, address, publicKey, cut: gate.cut, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the server would report now. */
export async function agent({ server }: Stage): Promise<Report> {
  return JSON.parse(await server.must('/usr/local/lib/perennial/agent report')) as Report;
}

/** As Run Command has the server do it when users have changed. Answers its sentence. */
export function letIn({ server }: Stage): Promise<string> {
  return server.must('/usr/local/lib/perennial/agent apply-secrets');
}

/** The same machine as another server would be: it knows nothing but what AWS tells it. Comes back when it serves. */
export async function startAnew({ server }: Stage): Promise<void> {
  await server.must(`
    systemctl stop perennial-agent pptpd
    ip link del wg0
    rm -rf /run/perennial /var/lib/perennial
    systemctl start perennial-agent`);
  await server.until(`/usr/local/lib/perennial/agent report | grep -q '"wireguard": true'`);
}
