/** A server's agent as a process, in a folder that stands for the server's disk, before a played AWS. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const agentPath = resolve(import.meta.dirname, '../../image/usr/local/lib/perennial/agent');

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Server {
  root: string;
  write: (path: string, text: string, mode?: number) => void;
  /** Clients have sent so many packets through their tunnels since the firewall was laid. */
  hear: (packets: number) => void;
  read: (path: string) => string;
  /** Runs the agent's command to its end. */
  agent: (...args: string[]) => Promise<Ran>;
  /** Starts the daemon. */
  start: () => void;
  /** Ends it as systemd does, or as a fault would. Answers what it has logged. */
  stop: (signal?: NodeJS.Signals) => Promise<string>;
  remove: () => Promise<void>;
}

/** In place of what needs a kernel of its own: each writes down what it was asked, and what it was given. */
const standIns: Record<string, string> = {
  systemctl: '',
  ip: '',
  nft: `case "$*" in
    list*) cat "$root/nft-heard" ;;
    *) cat >"$root/nft" ;;
  esac`,
  wg: `case "$*" in
    *dump) cat "$root/wg-dump" ;;
    *listen-port) echo 51820 ;;
    *public-key) echo key ;;
    syncconf*) cat >"$root/wg-conf" ;;
    addconf*) cat >>"$root/wg-added" ;;
    genkey) echo 6Ds0ltGhJZGkWnYmnnDZVjtn9jQbQmzZbk8uWmFBjXQ= ;;
  esac`,
};

export function setServer(conf: string): Server {
  const root = mkdtempSync(join(tmpdir(), 'perennial-server-'));
  const bin = join(root, 'bin');
  const env = { PATH: `${bin}:${process.env.PATH}` };
  let daemon: ChildProcess | null = null;
  let log = '';

  const server: Server = {
    root,
    write(path, text, mode = 0o600) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      chmodSync(join(root, path), mode);
    },
    hear: (packets) =>
      server.write(
        'nft-heard',
        `table inet perennial {\n\tcounter heard {\n\t\tpackets ${packets} bytes 1\n\t}\n}\n`,
      ),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    agent: (...args) =>
      new Promise((done) => {
        execFile(agentPath, ['--root', root, ...args], { env }, (error, stdout, stderr) =>
          done({ code: Number(error?.code ?? 0), stdout, stderr }),
        );
      }),
    start() {
      daemon = spawn(agentPath, ['--root', root, 'run'], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [daemon.stdout, daemon.stderr])
        stream?.on('data', (chunk) => {
          log += chunk;
        });
    },
    async stop(signal = 'SIGTERM') {
      if (daemon?.kill(signal)) await once(daemon, 'close');
      daemon = null;
      return log;
    },
    async remove() {
      await server.stop('SIGKILL');
      rmSync(root, { recursive: true });
    },
  };
  for (const [name, script] of Object.entries(standIns))
    server.write(
      `bin/${name}`,
      `#!/bin/sh\nroot=${root}\necho "${name} $*" >>"$root/commands"\n${script}\n`,
      0o755,
    );
  for (const path of ['run/perennial', 'var/lib/perennial', 'etc/perennial'])
    mkdirSync(join(root, path), { recursive: true });
  server.hear(0);
  server.write('wg-dump', 'key\tkey\t51820\toff\n');
  server.write('sys/class/net/wg0/flags', '0x1\n');
  server.write('sys/module/ppp_mppe/refcnt', '0\n');
  server.write('etc/perennial/server.conf', conf);
  return server;
}
