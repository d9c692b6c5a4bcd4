/** The real `aws` command, as a person would run it against an AWS on this machine. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs it to its end, whatever that is; nothing of our own environment goes in. */
export function run(command: string, args: string[], env: Record<string, string> = {}, cwd = '.') {
  return new Promise<Ran>((resolve, reject) => {
    execFile(
      command,
      args,
      { env: { PATH: process.env.PATH, ...env }, cwd },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error);
        else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

/** By name without its dashes; what is neither text nor `true` goes over as JSON. */
export type Options = Record<string, string | string[] | object | true>;

export interface Aws {
  /** `command` is like 'ec2 run-instances'. Rejects if it fails; answers its JSON, or null if it printed nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: every operation has an answer of its own
  ask: (command: string, options?: Options) => Promise<any>;
  /** Answers how the command ended, however that was. */
  run: (command: string, options?: Options) => Promise<Ran>;
}

export function toAws(peersBin: string, url: string): Aws {
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'peer',
    AWS_SECRET_ACCESS_KEY: 'peer',
    // No profile of the person who runs this, and no second try of what failed.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_MAX_ATTEMPTS: '1',
  };
  const runAws = (command: string, options: Options = {}) =>
    run(join(peersBin, 'aws'), [...command.split(' '), ...toArguments(options)], env);
  return {
    run: runAws,
    async ask(command, options) {
      const { code, stdout, stderr } = await runAws(command, { ...options, output: 'json' });
      if (code !== 0) throw new Error(`aws ${command} failed (${code}): ${stderr}`);
      return stdout.trim() ? JSON.parse(stdout) : null;
    },
  };
}

function toArguments(options: Options): string[] {
  return Object.entries(options).flatMap(([option, value]) => {
    if (value === true) return [`--${option}`];
    if (typeof value === 'string' || Array.isArray(value)) return [`--${option}`, value].flat();
    return [`--${option}`, JSON.stringify(value)];
  });
}
