/** The line to QEMU itself: its machine protocol, QMP. */
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { dial } from './channel.ts';

type Said = { return: unknown } | { error: { desc: string } } | { event: string } | { QMP: object };
type Ask = (execute: string, args?: object) => Promise<unknown>;

const lookMs = 50;

/** Writes all that the machine knows to a file, from which another QEMU can go on, and stops it. */
export async function saveState(socketPath: string, file: string): Promise<void> {
  const socket = await dial(socketPath);
  try {
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const ask: Ask = async (execute, args = {}) => {
      socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`QEMU has ended before it answered ${execute}`);
        const said = JSON.parse(value) as Said;
        if ('error' in said) throw new Error(`QEMU refuses ${execute}: ${said.error.desc}`);
        if ('return' in said) return said.return;
      }
    };
    await ask('qmp_capabilities');
    await ask('migrate', { uri: `exec:cat >'${file}'` });
    for (;;) {
      const { status } = (await ask('query-migrate')) as { status?: string };
      if (status === 'completed') return;
      if (status === 'failed') throw new Error(`QEMU could not write ${file}`);
      await wait(lookMs);
    }
  } finally {
    socket.destroy();
  }
}
