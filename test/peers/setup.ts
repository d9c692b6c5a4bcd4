/** Before the peers judge: what they need is installed under .cache, once, and again when their pins change. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the peers' commands: aws, cfn-lint, parliament, python. */
    peersBin: string;
    /** The folder that stands for / to Debian's ddclient, inadyn, nmcli and wg-quick. */
    debianRoot: string;
  }
}

const cache = resolve(import.meta.dirname, '../../.cache');

export function setup({ provide }: TestProject): void {
  provide('peersBin', installPython(join(cache, 'peers')));
  provide('debianRoot', unpackDebian(join(cache, 'debian')));
}

/** A virtual environment. Answers the folder of its commands. */
function installPython(venv: string): string {
  const bin = join(venv, 'bin');
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const constraints = join(import.meta.dirname, 'constraints.txt');
  const pins = [readPythonVersion(), readFileSync(requirements), readFileSync(constraints)];
  once(venv, pins, () => {
    console.log(`Installing test/peers/requirements.txt into ${venv}; it takes half a minute`);
    show('python3', ['-m', 'venv', venv]);
    show(join(bin, 'pip'), ['install', '-qr', requirements, '--disable-pip-version-check']);
  });
  return bin;
}

function readPythonVersion(): string {
  try {
    // Debian leaves ensurepip, and with it pip, out of python3.
    const script = 'import ensurepip, sys; print(sys.version)';
    return execFileSync('python3', ['-c', script], { stdio: 'pipe' }).toString();
  } catch (error) {
    throw new Error(
      'The peers need Python 3.11 or later, with venv; on Debian: apt-get install python3-venv',
      { cause: error },
    );
  }
}

/** Debian's packages, and the libraries that not every Debian has; each run takes what its Debian is at. */
const debianPackages = [
  'ddclient',
  'inadyn',
  'libconfuse2',
  'network-manager',
  'libnm0',
  'wireguard-tools',
];

/** Unpacks without installing: no daemon is started, and nobody need be root but for a list of packages. */
function unpackDebian(dir: string): string {
  const root = join(dir, 'root');
  once(dir, [readDebianVersion(), ...debianPackages], () => {
    console.log(`Unpacking ${debianPackages.join(', ')} into ${root}`);
    const download = () => show('apt-get', ['download', '-q', ...debianPackages], dir);
    try {
      download();
    } catch {
      // A new container has no list of packages.
      show('apt-get', ['update', '-q']);
      download();
    }
    for (const file of globSync('*.deb', { cwd: dir }))
      show('dpkg-deb', ['--extract', join(dir, file), root]);
  });
  return root;
}

function readDebianVersion(): Buffer {
  try {
    // ddclient needs more than the Perl that every Debian has.
    execFileSync('perl', ['-MSys::Hostname', '-e', '1'], { stdio: 'pipe' });
    return readFileSync('/etc/debian_version');
  } catch (error) {
    throw new Error('The peers need Debian or a child of it, with: apt-get install perl', {
      cause: error,
    });
  }
}

/** Does it in an empty folder, unless it was done there with the same pins before. */
function once(dir: string, pins: (string | Buffer)[], install: () => void): void {
  const hash = createHash('sha256');
  for (const pin of pins) hash.update(pin);
  const stamp = hash.digest('hex');
  const stampPath = join(dir, 'stamp');
  if (read(stampPath) === stamp) return;
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  install();
  // Written last: what broke half-way is made anew.
  writeFileSync(stampPath, stamp);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function show(command: string, args: string[], cwd = '.'): void {
  execFileSync(command, args, { stdio: 'inherit', cwd });
}
