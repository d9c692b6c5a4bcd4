/** Starts moto, which plays AWS and is not ours. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface Moto {
  url: string;
  /** Forgets everything that it was told. */
  reset: () => Promise<void>;
  /** Ends when the process is gone. */
  stop: () => Promise<void>;
}

/** It listens within a second, unless the machine is busy with much else. */
const startMaxMs = 30_000;

/** Without these it would launch any image, of any type. */
const strict = {
  MOTO_ENABLE_AMI_VALIDATION: '1',
  MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: '1',
};

/** Rejects if it does not listen in time, with what it wrote. */
export async function startMoto(peersBin: string): Promise<Moto> {
  const script = join(import.meta.dirname, 'serve_moto.py');
  // Port 0 takes a free one. Nothing of our own environment goes in.
  const child = spawn(join(peersBin, 'python'), [script, '-H', '127.0.0.1', '-p', '0'], {
    env: { ...strict },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const stop = () => {
    child.kill();
    return gone;
  };
  try {
    const url = await readUrl(child);
    return { url, reset: () => reset(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Werkzeug says where it listens once it does; all that it writes after that is read and dropped. */
function readUrl(child: ChildProcessByStdio<Writable, null, Readable>): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const fail = (why: string) => reject(new Error(`moto ${why}:\n${lines.join('\n')}`));
    const timeout = setTimeout(() => fail('did not listen in time'), startMaxMs);
    createInterface(child.stderr).on('line', (line) => {
      const [, url] = /Running on (http:\S+)/.exec(line) ?? [];
      if (url) resolve(url);
      else lines.push(line);
    });
    child.on('error', ({ message }) => fail(message));
    child.on('close', () => fail('ended'));
    child.on('close', () => clearTimeout(timeout));
  });
}

async function reset(url: string): Promise<void> {
  const { ok, status } = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  if (!ok) throw new Error(`moto could not be reset: ${status}`);
}
