/** Measures the cold start of each function's bundle beside what no SDK, and no code at all, would take. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Canned, serve, toEnvironment } from './bench/canned.ts';
import type { Phases } from './bench/child.ts';
import { requests, toAnswers } from './bench/requests.ts';
import { build, bundle } from './build.ts';

const help = `Usage: npm run bench -- [--runs N] [--json] [bundle.js ...]

Starts each bundle N times (21) in a process of its own, in turns, on one core if taskset is there, against
canned answers on loopback. Each is asked what it is usually asked; another bundle, named to compare with, is asked what
the function of its name is, or else the loop. Milliseconds, medians:
  load    reading and running the bundle       first  the first invocation, with new connections
  init    from there to the first event        next   the second invocation
  cold    load + init + first                  wall   the whole process, from outside
  /floor  cold in floors: the loop's questions to AWS, signed by hand, without the SDK
  /bare   wall in bare starts of Node (node -e 0)`;

const runsDefault = 21;
/** Medians of fewer say nothing. */
const runsMin = 3;
/** A cold start takes a tenth of a second; what takes this long hangs. */
const childTimeoutMs = 20_000;

interface Subject {
  name: string;
  /** What Node is given. */
  args: string[];
  bytes: number;
}

interface Run extends Phases {
  wall: number;
  calls: number;
}

interface Measured {
  subject: Subject;
  runs: Run[];
}

interface Row {
  name: string;
  bytes: number;
  calls: number;
  ms: Record<keyof Phases | 'cold' | 'coldP90' | 'wall', number>;
  floors: number;
  bares: number;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: String(runsDefault) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < runsMin)
    throw new Error(`--runs is a whole number from ${runsMin} on, not ${values.runs}`);
  const folder = await mkdtemp(join(tmpdir(), 'perennial-bench-'));
  const canned = await serve(toAnswers(Date.now));
  try {
    const rows = toRows(await measure(await toSubjects(folder, positionals), runs, canned));
    console.log(values.json ? JSON.stringify(rows) : toTable(rows));
  } finally {
    canned.close();
    await rm(folder, { recursive: true });
  }
}

async function toSubjects(folder: string, others: string[]): Promise<Subject[]> {
  await build(join(folder, 'functions'));
  await bundle(
    [`${import.meta.dirname}/bench/child.ts`, `${import.meta.dirname}/bench/floor.ts`],
    folder,
  );
  const child = join(folder, 'child.js');
  const own = Object.keys(requests).map((name) => join(folder, `functions/${name}.js`));
  const paths = [join(folder, 'floor.js'), ...own, ...others];
  const bundles = paths.map(async (path) => {
    const name = basename(path, '.js');
    const event = JSON.stringify(requests[name] ?? requests.reconcile);
    return { name, args: [child, resolve(path), event], bytes: (await stat(path)).size };
  });
  return [{ name: 'bare', args: ['-e', '0'], bytes: 0 }, ...(await Promise.all(bundles))];
}

/** In turns, so that whatever else the machine does meets all alike. */
async function measure(subjects: Subject[], runs: number, canned: Canned): Promise<Measured[]> {
  const oneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  const command = oneCore ? ['taskset', '-c', '0', process.execPath] : [process.execPath];
  const measured = subjects.map((subject): Measured => ({ subject, runs: [] }));
  // The first round fills the disk's cache and does not count.
  for (let round = 0; round <= runs; round++)
    for (const { subject, runs } of measured) {
      const run = await start(command, subject, canned);
      if (round > 0) runs.push(run);
    }
  return measured;
}

async function start(command: string[], { name, args }: Subject, canned: Canned): Promise<Run> {
  const [file = '', ...first] = command;
  const callsBefore = canned.calls.length;
  const started = performance.now();
  const child = spawn(file, [...first, ...args], {
    env: { PATH: process.env.PATH, ...toEnvironment(canned.url) },
    timeout: childTimeoutMs,
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const wall = performance.now() - started;
  if (code !== 0)
    throw new Error(`${name} failed (${code ?? `over ${childTimeoutMs} ms`}): ${errors || output}`);
  const phases = toPhases(output);
  // Each child asks its questions twice.
  return { ...phases, wall, calls: (canned.calls.length - callsBefore) / 2 };
}

function toPhases(output: string): Phases {
  const line = output.trim().split('\n').at(-1);
  return line ? JSON.parse(line) : { load: 0, init: 0, first: 0, next: 0 };
}

function toRows(measured: Measured[]): Row[] {
  const rows = measured.map(({ subject: { name, bytes }, runs }) => {
    const at = (part: number, value: (run: Run) => number) => quantile(runs.map(value), part);
    const cold = ({ load, init, first }: Run) => load + init + first;
    const ms = {
      load: at(0.5, ({ load }) => load),
      init: at(0.5, ({ init }) => init),
      first: at(0.5, ({ first }) => first),
      next: at(0.5, ({ next }) => next),
      cold: at(0.5, cold),
      coldP90: at(0.9, cold),
      wall: at(0.5, ({ wall }) => wall),
    };
    return { name, bytes, calls: at(0.5, ({ calls }) => calls), ms };
  });
  const [bare, floor] = rows;
  return rows.map((row) => ({
    ...row,
    floors: row.ms.cold / (floor?.ms.cold ?? 0),
    bares: row.ms.wall / (bare?.ms.wall ?? 0),
  }));
}

function quantile(values: number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
}

function toTable(rows: Row[]): string {
  const head = [
    '',
    'bytes',
    'calls',
    'load',
    'init',
    'first',
    'cold',
    'p90',
    '/floor',
    'next',
    'wall',
    '/bare',
  ];
  const lines = rows.map(({ name, bytes, calls, ms, floors, bares }) => [
    name,
    String(bytes),
    String(calls),
    ...[ms.load, ms.init, ms.first, ms.cold, ms.coldP90, floors, ms.next, ms.wall, bares].map(
      (number) => (number ? number.toFixed(1) : '-'),
    ),
  ]);
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [head, ...lines]
    .map(([name = '', ...cells]) =>
      [name.padEnd(width), ...cells.map((cell) => cell.padStart(7))].join(' '),
    )
    .join('\n');
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
