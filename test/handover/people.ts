/** Who uses the VPN: real WireGuard clients behind one router, and what they do over it. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Network, webAddress } from './network.ts';
import { toTalk } from './words.ts';

/** How it is for somebody, as `client.py` says it. */
export interface Use {
  heard: Record<string, number>;
  silenceMs: Record<string, number>;
  /** `held`, or what has broken. */
  state: Record<string, string>;
  /** Packets of the call without an answer. */
  lost: number;
}

export type Deed = 'typing' | 'download' | 'call';

interface User {
  name: string;
  privateKey: string;
  publicKey: string;
  presharedKey: string;
  address: string;
}

export const wg = (command: string, input?: string) =>
  execFileSync('wg', [command], { encoding: 'utf8', ...(input && { input }) }).trim();

export function toUser(index: number): User {
  const privateKey = wg('genkey');
  return {
    name: index ? `user${index}` : 'ann',
    privateKey,
    publicKey: wg('pubkey', privateKey),
    presharedKey: wg('genpsk'),
    address: `10.40.2.${index + 2}`,
  };
}

/** Brings up each one's interface, `wg0` on, and answers the names of these. */
function connect(users: User[], serverKey: string, address: string, dir: string) {
  const interfaces = users.map((_, index) => `wg${index}`);
  const script = users.map((user, index) => {
    const path = join(dir, `client${index}.conf`);
    writeFileSync(
      path,
      `[Interface]\nPrivateKey = ${user.privateKey}\n[Peer]\nPublicKey = ${wg('pubkey', serverKey)}\nPresharedKey = ${user.presharedKey}\nAllowedIPs = 10.40.2.0/24, 192.0.2.0/24\nEndpoint = ${address}:51820\n`,
    );
    const own = `wg${index}`;
    return `wireguard-go ${own} && wg setconf ${own} ${path} && ip addr add ${user.address}/32 dev ${own} && ip link set ${own} mtu 1420 up && ip route add 192.0.2.0/24 dev ${own} metric ${index + 1}`;
  });
  return {
    interfaces,
    script: `mkdir -p /run/wireguard && mount -t tmpfs none /run/wireguard\n${script.join('\n')}`,
  };
}

export interface Person {
  read: () => Promise<Use>;
  /** Silence counts from now on. */
  mark: () => Promise<Use>;
  /** Says nothing more, and has heard all answers. */
  pause: () => Promise<Use>;
  resume: () => Promise<Use>;
  /** Everything that this one does is answered again, a second's worth of it. */
  goesOn: () => Promise<Use>;
}

/** A second of typing, or of calling. */
const secondsWorth = 50;
const lookMs = 50;

export async function startPerson(
  network: Network,
  user: User,
  serverKey: string,
  address: string,
  dir: string,
  deeds: Deed[],
): Promise<Person> {
  const { script } = connect([user], serverKey, address, dir);
  const path = join(import.meta.dirname, 'client.py');
  const start = `${script}\nexec python3 ${path} ${webAddress} ${deeds.join(' ')}`;
  const ask = toTalk(network.client.start('unshare', '-m', 'sh', '-ec', start));
  const goesOn = async (): Promise<Use> => {
    const before = await ask<Use>('read');
    for (;;) {
      const now = await ask<Use>('read');
      const isAlive = (deed: Deed) => now.state[deed] === 'held';
      const more = (deed: Deed) => (now.heard[deed] ?? 0) - (before.heard[deed] ?? 0);
      // What has broken is not waited for.
      if (deeds.every((deed) => !isAlive(deed) || more(deed) >= secondsWorth)) return now;
      await pause(lookMs);
    }
  };
  const person = {
    read: () => ask<Use>('read'),
    mark: () => ask<Use>('mark'),
    pause: () => ask<Use>('pause'),
    resume: () => ask<Use>('resume'),
    goesOn,
  };
  await goesOn();
  return person;
}

export interface Crowd {
  /** From each, how many answers came. */
  heard: () => Promise<number[]>;
  /** Each of them hears an answer again. */
  goesOn: () => Promise<void>;
}

export async function startCrowd(
  network: Network,
  users: User[],
  serverKey: string,
  address: string,
  dir: string,
): Promise<Crowd> {
  const { script, interfaces } = connect(users, serverKey, address, dir);
  const path = join(import.meta.dirname, 'callers.py');
  const start = `${script}\nexec python3 ${path} ${webAddress} ${interfaces.join(' ')}`;
  const ask = toTalk(network.client.start('unshare', '-m', 'sh', '-ec', start));
  const heard = () => ask<number[]>('read');
  const goesOn = async () => {
    const before = await heard();
    while (!(await heard()).every((count, index) => count > (before[index] ?? 0)))
      await pause(lookMs);
  };
  await goesOn();
  return { heard, goesOn };
}
