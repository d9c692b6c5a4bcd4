/** A stock Debian in a folder: what `install.sh` is run in, with nothing of this machine but its network. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { unpackDebian } from '../debian.ts';

interface Ran {
  code: number;
  output: string;
}

export interface Chroot {
  run: (...command: string[]) => Ran;
  /** The same while this process goes on, and answers what the command asks. */
  runAside: (...command: string[]) => Promise<Ran>;
  write: (path: string, text: string, mode?: number) => void;
  read: (path: string) => string;
  /** Every file and link but what may differ from one hour to the next, with its owner, mode and content. */
  snapshot: () => Map<string, string>;
  remove: () => void;
}

const root = resolve(import.meta.dirname, '../..');
const maxBuffer = 64 * 1024 * 1024;

export function makeChroot(suite: string): Chroot {
  const dir = unpackDebian(suite, ['ca-certificates', 'systemd-sysv']);
  const write: Chroot['write'] = (path, text, mode = 0o644) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
    chmodSync(join(dir, path), mode);
  };
  write('etc/resolv.conf', readFileSync('/etc/resolv.conf', 'utf8'));
  // As Debian asks for it: no package starts a service.
  write('usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', 0o755);
  cpSync(join(root, 'image'), join(dir, 'image'), { recursive: true });
  return {
    run(...command) {
      const ran = spawnSync('unshare', toInside(dir, command), { encoding: 'utf8', maxBuffer });
      return { code: ran.status ?? -1, output: ran.stdout + ran.stderr };
    },
    runAside: (...command) =>
      new Promise((done) => {
        execFile('unshare', toInside(dir, command), { maxBuffer }, (error, stdout, stderr) =>
          done({ code: Number(error?.code ?? 0), output: stdout + stderr }),
        );
      }),
    write,
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    snapshot: () => toSnapshot(dir),
    remove: () => rmSync(dir, { recursive: true }),
  };
}

function toInside(dir: string, command: string[]): string[] {
  const clean = ['env', '-i', 'PATH=/usr/sbin:/usr/bin', 'HOME=/root', 'LC_ALL=C.UTF-8'];
  const mounts = `mount --bind /dev ${dir}/dev && exec chroot ${dir} "$@"`;
  const own = ['--mount', '--pid', '--fork', `--mount-proc=${dir}/proc`];
  return [...own, 'sh', '-c', mounts, 'sh', ...clean, ...command];
}

/** Caches and logs; users of the system, which Debian's packages leave behind; the index of what is installed. */
const passing =
  /^(image|proc|sys|dev|tmp|run|root|var\/(cache|log|tmp|lib\/(apt|dpkg|systemd|ucf|python)))\/|^etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?$|^etc\/(hosts|ld\.so\.cache|\.pwd\.lock)$/;

function toSnapshot(dir: string): Map<string, string> {
  const list = ['.', '-xdev', '(', '-type', 'f', '-o', '-type', 'l', ')', '-printf'];
  const lines = execFileSync('find', [...list, '%P\\t%y %m %u %l\\n'], {
    cwd: dir,
    encoding: 'utf8',
  });
  const found = lines
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([path = '']) => !passing.test(path));
  return new Map(
    found.map(([path = '', facts = '']) => [
      path,
      facts.startsWith('f') ? `${facts}${hash(dir, path)}` : facts,
    ]),
  );
}

function hash(dir: string, path: string): string {
  return createHash('sha256')
    .update(readFileSync(join(dir, path)))
    .digest('hex');
}
