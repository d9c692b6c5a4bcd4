/** Plants faults in the loop, in users' commands and in the server's agent, one at a time, and shows that the tests notice. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import mutants from './mutants.json' with { type: 'json' };

/** A fault that somebody might make, as a change of one place: `find` stands in the file exactly once. */
type Mutant = (typeof mutants)[number];

const help = `Plants ${mutants.length} faults in the loop, in users' commands and in the server's agent, one at a time in a copy, and runs
their tests against each.

  npm run mutate -- [--only TEXT]

  --only TEXT   only the faults whose words contain this

Takes some minutes. Exits 1 if the tests do not notice one.`;

const root = join(import.meta.dirname, '..');
const copied = [
  'shared',
  'functions',
  'image',
  'local',
  'scripts',
  'test',
  'data',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];

interface Suite {
  project: 'node' | 'image';
  paths: string[];
}

/** What tests them, the quickest first: a mutant is dead at the first test that fails. */
const suites: Suite[] = [
  ['test/core', 'test/record.test.ts', 'test/reconcile', 'test/policy.test.ts', 'test/adapters'],
  ['test/users', 'test/rotation.test.ts', 'test/threats.test.ts'],
  ['test/sim/simulation.test.ts', 'test/sim/explore.test.ts', 'test/contract'],
].map((paths) => ({ project: 'node', paths }));

/** The same for the agent: what runs in a time of its own. */
const agentSuites: Suite[] = [
  {
    project: 'image',
    paths: ['handover-steps', 'endpoints', 'report'].map((name) => `test/image/${name}.test.ts`),
  },
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const chosen = mutants.filter(({ fault }) => fault.includes(values.only));
  if (!chosen.length) throw new Error(`no fault has the words ${JSON.stringify(values.only)}`);
  const copy = mkdtempSync(join(tmpdir(), 'perennial-mutants-'));
  const clean = () => rmSync(copy, { recursive: true, force: true, maxRetries: 3 });
  process.once('SIGINT', () => {
    clean();
    process.exit(130);
  });
  try {
    for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    if ((await findKiller(copy, [...agentSuites, ...suites])) !== null)
      throw new Error('the tests fail without any fault');
    let survivors = 0;
    for (const [index, mutant] of chosen.entries()) {
      const killer = await tryMutant(copy, mutant);
      if (!killer) survivors++;
      const verdict = killer ? styleText('green', 'noticed') : styleText('red', 'SURVIVED');
      console.log(
        `${index + 1}/${chosen.length} ${verdict}  ${mutant.fault}${killer ? ` (${killer})` : ''}`,
      );
    }
    console.log(`${chosen.length - survivors} of ${chosen.length} faults are noticed`);
    return survivors ? 1 : 0;
  } finally {
    clean();
  }
}

/** The test that notices it, or null. */
async function tryMutant(
  copy: string,
  { file, find, replace, fault }: Mutant,
): Promise<string | null> {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  if (original.split(find).length !== 2)
    throw new Error(`"${fault}" fits ${file} ${original.split(find).length - 1} times, not once`);
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  try {
    return await findKiller(copy, file.startsWith('image/') ? agentSuites : suites);
  } finally {
    writeFileSync(path, original);
  }
}

async function findKiller(copy: string, by: Suite[]): Promise<string | null> {
  for (const suite of by) {
    const failed = await run(copy, suite);
    if (failed) return failed;
  }
  return null;
}

/** The first failure's name, or null if all is well. */
function run(copy: string, { project, paths }: Suite): Promise<string | null> {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const options = ['--bail', '1', '--reporter', 'json', '--outputFile', report];
  const args = ['node_modules/.bin/vitest', 'run', '--project', project, ...options, ...paths];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? null : toFailure(report)));
  });
}

interface Report {
  testResults: { message: string; assertionResults: { fullName: string; status: string }[] }[];
}

function toFailure(report: string): string {
  if (!existsSync(report)) return 'the tests do not even begin';
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === 'failed');
  return (
    failed?.fullName ?? testResults.find(({ message }) => message)?.message ?? 'no test by name'
  );
}

process.exitCode = await main().catch((error: Error) => {
  console.error(`mutate: ${error.message}`);
  return 2;
});
