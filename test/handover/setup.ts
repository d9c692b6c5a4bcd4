/** Before the tests of the handover: what they need is there, or it is said what is not. */
import { spawnSync } from 'node:child_process';

const needed: [string, string[], string][] = [
  ['ip', ['-V'], 'iproute2'],
  ['nft', ['-v'], 'nftables'],
  ['conntrack', ['-V'], 'conntrack'],
  ['wg', ['--version'], 'wireguard-tools'],
  ['wireguard-go', ['--version'], 'wireguard-go'],
];

export function setup(): void {
  if (process.getuid?.() !== 0)
    throw new Error('The tests of the handover need root: they make namespaces of the network');
  const missing = needed.filter(([command, args]) => spawnSync(command, args).error);
  if (missing.length > 0)
    throw new Error(
      `The tests of the handover need more; on Debian: apt-get install ${missing.map(([, , name]) => name).join(' ')}`,
    );
}
