/** The line between a test and a machine: bash goes in, what came of it comes out, and each boot is announced. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

export interface Ran {
  code: number;
  /** What it printed, errors too. */
  output: string;
}

interface Channel {
  /** Null if the machine went down before it answered. */
  ask: (script: string) => Promise<Ran | null>;
  /** Resolves at the next boot. */
  booted: () => Promise<void>;
  close: () => void;
}

export async function openChannel(
  path: string,
  qemu: ChildProcess,
  toFault: () => Error,
): Promise<Channel> {
  const socket = await dialInTime(path, qemu, toFault);
  const asked = new Map<number, (ran: Ran | null) => void>();
  const waiting: { resolve: () => void; reject: (fault: Error) => void }[] = [];
  let count = 0;
  const forget = () => {
    for (const answer of asked.values()) answer(null);
    asked.clear();
  };
  createInterface({ input: socket }).on('line', (line) => {
    const said = JSON.parse(line) as { boot: string } | ({ id: number } & Ran);
    if ('boot' in said) {
      forget();
      for (const { resolve } of waiting.splice(0)) resolve();
    } else {
      asked.get(said.id)?.({ code: said.code, output: said.output });
      asked.delete(said.id);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    forget();
    for (const { reject } of waiting.splice(0)) reject(toFault());
  });
  return {
    ask(script) {
      count += 1;
      const id = count;
      if (socket.destroyed) return Promise.resolve(null);
      socket.write(`${JSON.stringify({ id, script })}\n`);
      return new Promise((resolve) => asked.set(id, resolve));
    },
    booted: () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    close: () => socket.destroy(),
  };
}

/** QEMU makes the socket a moment after it has started. */
async function dialInTime(path: string, qemu: ChildProcess, toFault: () => Error): Promise<Socket> {
  while (qemu.exitCode === null && qemu.signalCode === null) {
    try {
      return await dial(path);
    } catch {
      await wait(50);
    }
  }
  throw toFault();
}

export async function dial(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}
