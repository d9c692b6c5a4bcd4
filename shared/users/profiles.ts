/** What a user does on each system to connect, with the files that it takes: honest about who no longer speaks PPTP. */
import type { Protocol } from '../core/model.ts';
import { toMobileConfig } from './mobileconfig.ts';
import type { Shown } from './shown.ts';
import { type Endpoint, toWireGuardConf } from './wireguard.ts';

export const systems = [
  'windows',
  'macos',
  'ios',
  'android',
  'ubuntu',
  'router',
  'wireguard',
] as const;
export type System = (typeof systems)[number];

export interface Profile {
  user: string;
  system: System;
  /** In order, each a sentence or a command. */
  steps: string[];
  files: ProfileFile[];
}

interface ProfileFile {
  name: string;
  protocol: Protocol;
  mediaType: string;
  content: string;
}

export interface ProfileContext extends Endpoint {
  /** The VPN's own name, which files and connections are called after. */
  vpn: string;
  protocols: Protocol[];
}

type Part = Pick<Profile, 'steps' | 'files'>;

/** `shown` has the private key only where it was made just now: it is kept nowhere. */
export function toProfile(system: System, shown: Shown, context: ProfileContext): Profile {
  const parts = [
    ...(context.protocols.includes('wireguard') ? [toWireGuard(system, shown, context)] : []),
    ...(context.protocols.includes('pptp') ? [toPptp(system, shown, context)] : []),
  ];
  return {
    user: shown.user,
    system,
    steps: parts.flatMap(({ steps }) => steps),
    files: parts.flatMap(({ files }) => files),
  };
}

const apps: Record<System, string> = {
  windows: 'Install WireGuard from wireguard.com, and import the file by "Add Tunnel".',
  macos: 'Install WireGuard from the App Store, and import the file by "Import Tunnel(s)".',
  ios: 'Install WireGuard from the App Store, and scan the QR code or open the file with it.',
  android:
    'Install WireGuard from Google Play or F-Droid, and scan the QR code or import the file.',
  ubuntu: 'Install it by: sudo apt install wireguard resolvconf. Put the file into /etc/wireguard.',
  router: 'If the router speaks WireGuard, import the file as a client.',
  wireguard: 'Import the file into WireGuard.',
};

function toWireGuard(system: System, { user, wireguard }: Shown, context: ProfileContext): Part {
  if (!wireguard)
    return { steps: [`${user} has no WireGuard key yet: rotate to make one.`], files: [] };
  const { vpn, name } = context;
  const plain = toWireGuardConf(wireguard, context);
  const content = system === 'ubuntu' ? withKillSwitch(plain) : plain;
  const protocol = 'wireguard';
  const conf = { name: `${vpn}.conf`, protocol, mediaType: 'text/plain', content } as const;
  const isApple = system === 'macos' || system === 'ios';
  const apple: ProfileFile = {
    name: `${vpn}.mobileconfig`,
    protocol,
    mediaType: 'application/x-apple-aspen-config',
    content: toMobileConfig({ system: isApple ? system : 'ios', vpn, user, name, conf: content }),
  };
  const gap =
    'Put your private key where the file says so: only you have it. If it is lost, rotate the user to get a new one.';
  return {
    steps: [
      apps[system],
      ...(wireguard.privateKey ? [] : [gap]),
      ...(system === 'ubuntu' ? [`Connect: sudo wg-quick up ${vpn}`] : []),
    ],
    // Nobody can fill a gap in a .mobileconfig.
    files: isApple && wireguard.privateKey ? [conf, apple] : [conf],
  };
}

/** Nothing leaves beside the tunnel while it is up, whatever becomes of the routes (wg-quick(8) has it so). */
function withKillSwitch(conf: string): string {
  const rule =
    'OUTPUT ! -o %i -m mark ! --mark $(wg show %i fwmark) -m addrtype ! --dst-type LOCAL -j REJECT';
  const both = (how: string) => ['iptables', 'ip6tables'].map((tool) => `${tool} ${how} ${rule}`);
  const lines = [`PostUp = ${both('-I').join(' && ')}`, `PreDown = ${both('-D').join(' && ')}`];
  return conf.replace('\n\n[Peer]', `\n${lines.join('\n')}\n\n[Peer]`);
}

function toPptp(system: System, { user, password }: Shown, context: ProfileContext): Part {
  const { vpn, name } = context;
  const login = `user name ${user}, password ${password}`;
  switch (system) {
    case 'windows': {
      const content = [
        '# Run in PowerShell. Windows asks for the password at the first connection.',
        `Add-VpnConnection -Name '${vpn}' -ServerAddress '${name}' -TunnelType Pptp \``,
        '  -AuthenticationMethod MSChapv2 -EncryptionLevel Required -RememberCredential',
        '',
      ].join('\r\n');
      const steps = [
        `For PPTP, run ${vpn}.ps1 in PowerShell, then connect by the network symbol: ${login}.`,
      ];
      return { steps, files: [toPptpFile(`${vpn}.ps1`, content)] };
    }
    case 'ubuntu': {
      const files = [
        toPptpFile(`${vpn}.peer`, toPeer(user, context)),
        toPptpFile('chap-secrets', `"${user}" pptpd "${password.replace(/["\\]/g, '\\$&')}" *\n`),
      ];
      const steps = [
        'For PPTP on a desktop: sudo apt install network-manager-pptp-gnome',
        `nmcli connection add type vpn con-name ${vpn} vpn-type pptp vpn.persistent yes vpn.data '${toNmData(user, name)}'`,
        `Connect: nmcli --ask connection up ${vpn} (${login}).`,
        `For PPTP without a desktop: sudo apt install pptp-linux, put ${vpn}.peer into /etc/ppp/peers as ${vpn}, append the line of chap-secrets to /etc/ppp/chap-secrets, and connect: sudo pon ${vpn}`,
      ];
      return { steps, files };
    }
    case 'router':
      return { steps: [`PPTP client: server ${name}, ${login}, encryption MPPE 128.`], files: [] };
    case 'android':
      return {
        steps: [
          `Up to Android 11, for PPTP: add a VPN with server ${name}, ${login}. Android 12 and later speak no PPTP.`,
        ],
        files: [],
      };
    case 'macos':
    case 'ios': {
      const since = system === 'macos' ? 'macOS 10.12' : 'iOS 10';
      return { steps: [`PPTP: not since ${since}. Use WireGuard.`], files: [] };
    }
    case 'wireguard':
      return { steps: [], files: [] };
    default:
      return system satisfies never;
  }
}

function toPptpFile(name: string, content: string): ProfileFile {
  return { name, protocol: 'pptp', mediaType: 'text/plain', content };
}

/** A server that is gone is noticed within a minute, and called again for as long as it takes. */
const echo = { seconds: 20, missesMax: 3 };

function toNmData(user: string, name: string): string {
  return [
    `gateway=${name}`,
    `user=${user}`,
    'require-mppe-128=yes',
    ...['eap', 'pap', 'chap', 'mschap'].map((method) => `refuse-${method}=yes`),
    `lcp-echo-interval=${echo.seconds}`,
    `lcp-echo-failure=${echo.missesMax}`,
  ].join(', ');
}

/** For pppd; `remotename` is the server's name in chap-secrets. */
function toPeer(user: string, { vpn, name }: ProfileContext): string {
  return [
    `# /etc/ppp/peers/${vpn}`,
    `pty "pptp ${name} --nolaunchpppd"`,
    `name ${user}`,
    'remotename pptpd',
    `ipparam ${vpn}`,
    'require-mppe-128',
    ...['eap', 'pap', 'chap', 'mschap'].map((method) => `refuse-${method}`),
    'noauth',
    'lock',
    'nodeflate',
    'nobsdcomp',
    'defaultroute',
    'replacedefaultroute',
    'usepeerdns',
    'persist',
    'maxfail 0',
    `lcp-echo-interval ${echo.seconds}`,
    `lcp-echo-failure ${echo.missesMax}`,
    '',
  ].join('\n');
}
