/** PPTP on each system: steps, and files where the system reads any; also which systems no longer speak it. */
import type { Part, ProfileContext, ProfileFile, System } from '../profiles.ts';
import type { Shown } from '../shown.ts';
import { toChapSecrets, toKillSwitch, toPeers, toPowerShell, toVpnData } from './pptp-files.ts';

export function toPptpPart(system: System, shown: Shown, context: ProfileContext): Part {
  const { user, password } = shown;
  const { vpn, name, killSwitch = false } = context;
  const login = `user name ${user}, password ${password}`;
  switch (system) {
    case 'windows':
      return {
        steps: [
          'For PPTP, in a terminal:',
          `powershell -ExecutionPolicy Bypass -File ${vpn}.ps1`,
          `Then connect by the network symbol: ${login}.`,
          ...(killSwitch
            ? [
                'Kill switch: Windows has none for PPTP. While it is down, traffic leaves beside it; WireGuard blocks that.',
              ]
            : []),
        ],
        files: [toFile(`${vpn}.ps1`, toPowerShell(vpn, name))],
      };
    case 'ubuntu':
      return {
        steps: [...toUbuntuSteps(login, user, context), ...(killSwitch ? killSwitchSteps : [])],
        files: [
          toFile(`${vpn}.peer`, toPeers(user, vpn, name)),
          toFile('chap-secrets', toChapSecrets(user, password)),
          ...(killSwitch ? [toFile(killSwitchFile, toKillSwitch())] : []),
        ],
      };
    case 'router':
      return only(
        `PPTP client: server ${name}, ${login}, MPPE with 128 bits. Where it asks for keepalive or LCP echo: every 5 seconds, down after 3.`,
        ...(killSwitch
          ? ["Kill switch: as for WireGuard, the router's firewall must not forward to the WAN."]
          : []),
      );
    case 'android':
      return only(
        `Up to Android 11, for PPTP: add a VPN with server ${name}, ${login}. Android 12 and later add no PPTP.`,
        ...(killSwitch ? ['Kill switch: Android has none for PPTP by name; use WireGuard.'] : []),
      );
    case 'macos':
      return only('PPTP: not since macOS 10.12. Use WireGuard.');
    case 'ios':
      return only('PPTP: not since iOS 10. Use WireGuard.');
    case 'wireguard':
      return only();
    default:
      return system satisfies never;
  }
}

function only(...steps: string[]): Part {
  return { steps, files: [] };
}

function toFile(name: string, content: string): ProfileFile {
  return { name, protocol: 'pptp', mediaType: 'text/plain', content };
}

function toUbuntuSteps(login: string, user: string, { vpn, name }: ProfileContext): string[] {
  return [
    'For PPTP by NetworkManager, which does not connect again by itself:',
    'sudo apt install network-manager-pptp-gnome',
    `nmcli connection add type vpn con-name ${vpn} vpn-type pptp vpn.data '${toVpnData(user, name)}'`,
    `nmcli --ask connection up ${vpn}`,
    `It asks for the password: ${login}.`,
    'For PPTP by pppd, which calls again until it is back:',
    'sudo apt install pptp-linux',
    `sudo install -m 600 ${vpn}.peer /etc/ppp/peers/${vpn}`,
    // Of two lines pppd would take the first, with the password before the last rotation.
    `sudo sed -i '/^"${user.replaceAll('.', '\\.')}" pptpd /d' /etc/ppp/chap-secrets`,
    'sudo tee -a /etc/ppp/chap-secrets < chap-secrets > /dev/null',
    `sudo pon ${vpn}`,
  ];
}

const killSwitchFile = 'kill-switch.nft';
const killSwitchSteps = [
  'Kill switch for PPTP, until the next boot; what it lets through stands in the file:',
  `sudo nft -f ${killSwitchFile}`,
  'To end it:',
  'sudo nft delete table inet perennial',
];
