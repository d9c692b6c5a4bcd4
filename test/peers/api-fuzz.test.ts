/** schemathesis reads the contract and tries to break the packaged functions behind API Gateway, as played here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { makeToken, setPower } from '../../local/world-route.ts';
import { runOsls } from '../compiled-template.ts';
import { operations } from '../http/contract.ts';
import { run } from './aws.ts';

/** A waiting status is over after a second, and throttling, which counts by the same clock, meets nobody. */
const speed = 60;
/** Half a minute's worth; what is found with another seed is the same every time. */
const examplesMax = 15;
const seed = process.env.FUZZ_SEED ?? '1';
const answerMaxSeconds = 10;

let aws: LocalAws;
let packageDir: string;
const faults: string[] = [];

beforeAll(async () => {
  packageDir = await mkdtemp(join(tmpdir(), 'perennial-fuzz-'));
  const { files } = await runOsls('package');
  for (const [name, bytes] of files) await writeFile(join(packageDir, name), bytes);
  aws = await startLocalAws({
    packageDir,
    speed,
    port: 0,
    seed: 1,
    onLog: (line) => {
      if (/"level":"error"|Invoke Error|^local:/.test(line)) faults.push(line);
    },
    onFailed: ({ responsePayload }) => faults.push(responsePayload.errorMessage),
  });
  aws.pump.change(() => setPower(aws.world, aws.config, 'on'));
}, 60_000);

afterAll(async () => {
  await aws.stop();
  await rm(packageDir, { recursive: true });
});

test('nothing that the contract allows or forbids breaks the API', async () => {
  const token = aws.pump.change(() => makeToken(aws.world, aws.config));
  const options = {
    header: `Authorization: Bearer ${token}`,
    phases: 'examples,coverage,fuzzing,stateful',
    checks: 'all',
    // A time that is over and a key that was used fit the schema, and are refused. That each operation wants the
    // token test/http/operations.test.ts sees; here wrong ones would slow down all that comes after.
    'exclude-checks': 'positive_data_acceptance,ignored_auth',
    'max-examples': examplesMax,
    'max-response-time': answerMaxSeconds,
    seed,
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const contract = `${aws.api.url}/openapi.json`;
  // It remembers what it has found, in its own folder.
  const schemathesis = join(inject('peersBin'), 'schemathesis');
  const { code, stdout } = await run(
    schemathesis,
    ['run', contract, ...args, '--continue-on-failure', '--no-color'],
    {},
    packageDir,
  );
  expect(code, stdout).toBe(0);
  // All but the one that gives the contract itself.
  expect(stdout).toContain(`Tested: ${operations.length - 1}\n`);
  expect(faults).toEqual([]);
}, 180_000);
