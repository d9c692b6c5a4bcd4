/** A person at a terminal, and the VPN that runs on their machine: `vpn` is run as they would run it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { makeToken } from '../../local/world-route.ts';
import { toLocalState } from '../../scripts/local-state.ts';
import { packageDir } from '../../scripts/package-dir.ts';
import { type LocalState, writeLocalState } from '../../scripts/vpn/places.ts';
import { type Ran, root } from '../scripts/cli.ts';

/** Each command is a process of its own, on a machine that may have much else to do. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

export interface CliStage {
  aws: LocalAws;
  token: string;
  /** The person's own folder. */
  home: string;
  env: Record<string, string>;
  /** Runs `vpn` with these words; `more` goes into its environment. */
  vpn: (line: string | string[], more?: Record<string, string>) => Promise<Ran>;
  /** The same with --local and --json; throws what it says if it fails. */
  ask: <T>(line: string | string[]) => Promise<T>;
  stop: () => Promise<void>;
}

export async function setCliStage(): Promise<CliStage> {
  const aws = await startLocalAws({
    packageDir,
    speed: 30,
    port: 0,
    seed: 1,
    onLog: () => {},
    onFailed: () => {},
  });
  const token = aws.pump.change(() => makeToken(aws.world, aws.config));
  const state = toLocalState(aws, token);
  const { home, env } = setHome(state);
  const vpn: CliStage['vpn'] = (line, more) => runVpn(line, { ...env, ...more });
  return {
    aws,
    token,
    home,
    env,
    vpn,
    async ask<T>(line: string | string[]) {
      const { code, stdout, stderr } = await vpn(['--local', '--json', ...toWords(line)]);
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout) as T;
    },
    async stop() {
      await aws.stop();
      rmSync(home, { recursive: true });
    },
  };
}

/** A person's folder, in which nothing is known but what `npm start` leaves, if it runs. */
export function setHome(state?: LocalState) {
  const home = mkdtempSync(join(tmpdir(), 'perennial-cli-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_RUNTIME_DIR: join(home, 'run'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  if (state) writeLocalState(state, env);
  return { home, env };
}

/** Never rejects: a failure is an exit code. What it waited for, on a slow machine, is left out. */
export function runVpn(line: string | string[], env: Record<string, string>): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'scripts/vpn.ts'), ...toWords(line)],
      { cwd: env.HOME, env, maxBuffer: 16 * 1024 * 1024 },
      (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr: stderr.replace(/^.* …\n/gm, '') }),
    );
  });
}

function toWords(line: string | string[]): string[] {
  return typeof line === 'string' ? line.split(' ').filter(Boolean) : line;
}
