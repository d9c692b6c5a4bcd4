/** Runs a script as a person would, and tells what came of it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `script` is a path in `scripts/`. Never rejects: a failure is an exit code. */
export function run(script: string, args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const command = [join(root, 'scripts', script), ...args];
    const child = execFile(
      process.execPath,
      command,
      { cwd: root, maxBuffer: 64 * 1_024 * 1_024 },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}
