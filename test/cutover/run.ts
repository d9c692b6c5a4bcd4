/** Interruptions in a row, each way in a network of its own and all at once: printed as a table, and drawn. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { toSvg } from './picture.ts';
import { type Round, type Way, ways } from './rounds.ts';
import { toTable } from './table.ts';

const help = `Interrupts servers in a row, and measures what it costs somebody who calls, types and downloads through
WireGuard: with a handover, with the address alone, and with the name alone, with AWS's notice and without. The servers'
agents, WireGuard, the loop and the client are real; AWS is played, and machines are namespaces of the network.

With --machines vm they are virtual machines with Debian under QEMU, which AWS's notice and the packaged functions
reach as they would in EC2, and somebody is connected by PPTP too. Each round takes minutes, and one way comes after the
other.

  npm run cutover -- [--rounds N] [--plain-rounds N] [--boot N] [--machines KIND] [--svg FILE] [--json FILE]

  --rounds N       interruptions with notice, and as many without (default 20)
  --plain-rounds N the same without a handover, which takes minutes each (default 5)
  --boot N         seconds until a namespace's agent starts (default 30, as measured in a virtual machine)
  --machines KIND  namespace (default), or vm, which needs what \`npm run test:vm\` needs, and \`npm run package\`
  --svg FILE       where to draw it
  --json FILE      where to write what was measured

Needs root, and what test/handover needs. Twenty rounds take about an hour; in virtual machines a round takes 80 s, and a
plain one up to seven minutes. Files are written after each round, so that one that is broken off by ^C has what there
was until then. Exits 0 only if every round came to its end.`;

const kinds = ['namespace', 'vm'] as const;
type Kind = (typeof kinds)[number];

export interface Run {
  way: Way;
  noticed: number;
  unnoticed: number;
}

/** Several ways have the same addresses. Disks of virtual machines are made of what Debian's mirrors have. */
const inOwnNetwork = ['unshare', '-n', 'sh', '-ec', 'ip link set lo up; exec "$@"', 'sh'];

/**
 * All ways at once; where machines are emulated, one after the other. Throws if any of them fails; what it has measured
 * until then is told.
 */
export async function runAll(
  runs: readonly Run[],
  { machines, bootSeconds }: { machines: Kind; bootSeconds: number },
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
    const begin = async ({ way, noticed, unnoticed }: Run) => {
      // In turns, so that one that is broken off has some of each.
      const turns = Math.min(noticed, unnoticed);
      const plan = 'nu'.repeat(turns) + 'n'.repeat(noticed - turns) + 'u'.repeat(unnoticed - turns);
      const own = join(import.meta.dirname, 'way.ts');
      const words = [process.execPath, own, way, machines, String(bootSeconds * 1_000), plan];
      const [command = '', ...rest] = machines === 'vm' ? words : [...inOwnNetwork, ...words];
      const child = spawn(command, rest, {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('{')) onRound(JSON.parse(line) as Round);
        else console.error(line);
      });
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(process.exitCode ? 'cut off' : `${way} ended with ${code}`);
    };
    if (machines === 'namespace') await Promise.all(runs.map(begin));
    else for (const run of runs) await begin(run);
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
      machines: { type: 'string', default: 'namespace' },
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
  const machines = kinds.find((kind) => kind === values.machines);
  if (!machines)
    throw new Error(`--machines is one of ${kinds.join(', ')}, not ${values.machines}`);
  const measured: Round[] = [];
  const runs = ways.map((way) => {
    const count = way === 'handover' ? rounds : plainRounds;
    return { way, noticed: count, unnoticed: count };
  });
  const all = runs.reduce((sum, { noticed, unnoticed }) => sum + noticed + unnoticed, 0);
  const onRound = (round: Round) => {
    measured.push(round);
    console.error(`${measured.length} of ${all}: ${toLine(round)}`);
    if (values.svg) writeFileSync(values.svg, toSvg(measured));
    if (values.json) writeFileSync(values.json, `${JSON.stringify(measured)}\n`);
  };
  try {
    await runAll(
      runs.filter(({ noticed }) => noticed > 0),
      { machines, bootSeconds: boot },
      onRound,
    );
  } finally {
    if (measured.length > 0) console.log(toTable(measured));
  }
  return 0;
}

function toLine({ way, noticed, gapMs, lossMs, connectionsLost, lateMs, pptp }: Round): string {
  const toSeconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  const words = [
    `${way}, ${noticed ? 'with' : 'without'} notice: ${toSeconds(gapMs.call)}, with packets lost ${toSeconds(lossMs)}`,
    `${connectionsLost} connections lost`,
    ...(lateMs > 0 ? [`the caller's machine busy for ${toSeconds(lateMs)}`] : []),
    ...(pptp ? [`PPTP ${toSeconds(pptp.gapMs)}`] : []),
  ];
  return words.join(', ');
}

if (import.meta.main)
  process.exitCode = await main().catch((error: Error) => {
    console.error(`cutover: ${error.message}`);
    return Number(process.exitCode ?? 2);
  });
