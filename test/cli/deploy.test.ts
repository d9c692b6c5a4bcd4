/** `vpn deploy` up to AWS's door: what it makes with the real osls, and what it refuses to begin. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runVpn, setHome } from './stage.ts';

const { env } = setHome();
const folder = mkdtempSync(join(tmpdir(), 'perennial-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what would be deployed is made by osls, and said where it is', async () => {
  const { code, stdout, stderr } = await runVpn(['--json', 'deploy', '--package', folder], env);
  const template = join(folder, 'cloudformation-template-update-stack.json');
  expect([code, JSON.parse(stdout)]).toEqual([0, { template }]);
  expect(stderr).toContain('Service packaged');
  expect(readdirSync(folder)).toEqual(
    expect.arrayContaining([
      'api.zip',
      'reconcile.zip',
      'cloudformation-template-update-stack.json',
    ]),
  );
});

test('what osls fails at ends with its words and ours', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const { code, stdout, stderr } = await runVpn(['deploy', '--package', file], env);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /vpn: "osls package --package .*" has failed; what it said above tells why\.\n$/,
  );
});

test.each([
  ['deploy --local', 'vpn: What runs on this machine is deployed by "npm start".\n'],
  [
    'deploy --config other.yml',
    /^vpn: osls reads .*perennial\.yml and no other: leave --config out\.\n$/,
  ],
])('%s is refused', async (line, sentence) => {
  const { code, stderr } = await runVpn(line, env);
  expect(code).toBe(2);
  expect(stderr).toMatch(sentence);
});
