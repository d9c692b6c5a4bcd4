/** Runs the agent's own modules: a script with the input as `asked`, whose `answer` comes back. */
import { execFile, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { agentPath } from './server.ts';

const command = 'python3';
const maxBuffer = 64 * 1024 * 1024;

export function askPython<T>(script: string, input: unknown): T {
  const ran = spawnSync(command, toArguments(script), {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as T;
}

/** The same for a script that talks with this process meanwhile. */
export function runPython<T>(script: string, input: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, toArguments(script), { maxBuffer }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout) as T);
    });
    child.stdin?.end(JSON.stringify(input));
  });
}

function toArguments(script: string): string[] {
  const program = [
    'import json, sys',
    `sys.path.insert(0, ${JSON.stringify(dirname(agentPath))})`,
    'asked = json.load(sys.stdin)',
    script,
    'json.dump(answer, sys.stdout)',
  ];
  return ['-IBc', program.join('\n')];
}
