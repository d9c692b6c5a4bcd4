/** Before the tests with virtual machines: what they need is there, and their disks are. */
import { spawnSync } from 'node:child_process';
import { makeDisks } from './disk.ts';
import { suite } from './suite.ts';

const needed: [string, string[], string][] = [
  ['qemu-system-x86_64', ['--version'], 'qemu-system-x86'],
  ['qemu-img', ['--version'], 'qemu-utils'],
  ['mmdebstrap', ['--version'], 'mmdebstrap'],
  ['mke2fs', ['-V'], 'e2fsprogs'],
  ['ip', ['-V'], 'iproute2'],
  ['nft', ['-v'], 'nftables'],
  ['wg', ['--version'], 'wireguard-tools'],
  ['setpriv', ['--version'], 'util-linux'],
  ['openssl', ['version'], 'openssl'],
  ['python3', ['--version'], 'python3'],
];

export async function setup(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error('The tests with virtual machines need root: they make disks and namespaces');
  const missing = needed.filter(([command, args]) => spawnSync(command, args).error);
  if (missing.length > 0)
    throw new Error(
      `The tests with virtual machines need more; on Debian: apt-get install ${missing.map(([, , name]) => name).join(' ')}`,
    );
  await makeDisks(suite);
}
