/** A WireGuard client's configuration file, as wg-quick and the apps on phones read it. */
import type { ShownKeys } from './shown.ts';

export interface Endpoint {
  /** A name: an address would be wrong after the next replacement. */
  name: string;
  /** For names, inside the tunnel. */
  dns: string[];
}

const port = 51_820;

/** Keeps the client's own router from forgetting it, and the server informed of where it is. */
const keepaliveSeconds = 25;

/** `commands` are what wg-quick runs when the tunnel comes and goes; the apps know of none. */
export function toWireGuardConf(
  keys: ShownKeys,
  { name, dns }: Endpoint,
  commands: string[] = [],
): string {
  return [
    '[Interface]',
    // Whoever brought a key has the private half, or this file already.
    `PrivateKey = ${keys.privateKey ?? '(your own private key)'}`,
    `Address = ${keys.address}/32`,
    `DNS = ${dns.join(', ')}`,
    ...commands,
    '',
    '[Peer]',
    `PublicKey = ${keys.serverPublicKey}`,
    `PresharedKey = ${keys.presharedKey}`,
    `Endpoint = ${name}:${port}`,
    // IPv6 too, which the server does not carry: else it would go past the tunnel.
    'AllowedIPs = 0.0.0.0/0, ::/0',
    `PersistentKeepalive = ${keepaliveSeconds}`,
    '',
  ].join('\n');
}
