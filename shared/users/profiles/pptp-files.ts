/** The files and lines that PPTP clients read: Windows' PowerShell, NetworkManager, pppd, and nft for a kill switch. */

/** A server that died without a word is noticed after 15 s; pppd's own values take it minutes. */
const echo = { intervalSeconds: 5, failures: 3 };

/** As the server has it: what MPPE and GRE add to it still fits into one packet of 1500. */
const mtu = 1_400;

/** pppd would wait for 30 s before it calls again, much longer than the server is away. */
const holdoffSeconds = 2;

/** The server takes MS-CHAPv2 only. */
const refused = ['eap', 'pap', 'chap', 'mschap'].map((method) => `refuse-${method}`);

/** Parameters: learn.microsoft.com/powershell/module/vpnclient/add-vpnconnection. */
export function toPowerShell(vpn: string, name: string): string {
  return [
    `# PPTP to ${name}. Windows asks for the password when it first connects, and keeps it.`,
    `Remove-VpnConnection -Name '${vpn}' -Force -ErrorAction SilentlyContinue`,
    `Add-VpnConnection -Name '${vpn}' -ServerAddress '${name}' -TunnelType Pptp \``,
    '  -AuthenticationMethod MSChapv2 -EncryptionLevel Required -RememberCredential',
    '',
  ].join('\r\n');
}

/** Keys: nm-pptp-service.c in NetworkManager-pptp; without the echoes it would never notice that the server is gone. */
export function toVpnData(user: string, name: string): string {
  return [
    `gateway=${name}`,
    `user=${user}`,
    'require-mppe-128=yes',
    ...refused.map((key) => `${key}=yes`),
    `lcp-echo-interval=${echo.intervalSeconds}`,
    `lcp-echo-failure=${echo.failures}`,
  ].join(', ');
}

/** Each call runs `pptp` anew, which asks for the name's address. `remotename` is the server in chap-secrets. */
export function toPeers(user: string, vpn: string, name: string): string {
  return [
    `# PPTP to ${name}. Connect: sudo pon ${vpn}. End: sudo poff ${vpn}.`,
    `pty "pptp ${name} --nolaunchpppd"`,
    `user ${user}`,
    'remotename pptpd',
    `ipparam ${vpn}`,
    'noauth',
    ...refused,
    'require-mppe-128',
    'nobsdcomp',
    'nodeflate',
    `mtu ${mtu}`,
    `mru ${mtu}`,
    'noipdefault',
    'defaultroute',
    'replacedefaultroute',
    'usepeerdns',
    '# Calls again for ever, and takes the server for gone after fifteen silent seconds.',
    'persist',
    'maxfail 0',
    `holdoff ${holdoffSeconds}`,
    `lcp-echo-interval ${echo.intervalSeconds}`,
    `lcp-echo-failure ${echo.failures}`,
    '',
  ].join('\n');
}

/** Quoted, since pppd else reads some signs as its own. */
export function toChapSecrets(user: string, password: string): string {
  return `"${user}" pptpd "${password.replace(/["\\]/g, '\\$&')}" *\n`;
}

/** For nft(8). Names must still be found while the tunnel is down, or it could not be called again. */
export function toKillSwitch(): string {
  return `# Nothing leaves this machine but through PPTP (ppp0, ppp1, …). Loading it again replaces it.
table inet perennial
delete table inet perennial
table inet perennial {
  chain output {
    type filter hook output priority filter
    oifname "lo" accept
    oifname "ppp*" accept
    fib daddr type local accept
    # PPTP itself, to whichever server
    tcp dport 1723 accept
    meta l4proto gre accept
    # names, addresses and neighbours, without which nothing could be called
    udp dport { 53, 67, 547 } accept
    tcp dport 53 accept
    icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept
    reject with icmpx admin-prohibited
  }
}
`;
}
