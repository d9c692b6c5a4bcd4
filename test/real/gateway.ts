/** What EC2's internet gateway does: each server has a public address of which it knows nothing itself. */

/**
 * Packets are rewritten before anything is tracked, so that connections go on where an address moves; a server without an
 * address reaches nobody but `past`.
 *
 * @param addresses each server's public address, or null, in the order of the servers
 * @param own a server's address behind the gateway, all of them within 172.31.0.0/16
 * @param past where servers go by their own addresses, as nft writes it
 * @returns what `nft` takes as one argument: the table `gateway`, made anew
 */
export function toGateway(
  addresses: (string | null)[],
  own: (index: number) => string,
  past: string,
): string {
  const rules = addresses.flatMap((address, index) =>
    address
      ? [
          `ip daddr ${address} ip daddr set ${own(index)} notrack`,
          `ip saddr ${own(index)} ip daddr != ${past} ip saddr set ${address} notrack`,
        ]
      : [],
  );
  return [
    'add table ip gateway',
    'delete table ip gateway',
    'add table ip gateway',
    'add chain ip gateway pre { type filter hook prerouting priority raw; }',
    ...[...rules, `ip saddr 172.31.0.0/16 ip daddr != ${past} drop`].map(
      (rule) => `add rule ip gateway pre ${rule}`,
    ),
  ].join('; ');
}
