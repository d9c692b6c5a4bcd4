/** A person's Linux in a folder, with a network of its own whose far end is watched: what leaves it, and how. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackDebian } from '../debian.ts';

interface Ran {
  code: number;
  /** What it printed, errors too. */
  output: string;
}

export interface Machine {
  /** Runs bash lines one after the other, in a network that is made for this and ends with it. */
  run: (...lines: string[]) => Ran;
  write: (path: string, text: string) => void;
  remove: () => void;
}

/** Ubuntu's versions of what people run lie between these. */
export const suites = ['bookworm', 'trixie'];

export const packages = [
  'dbus',
  'iproute2',
  'iptables',
  'network-manager',
  'network-manager-pptp',
  'nftables',
  'pptp-linux',
  'pptpd',
  'resolvconf',
  'systemd',
  'wireguard-go',
  'wireguard-tools',
];

/**
 * Devices of its own, so that none of this machine's is touched. pppd looks whether there is a /dev/ppp even where it
 * only reads its options; a plain file will do, and this kernel need not speak PPP.
 */
const devices = [
  'mount -t tmpfs tmpfs /dev',
  'mkdir /dev/net /dev/pts',
  'mknod -m 666 /dev/null c 1 3',
  'mknod -m 666 /dev/urandom c 1 9',
  'mknod -m 666 /dev/net/tun c 10 200',
  'mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts',
  'ln -s pts/ptmx /dev/ptmx',
  'ln -s /proc/self/fd /dev/fd',
  'touch /dev/ppp',
];

/** `outside` leads to a router that takes everything, and counts on `watched` what comes in. */
const network = [
  'ip link set lo up',
  'ip link add outside type veth peer name watched',
  'ip address add 192.0.2.1/24 dev outside',
  'ip address add 2001:db8::1/64 dev outside nodad',
  'ip link set outside up',
  'ip link set watched up',
  'ip neighbour add 192.0.2.254 lladdr 02:00:00:00:00:fe dev outside',
  'ip neighbour add 2001:db8::fe lladdr 02:00:00:00:00:fe dev outside',
  'ip route add default via 192.0.2.254',
  'ip route add default via 2001:db8::fe dev outside',
];

export function makeMachine(suite: string): Machine {
  const dir = unpackDebian(suite, packages);
  const write: Machine['write'] = (path, text) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text, { mode: 0o600 });
  };
  write('etc/hosts', '127.0.0.1 localhost\n198.51.100.9 vpn.example.org\n');
  return {
    write,
    run(...lines) {
      write('root/script', [...devices, ...network, ...lines].join('\n'));
      const own = ['--kill-child', '--mount', '--pid', '--net', `--mount-proc=${dir}/proc`];
      const clean = ['env', '-i', 'PATH=/usr/sbin:/usr/bin', 'HOME=/root', 'LC_ALL=C.UTF-8'];
      const bash = ['bash', '-e', '/root/script'];
      const ran = spawnSync('unshare', [...own, 'chroot', dir, ...clean, ...bash], {
        encoding: 'utf8',
        timeout: 50_000,
      });
      return { code: ran.status ?? -1, output: ran.stdout + ran.stderr };
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}

/** Lines that count what comes in at `device`, by the names of nft's expressions for it. */
export function watch(device: string, kinds: Record<string, string>): string[] {
  const rules = Object.entries(kinds).flatMap(([name, match]) => [
    `nft add counter netdev ${device} ${name}`,
    `nft add rule netdev ${device} in ${match} counter name ${name}`,
  ]);
  return [
    `nft add table netdev ${device}`,
    `nft add chain netdev ${device} in '{ type filter hook ingress device ${device} priority 0; }'`,
    ...rules,
  ];
}

/** A line that prints what was counted, for `toCounts`, and begins anew. */
export function report(device: string): string {
  return `nft reset counters table netdev ${device}`;
}

/** Of each report what was counted, in packets. */
export function toCounts(output: string): Record<string, number>[] {
  return output
    .split(/^table netdev /m)
    .slice(1)
    .map((text) =>
      Object.fromEntries(
        [...text.matchAll(/counter (\w+) \{\s+packets (\d+)/g)].map(([, name, packets]) => [
          name,
          Number(packets),
        ]),
      ),
    );
}

/** A line that sends one packet and goes on, whether it may or not. */
export function send(protocol: 'udp' | 'tcp' | 'gre', host: string, port = 0): string {
  if (protocol === 'udp') return `echo hello 2>&1 > /dev/udp/${host}/${port} || true`;
  const type = protocol === 'tcp' ? 'SOCK_STREAM | SOCK_NONBLOCK, 6' : 'SOCK_RAW, 47';
  const go = `my $to = sockaddr_in(${port}, inet_aton("${host}")); connect(S, $to)`;
  const rest = protocol === 'gre' ? '; send(S, "hello", 0)' : '';
  return `perl -MSocket=:all -e 'socket(S, PF_INET, ${type}); ${go}${rest}'`;
}
