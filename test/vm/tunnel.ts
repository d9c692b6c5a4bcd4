/** WireGuard as people have it: the kernel's own. */
import { type Person, quote, router } from './people.ts';
import { wg } from './stage.ts';

/** What a person and the server know of each other. */
export interface Keys {
  privateKey: string;
  publicKey: string;
  presharedKey: string;
  /** In the tunnel. */
  address: string;
}

export function makeKeys(address: string): Keys {
  const privateKey = wg('genkey');
  return { privateKey, publicKey: wg('pubkey', privateKey), presharedKey: wg('genpsk'), address };
}

/** As Parameter Store has a user. */
export function toUser({ publicKey, presharedKey, address }: Keys): object {
  return { password: 'not-used-here', publicKey, presharedKey, address, old: null };
}

/** All traffic goes through it from then on. */
export async function raise(
  person: Person,
  server: { address: string; publicKey: string },
  { privateKey, presharedKey, address }: Omit<Keys, 'publicKey'>,
): Promise<void> {
  const conf = [
    '[Interface]',
    `PrivateKey = ${privateKey}`,
    '[Peer]',
    `PublicKey = ${server.publicKey}`,
    ...(presharedKey ? [`PresharedKey = ${presharedKey}`] : []),
    'AllowedIPs = 0.0.0.0/0',
    `Endpoint = ${server.address}:51820`,
  ].join('\n');
  await person.must(`
    ip link add wg0 type wireguard
    wg setconf wg0 /dev/stdin <<<${quote(conf)}
    ip address add ${address}/24 dev wg0
    ip link set wg0 mtu 1420 up
    ip route replace ${server.address} via ${router}
    ip route replace default dev wg0`);
}

/** As it was before, wherever the person has gone meanwhile. */
export async function lower({ must, address }: Person): Promise<void> {
  await must(`
    ip link del wg0
    ip address flush dev eth0
    ip address add ${address}/24 dev eth0
    ip route replace default via ${router}`);
}
