/** A real terminal that a person sits at: keys go in, and what stands on its screen comes out. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { root } from '../scripts/cli.ts';

export interface Terminal {
  /** A line, with Enter. */
  type: (line: string) => Promise<void>;
  /** Keys by tmux's names: Enter, Down, Space, C-c. */
  press: (...keys: string[]) => Promise<void>;
  /** What stands there now; with the escape codes of colours if asked for. */
  read: (withColors?: boolean) => Promise<string>;
  /** Waits until that stands there. */
  until: (pattern: RegExp) => Promise<string>;
  clear: () => Promise<void>;
  close: () => Promise<void>;
}

const run = promisify(execFile);
/** Of a machine that has much else to do. */
const patience = { timeout: 120_000, interval: 200 };

export async function openTerminal(
  env: Record<string, string>,
  { columns = 100, rows = 60, project = root } = {},
): Promise<Terminal> {
  const socket = `perennial-${process.pid}-${columns}x${rows}-${Date.now()}`;
  const tmux = async (...args: string[]) =>
    (await run('tmux', ['-L', socket, '-f', '/dev/null', ...args])).stdout;
  const vars = Object.entries({ ...env, PS1: '$ ', NO_COLOR: '' }).flatMap(([key, value]) => [
    '-e',
    `${key}=${value}`,
  ]);
  // A login shell would read the person's own files.
  const shell = `unset NO_COLOR; vpn() { node ${project}/scripts/vpn.ts "$@"; }; export -f vpn; exec bash --norc --noprofile`;
  const size = ['-x', String(columns), '-y', String(rows)];
  await tmux('new-session', '-d', ...size, '-c', env.HOME ?? root, ...vars, 'bash', '-c', shell);
  const read = (withColors = false) =>
    tmux('capture-pane', '-p', ...(withColors ? ['-e'] : []), '-S', '-');
  const press = async (...keys: string[]) => {
    await tmux('send-keys', ...keys);
  };
  return {
    read,
    press,
    async type(line) {
      await tmux('send-keys', '-l', line);
      await press('Enter');
    },
    async until(pattern) {
      await expect.poll(() => read(), patience).toMatch(pattern);
      return read();
    },
    async clear() {
      await tmux('send-keys', '-R', 'C-l');
      await tmux('clear-history');
    },
    async close() {
      await tmux('kill-server');
    },
  };
}
