/** A real server in a virtual machine before a played AWS, a machine full of clients, and an internet between them. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll } from 'vitest';
import { type Cloud, openCloud, type Report } from '../image/cloud.ts';
import { fetchDisks } from './disk.ts';
import { bootMachine, type Machine, type MachineOptions } from './machine.ts';
import { type Network, openNetwork } from './network.ts';
import { prepare } from './people.ts';
import { goOn } from './saved.ts';
import { suite } from './suite.ts';

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
  /** Another machine takes over at the same address, and knows nothing of the first. Comes back when it serves. */
  replace: () => Promise<void>;
  close: () => Promise<void>;
}

interface StageOptions {
  /** Only its metadata service can be reached, until `cut(false)`. */
  isCut?: boolean;
}

const bootMs = 10 * 60_000;

export const wg = (command: string, input?: string) =>
  execFileSync('wg', [command], { encoding: 'utf8', ...(input && { input }) }).trim();

/** For a whole test file. */
export function useStage(options: StageOptions = {}): () => Stage {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(options);
  }, bootMs);
  afterAll(() => stage?.close(), bootMs);
  return () => stage;
}

/** Both machines side by side. It serves, unless it can not reach Parameter Store. */
async function setStage({ isCut = false }: StageOptions): Promise<Stage> {
  const disks = fetchDisks(suite);
  const cloud = await openCloud();
  const network = await openNetwork(1);
  const machines: Machine[] = [];
  const close = async () => {
    for (const machine of machines) {
      console.log(
        `The ${machine.name} has taken ${Math.round(machine.cpuSeconds())} s of a processor`,
      );
      await machine.kill();
    }
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
    gate.cut(isCut);
    const key = wg('genkey');
    const publicKey = wg('pubkey', key);
    cloud.putKey(key);
    const conf = cloud.conf.replace(/^imds=.*\n/m, '').replaceAll(doorUrl, gate.url);
    const boot = async (options: MachineOptions) => {
      const machine = await bootMachine(options);
      machines.push(machine);
      return machine;
    };
    const bootServer = async () => {
      const files = { '/etc/perennial/server.conf': conf };
      const server = await boot({ name: 'server', disk: disks.begun, wire: serverWire, files });
      await server.must(goOn);
      return server;
    };
    const serves = () =>
      cloud.reported(({ serving }) => Boolean(serving.pptp && serving.wireguard));
    const first = serves();
    const [server, client] = await Promise.all([
      bootServer(),
      boot({ name: 'client', disk: disks.client, wire: network.client }),
    ]);
    await prepare(client);
    if (!isCut) await first;
    const stage: Stage = {
      cloud,
      network,
      server,
      client,
      address,
      publicKey,
      cut: gate.cut,
      async replace() {
        await stage.server.kill();
        const next = serves();
        stage.server = await bootServer();
        await next;
      },
      close,
    };
    return stage;
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
