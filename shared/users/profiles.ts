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

/** How nothing passes the tunnel by while it is down, where the system can see to it. */
const killSwitches: Partial<Record<System, string>> = {
  windows: 'Leave "Block untunneled traffic (kill-switch)" on, and nothing goes past the tunnel.',
  android:
    'Under Settings, VPN turn on "Always-on VPN" and "Block connections without VPN", and nothing goes past the tunnel.',
  ubuntu: [
    'For nothing to go past the tunnel, add to [Interface]: PostUp = iptables -I OUTPUT ! -o %i -m mark ! --mark',
    '$(wg show %i fwmark) -m addrtype ! --dst-type LOCAL -j REJECT; and the same as PreDown with -D in place of -I.',
  ].join(' '),
};

function toWireGuard(system: System, { user, wireguard }: Shown, context: ProfileContext): Part {
  if (!wireguard)
    return { steps: [`${user} has no WireGuard key yet: rotate to make one.`], files: [] };
  const { vpn, name } = context;
  const content = toWireGuardConf(wireguard, context);
  const conf = { name: `${vpn}.conf`, mediaType: 'text/plain', content };
  const isApple = system === 'macos' || system === 'ios';
  const apple = {
    name: `${vpn}.mobileconfig`,
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
      ...[killSwitches[system]].filter((step) => step !== undefined),
    ],
    // Nobody can fill a gap in a .mobileconfig.
    files: isApple && wireguard.privateKey ? [conf, apple] : [conf],
  };
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
      const file = { name: `${vpn}.ps1`, mediaType: 'text/plain', content };
      const steps = [
        `For PPTP, run ${vpn}.ps1 in PowerShell, then connect by the network symbol: ${login}.`,
      ];
      return { steps, files: [file] };
    }
    case 'ubuntu': {
      const data = `gateway=${name}, user=${user}, require-mppe-128=yes, refuse-eap=yes, refuse-pap=yes, refuse-chap=yes, refuse-mschap=yes, lcp-echo-interval=5, lcp-echo-failure=3`;
      const quoted = password.replace(/["\\]/g, '\\$&');
      const line = {
        name: 'chap-secrets',
        mediaType: 'text/plain',
        content: `"${user}" pptpd "${quoted}" *\n`,
      };
      const steps = [
        'For PPTP: sudo apt install network-manager-pptp',
        // A server that is gone is noticed after fifteen seconds, and the name asked for again.
        `nmcli connection add type vpn con-name ${vpn} vpn-type pptp vpn.persistent yes vpn.data '${data}'`,
        `Connect: nmcli --ask connection up ${vpn} (${login}).`,
        'If it connects but authentication fails, append the line of chap-secrets to /etc/ppp/chap-secrets.',
      ];
      return { steps, files: [line] };
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
