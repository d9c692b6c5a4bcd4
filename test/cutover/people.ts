/** What runs in the namespaces: a server's agent with its WireGuard, and somebody who uses the VPN. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type openNetwork, webAddress } from '../handover/network.ts';
import { type Answer, toAnswer } from './answers.ts';

type Host = ReturnType<typeof openNetwork>['client'];

export const userAddress = '10.40.2.2';
/** Nobody waits any longer for a connection on which nothing comes. */
const patienceSeconds = 60;
/** WireGuard in user space keeps its sockets in /run: everybody has one of their own. */
const inOwnRun = (script: string) =>
  `mkdir -p /run/wireguard; mount -t tmpfs none /run/wireguard; wireguard-go wg0; ${script}`;

export function startAgent(host: Host, command: string, who: string): void {
  follow(host.start('unshare', '-m', 'sh', '-ec', inOwnRun(`exec ${command}`)), who);
}

/** Resolves when it can be reached. */
export async function startWeb(host: Host): Promise<void> {
  const web = host.start('python3', join(import.meta.dirname, '../handover/web.py'));
  await once(web.stdout, 'data');
}

export function startClient(host: Host, conf: string, nameFile: string[], answers: Answer[]): void {
  const script = join(import.meta.dirname, 'traffic.py');
  const steps = [
    `wg setconf wg0 ${conf}`,
    `ip address add ${userAddress}/24 dev wg0`,
    'ip link set wg0 mtu 1420 up',
    'ip route add 192.0.2.0/24 dev wg0',
    `exec python3 ${[script, webAddress, patienceSeconds, ...nameFile].join(' ')}`,
  ];
  const client = host.start('unshare', '-m', 'sh', '-ec', inOwnRun(steps.join('; ')));
  follow(client, 'client', (line) => void answers.push(toAnswer(line)));
}

export function toClientConf(
  privateKey: string,
  publicKey: string,
  presharedKey: string,
  address: string | null,
): string {
  return [
    `[Interface]\nPrivateKey = ${privateKey}`,
    `[Peer]\nPublicKey = ${publicKey}\nPresharedKey = ${presharedKey}`,
    `AllowedIPs = 10.40.2.0/24, 192.0.2.0/24\nEndpoint = ${address}:51820\n`,
  ].join('\n');
}

export function toServerConf(url: string): string {
  const lines = ['vpn=home', 'region=us-east-1', 'protocols=wireguard'];
  return [...lines, `endpoint_ssm=${url}`, `imds=${url}`, ''].join('\n');
}

/** What it says is for whoever looks for a fault. */
function follow(
  child: ChildProcessWithoutNullStreams,
  who: string,
  onLine = (line: string) => void (process.env.SHOW_LOG && console.error(who, line)),
): void {
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (process.env.SHOW_LOG) console.error(who, line);
  });
}
