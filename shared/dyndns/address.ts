/** IP addresses: read strictly, written in one form, and told apart by who can be reached at them. */
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';
import { parkedAddress } from '../core/limits.ts';

/** An address is the value of a record of its type. */
export interface Address {
  type: 'A' | 'AAAA';
  value: string;
}

/** `private` and `documentation` addresses may be allowed to a host, `special` ones never are. */
export type AddressKind = 'public' | 'private' | 'documentation' | 'special';

/** IPv6 has no documentation net that routers drop by themselves; this is from its discard-only block (RFC 6666). */
export const parked: Record<Address['type'], string> = { A: parkedAddress, AAAA: '100::1' };

/** RFC 5952's form, or null. An IPv4 address that is mapped into IPv6 is an IPv4 address. */
export function toAddress(text: string): Address | null {
  if (isIPv4(text)) return { type: 'A', value: text };
  // A zone, as in fe80::1%eth0, means nothing to anybody else.
  if (!isIPv6(text) || text.includes('%')) return null;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const mapped = address.replace(/^::ffff:/, '');
  return isIPv4(mapped) ? { type: 'A', value: mapped } : { type: 'AAAA', value: address };
}

export function toKind({ type, value }: Address): AddressKind {
  const family = type === 'A' ? 'ipv4' : 'ipv6';
  if (value === parked[type]) return 'special';
  const [kind] = nets.find(([, list]) => list.check(value, family)) ?? [];
  if (kind) return kind;
  return type === 'A' || globalUnicast.check(value, family) ? 'public' : 'special';
}

/** IANA's registries of special-purpose addresses (RFC 6890), and multicast. */
const nets: [AddressKind, BlockList][] = [
  ['private', toList('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7')],
  [
    'documentation',
    toList('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'),
  ],
  [
    'special',
    toList(
      '0.0.0.0/8',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '192.0.0.0/24',
      '192.88.99.0/24',
      '198.18.0.0/15',
      '224.0.0.0/4',
      '240.0.0.0/4',
      // Protocol assignments, Teredo among them, and 6to4, which hides an IPv4 address.
      '2001::/23',
      '2002::/16',
    ),
  ],
];

/** All of IPv6 that is given to networks so far: beside it there are only special purposes. */
const globalUnicast = toList('2000::/3');

function toList(...subnets: string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', prefix = ''] = subnet.split('/');
    list.addSubnet(net, Number(prefix), isIPv4(net) ? 'ipv4' : 'ipv6');
  }
  return list;
}
