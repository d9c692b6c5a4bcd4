/** Runs osls, the deployer, as the person would: in the project's folder, with their environment. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Context } from './command.ts';
import { root } from './settings.ts';
import { Trouble } from './trouble.ts';

/** What it says goes to stderr: stdout is for the answer. ^C reaches it too, and it is waited for. */
export async function runOsls({ env, signal }: Context, words: string[]): Promise<void> {
  const args = [join(root, 'node_modules/osls/bin/serverless.js'), ...words];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['inherit', 2, 2],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  signal.throwIfAborted();
  if (code !== 0)
    throw new Trouble(`"osls ${words.join(' ')}" has failed; what it said above tells why.`);
}
