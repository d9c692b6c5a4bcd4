/** `vpn drill` before the played AWS: with AWS's own notice, without any, and where that is refused. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { setAllPrices, setPower } from '../../local/world-route.ts';
import type { Findings } from '../../scripts/vpn/drill/findings.ts';
import type { Entry, Status } from '../../web/data/answers.ts';
import { root } from '../scripts/cli.ts';
import { type CliStage, setCliStage } from './stage.ts';

let stage: CliStage;
beforeAll(async () => {
  stage = await setCliStage();
  stage.aws.pump.change(() => setPower(stage.aws.world, stage.aws.config, 'on'));
  await stage.ask('start --wait');
});
afterEach(() => stage.aws.world.setFaults(() => null));
afterAll(() => stage.stop());

const serverNow = async () => (await stage.ask<Status>('status')).server;
const made = () => [
  ...[...stage.aws.world.roles.keys()].filter((name) => name.includes('drill')),
  ...stage.aws.world.fis.templates.keys(),
];
const refuse = (operation: string, code: string, status = 403) =>
  stage.aws.world.setFaults((service, name) =>
    `${service}:${name}` === operation
      ? new AwsFault(code, `User: ann is not authorized to perform: ${operation}`, status)
      : null,
  );
const toLines = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry | Findings);

test('nothing real is done without a word', async () => {
  const before = await serverNow();
  const [notice, without] = [
    await stage.vpn('--local drill --real'),
    await stage.vpn('--local drill --without-notice'),
  ];
  expect([notice.code, notice.stdout, notice.stderr]).toEqual([
    2,
    '',
    `vpn: Have AWS take ${before?.id} with its notice, for about $0.20? Say so with --yes.\n`,
  ]);
  expect([without.code, without.stdout, without.stderr]).toEqual([
    2,
    '',
    `vpn: Terminate ${before?.id} without notice? It is an outage until another server serves. Say so with --yes.\n`,
  ]);
  expect([(await serverNow())?.id, made()]).toEqual([before?.id, []]);
});

test("AWS's own notice is heard, another server serves in time, and nothing of it is left", async () => {
  const before = await serverNow();
  const { code, stdout, stderr } = await stage.vpn('--local drill --real --yes');
  expect(stderr).toContain(`AWS has given its notice to ${before?.id}\n`);
  expect(stdout).toMatch(
    / doomed +AWS takes i-\w+ at .* UTC \((spot interruption warning|its own metadata)\)\n/,
  );
  expect(stdout).toMatch(
    /\nAWS's notice was heard after \d+ s \(.*\)\. Another server served after .*, without an outage.*\.\n$/,
  );
  expect([code, made()]).toEqual([0, []]);
  expect((await serverNow())?.id).not.toBe(before?.id);
  expect(stage.aws.world.instances.get(before?.id ?? '')?.stateReason).toMatch(
    /^(Server\.Spot|Client\.User)/,
  );
});

test('for programs the last line says what it has shown', async () => {
  const before = await serverNow();
  const { stdout } = await stage.vpn('--local drill --without-notice --yes --json');
  expect(toLines(stdout).at(-1)).toMatchObject({
    kind: 'drill',
    serverId: before?.id,
    takenAt: expect.stringMatching(/^\d{4}-.*Z$/),
    notice: null,
    end: { outageSeconds: expect.any(Number) },
  });
  expect(toLines(stdout).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['launching', 'launched', 'recovered']),
  );
});

describe('where that can’t be had it says why, and the server is ended without notice', () => {
  test.each([
    ['iam:CreateRole', 'AccessDenied', 403, /may not do that: .* iam:CreateRole\n/],
    ['fis:GetAction', 'AccessDeniedException', 403, /may not do that: .* fis:GetAction\n/],
    [
      'fis:GetAction',
      'ResourceNotFoundException',
      404,
      /AWS interrupts no servers on request in us-east-1\.\n/,
    ],
  ])('(%s: %s)', async (operation, fault, status, why) => {
    const before = await serverNow();
    refuse(operation, fault, status);
    const asks = await stage.vpn('--local drill --real');
    expect(asks.code).toBe(2);
    expect((await serverNow())?.id).toBe(before?.id);
    const { code, stdout, stderr } = await stage.vpn('--local drill --real --yes');
    expect(stderr).toMatch(/^AWS's own notice can't be had\. /);
    expect(stderr).toMatch(why);
    expect(stdout).toContain(`${before?.id} is gone`);
    expect(stdout).toMatch(/\nAnother server served after .*, after an outage of \d+ .*\.\n$/);
    expect([code, made()]).toEqual([0, []]);
  });
});

test('a failure that may be over in a moment ends nothing', async () => {
  const before = await serverNow();
  refuse('fis:StartExperiment', 'InternalFailure', 500);
  const { code, stderr } = await stage.vpn('--local drill --real --yes');
  expect([code, made()]).toEqual([1, []]);
  expect(stderr).toContain('fis:StartExperiment');
  expect((await serverNow())?.id).toBe(before?.id);
});

test('what could not be removed is told, and goes with the next', async () => {
  const before = await serverNow();
  refuse('iam:DeleteRole', 'AccessDenied');
  const { code, stderr } = await stage.vpn('--local drill --real --yes --no-follow');
  expect([code, made()]).toEqual([0, ['perennial-home-drill-us-east-1']]);
  expect(stderr).toMatch(
    /\nThe role perennial-home-drill-us-east-1 could not be removed: .*iam:DeleteRole\nIt goes with the next "vpn drill --real", or with "vpn remove"\.\n$/,
  );
  await vi.waitFor(async () => expect((await serverNow())?.id).not.toBe(before?.id), {
    timeout: 100_000,
    interval: 500,
  });
});

test('broken off after the notice it removes what was made, and says how it goes on', async () => {
  const before = await serverNow();
  const child = spawn(
    process.execPath,
    [join(root, 'scripts/vpn.ts'), '--local', 'drill', '--real', '--yes'],
    { cwd: stage.home, env: stage.env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (bytes) => {
    said += String(bytes);
  });
  await vi.waitFor(() => expect(said).toContain('AWS has given its notice'), {
    timeout: 100_000,
    interval: 20,
  });
  expect(made()).toHaveLength(2);
  child.kill('SIGINT');
  await once(child, 'close');
  expect([child.exitCode, made()]).toEqual([130, []]);
  expect(said).toMatch(
    /The notice can't be taken back: another server takes over all the same\. See it with: vpn watch\n/,
  );
  await vi.waitFor(async () => expect((await serverNow())?.id).not.toBe(before?.id), {
    timeout: 100_000,
    interval: 500,
  });
});

test('a server on demand is ended without notice', async () => {
  stage.aws.pump.change(() => setAllPrices(stage.aws.world, 0.009));
  await vi.waitFor(
    async () =>
      expect((await stage.ask<Status>('status')).server).toMatchObject({
        market: 'on-demand',
        serving: true,
      }),
    { timeout: 100_000, interval: 500 },
  );
  const before = await serverNow();
  const { code, stderr } = await stage.vpn('--local drill --real --yes --no-follow');
  expect([code, stderr]).toEqual([
    0,
    `AWS's own notice can't be had. ${before?.id} runs on demand, and AWS interrupts only spot.\n`,
  ]);
});
