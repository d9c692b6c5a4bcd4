/** WireGuard on each system: its app's or wg-quick's file, and what keeps traffic from leaving beside the tunnel. */
import { toMobileConfig } from '../mobileconfig.ts';
import type { Part, ProfileContext, ProfileFile, System } from '../profiles.ts';
import type { Shown } from '../shown.ts';
import { toWireGuardConf } from '../wireguard.ts';

export function toWireGuardPart(
  system: System,
  { user, wireguard }: Shown,
  context: ProfileContext,
): Part {
  if (!wireguard)
    return { steps: [`${user} has no WireGuard key yet: rotate to make one.`], files: [] };
  const { vpn, name, killSwitch = false, address } = context;
  const tunnel = toTunnelName(vpn);
  const isApple = system === 'macos' || system === 'ios';
  // Nobody can fill a gap in a .mobileconfig.
  const hasApple = isApple && wireguard.privateKey !== null;
  const conf = toWireGuardConf(wireguard, context, killSwitch && system === 'ubuntu' ? rules : []);
  const files = [toFile(`${tunnel}.conf`, 'text/plain', conf)];
  if (hasApple) {
    const content = toMobileConfig({ system, vpn, user, name, conf, onDemand: killSwitch });
    files.push(toFile(`${tunnel}.mobileconfig`, 'application/x-apple-aspen-config', content));
  }
  return {
    steps: [
      ...toInstall(system, tunnel),
      ...(wireguard.privateKey === null ? [gap] : []),
      ...(system === 'ubuntu' ? [`sudo systemctl enable --now wg-quick@${tunnel}`] : []),
      ...(killSwitch ? [toKillSwitch(system, hasApple)] : []),
      ...(address === 'dynamic' ? [moves] : []),
    ],
    files,
  };
}

/** Linux takes no longer name for an interface, and wg-quick makes the file's name one. */
const interfaceCharsMax = 15;

function toTunnelName(vpn: string): string {
  return vpn.slice(0, interfaceCharsMax);
}

function toFile(name: string, mediaType: string, content: string): ProfileFile {
  return { name, protocol: 'wireguard', mediaType, content };
}

const gap =
  'Put your private key where the file says so: only you have it. If it is lost, rotate the user to get a new one.';

const moves =
  'When the server is replaced its address changes, and WireGuard asks for it only when a tunnel starts: turn it off and on then.';

function toInstall(system: System, tunnel: string): string[] {
  switch (system) {
    case 'windows':
      return ['Install WireGuard from wireguard.com, and import the file by "Add Tunnel".'];
    case 'macos':
      return [
        'Install WireGuard from the App Store, and open the .mobileconfig file, or import the .conf file by "Import Tunnel(s) from File".',
      ];
    case 'ios':
      return [
        'Install WireGuard from the App Store, and scan the QR code, or open the file with it.',
      ];
    case 'android':
      return [
        'Install WireGuard from Google Play or F-Droid, and scan the QR code, or import the file.',
      ];
    case 'ubuntu':
      return [
        'sudo apt install wireguard-tools iptables',
        // wg-quick asks for this command; systemd's own answers to its name.
        'command -v resolvconf || sudo ln -s /usr/bin/resolvectl /usr/local/bin/resolvconf',
        `sudo install -m 600 ${tunnel}.conf /etc/wireguard/${tunnel}.conf`,
      ];
    case 'router':
      return ['If the router speaks WireGuard, import the .conf file as a client.'];
    case 'wireguard':
      return ['Import the file into WireGuard.'];
    default:
      return system satisfies never;
  }
}

/** Whatever is not WireGuard's own, nor to this machine, must go through it: wg-quick(8) has it so. */
const rule =
  'OUTPUT ! -o %i -m mark ! --mark $(wg show %i fwmark) -m addrtype ! --dst-type LOCAL -j REJECT';
const rules = [
  `PostUp = iptables -I ${rule} && ip6tables -I ${rule}`,
  `PreDown = iptables -D ${rule} && ip6tables -D ${rule}`,
];

function toKillSwitch(system: System, hasApple: boolean): string {
  switch (system) {
    case 'windows':
      return 'Kill switch: nothing to do, since WireGuard for Windows blocks all traffic beside the tunnel while it is active.';
    case 'macos':
    case 'ios':
      return hasApple
        ? 'Kill switch: the .mobileconfig file has the system bring the tunnel up for any traffic (On Demand). The .conf file has not.'
        : 'Kill switch: edit the tunnel in the app, and turn on On-Demand for every kind of network.';
    case 'android':
      return 'Kill switch: in Settings, VPN, beside WireGuard, turn on "Always-on VPN" and "Block connections without VPN".';
    case 'ubuntu':
      return 'Kill switch: PostUp in the file blocks all traffic beside the tunnel while it is up.';
    case 'router':
      return "Kill switch: let the router's firewall forward from the LAN to the tunnel only, and not to the WAN.";
    case 'wireguard':
      return 'Kill switch: each system has its own; take the profile for it.';
    default:
      return system satisfies never;
  }
}
