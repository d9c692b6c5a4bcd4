/** A home's login as ddclient and inadyn want it: whole configurations, which docs/dyndns.md shows too. */
import type { Login } from '../../../shared/dyndns/login.ts';

interface Moving {
  login: Login;
  hosts: string[];
  /** Where the function is, without the scheme. */
  server: string;
}

/** What answers with the address that it is asked from. */
const checkip = 'checkip.amazonaws.com';

/** Of ddclient 3.10, which Debian has. */
function toDdclientConf({ login: { user, password }, hosts, server }: Moving): string {
  return `daemon=300
ssl=yes
protocol=dyndns2
use=web, web=https://${checkip}/
server=${server}
login=${user}
password='${password}'
${hosts.join(',')}
`;
}

function toInadynConf({ login: { user, password }, hosts, server }: Moving): string {
  const names = hosts.length === 1 ? hosts[0] : `{ ${hosts.join(', ')} }`;
  return `period = 300
custom perennial {
    username = ${user}
    password = ${password}
    checkip-server = "${checkip}"
    checkip-path = "/"
    ddns-server = "${server}"
    ddns-path = "/nic/update?hostname=%h&myip=%i"
    hostname = ${names}
}
`;
}

export const homeClients = { ddclient: toDdclientConf, inadyn: toInadynConf };

export type HomeClient = keyof typeof homeClients;
