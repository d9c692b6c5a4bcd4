/** The file that a WireGuard client is given. */
import { expect, test } from 'vitest';
import { toWireGuardConf } from '../../shared/users/wireguard.ts';

const keys = {
  privateKey: 'dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=',
  presharedKey: 'XasIfmJKikt54X+Lg4AO5m87sSkmGLb9HC+LJ/+I4Os=',
  address: '10.40.2.7',
  serverPublicKey: '3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=',
};
const endpoint = { name: 'vpn.example.org', dns: ['1.1.1.1', '9.9.9.9'] };

test('has all that wg-quick reads, and takes all traffic', () => {
  expect(toWireGuardConf(keys, endpoint)).toBe(`[Interface]
PrivateKey = ${keys.privateKey}
Address = 10.40.2.7/32
DNS = 1.1.1.1, 9.9.9.9

[Peer]
PublicKey = ${keys.serverPublicKey}
PresharedKey = ${keys.presharedKey}
Endpoint = vpn.example.org:51820
AllowedIPs = 0.0.0.0/0, ::/0
PersistentKeepalive = 25
`);
});

test('leaves room for a key that only its owner has', () => {
  const conf = toWireGuardConf({ ...keys, privateKey: null }, endpoint);
  expect(conf).toContain('\nPrivateKey = (your own private key)\n');
});
