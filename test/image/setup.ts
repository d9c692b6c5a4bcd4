/** Before the image's tests: what they need is there, or it is said what is not. */
import { spawnSync } from 'node:child_process';

const needed: [string, string[], string][] = [
  ['python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'], 'Python 3.11 or later'],
  ['shellcheck', ['--version'], 'shellcheck; on Debian: apt-get install shellcheck'],
];

export function setup(): void {
  const missing = needed.filter(([command, args]) => spawnSync(command, args).status !== 0);
  if (missing.length > 0)
    throw new Error(`The image's tests need ${missing.map(([, , name]) => name).join(', and ')}`);
}
