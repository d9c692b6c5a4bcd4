/** Interruptions in a row, each way in a network of its own and all at once: printed as a table, and drawn. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { toSvg } from './picture.ts';
import type { Round } from './rounds.ts';
import { type Way, ways } from './stage.ts';
import { toTable } from './table.ts';

const help = `Interrupts servers in a row, and measures what it costs somebody who calls, types and downloads through
WireGuard: with a handover, with the address alone, and with the name alone, with AWS's notice and without. The servers'
agents, WireGuard, the loop and the client are real; AWS is played, and machines are namespaces of the network.

  npm run cutover -- [--rounds N] [--plain-rounds N] [--boot N] [--svg FILE] [--json FILE]

  --rounds N       interruptions with notice, and as many without (default 20)
  --plain-rounds N the same without a handover, which takes minutes each (default 5)
  --boot N         seconds until a machine's agent starts (default 30, as measured in a virtual machine)
  --svg FILE       where to draw it
  --json FILE      where to write what was measured

Needs root, and what test/handover needs. Twenty rounds take about an hour. Exits 0 only if every round came to its end.`;

export interface Run {
  way: Way;
  noticed: number;
  unnoticed: number;
}

/** All ways at once. Throws if any of them fails; what it has measured until then is told. */
export async function runAll(
  runs: readonly Run[],
  bootSeconds: number,
  onRound: (round: Round) => void,
): Promise<void> {
  const children: ChildProcess[] = [];
  const stop = () => {
    for (const child of children) child.kill('SIGTERM');
  };
  const cut = () => {
    process.exitCode = 130;
    stop();
  };
  process.once('SIGINT', cut);
  process.once('SIGTERM', cut);
  try {
    const all = runs.map(async ({ way, noticed, unnoticed }) => {
      const plan = 'n'.repeat(noticed) + 'u'.repeat(unnoticed);
      const script = 'ip link set lo up; exec "$@"';
      const own = join(import.meta.dirname, 'way.ts');
      const words = [process.execPath, own, way, String(bootSeconds * 1_000), plan];
      const child = spawn('unshare', ['-n', 'sh', '-ec', script, 'sh', ...words], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      createInterface({ input: child.stdout }).on('line', (line) => onRound(JSON.parse(line)));
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(process.exitCode ? 'cut off' : `${way} ended with ${code}`);
    });
    await Promise.all(all);
  } finally {
    stop();
    process.off('SIGINT', cut);
    process.off('SIGTERM', cut);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      'plain-rounds': { type: 'string', default: '5' },
      boot: { type: 'string', default: '30' },
      svg: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const toCount = (option: 'rounds' | 'plain-rounds' | 'boot', max: number) => {
    const count = Number(values[option]);
    if (Number.isInteger(count) && count >= 0 && count <= max && values[option]) return count;
    throw new Error(`--${option} is a whole number from 0 to ${max}, not ${values[option]}`);
  };
  const [rounds, plainRounds, boot] = [
    toCount('rounds', 100),
    toCount('plain-rounds', 100),
    toCount('boot', 120),
  ];
  const measured: Round[] = [];
  const runs = ways.map((way) => {
    const count = way === 'handover' ? rounds : plainRounds;
    return { way, noticed: count, unnoticed: count };
  });
  await runAll(
    runs.filter(({ noticed }) => noticed > 0),
    boot,
    (round) => {
      measured.push(round);
      const { way, noticed, gapMs, connectionsLost } = round;
      const seconds = (gapMs.call / 1_000).toFixed(2);
      console.error(
        `${way}, ${noticed ? 'with' : 'without'} notice: ${seconds} s, ${connectionsLost} connections lost`,
      );
    },
  );
  console.log(toTable(measured));
  if (values.svg) writeFileSync(values.svg, toSvg(measured));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(measured)}\n`);
  return 0;
}

if (import.meta.main)
  process.exitCode = await main().catch((error: Error) => {
    console.error(`cutover: ${error.message}`);
    return Number(process.exitCode ?? 2);
  });
