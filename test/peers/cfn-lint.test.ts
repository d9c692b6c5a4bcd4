/** cfn-lint, AWS's own judge of templates, has nothing to say of ours, whatever a person configures. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { readTemplateFile, runOsls } from '../compiled-template.ts';
import { type Ran, run } from './aws.ts';

const cfnLint = join(inject('peersBin'), 'cfn-lint');

const cabin = [
  'vpn: cabin',
  'region: eu-central-1',
  'protocols: wireguard',
  'home: home.example.org,cabin.example.org',
  'sshFrom: 198.51.100.7/32',
  'alarmEmail: me@example.net',
].join('\n');

test.concurrent.each([
  ['as it comes', 'us-east-1', undefined],
  ['WireGuard alone, with homes, SSH and an email, elsewhere', 'eu-central-1', cabin],
])('the template: %s', async (_, region, perennialYml) => {
  const { output, files } = await runOsls('package', perennialYml);
  const template = JSON.stringify(readTemplateFile(files));
  // Nothing in it tells the judge to look away.
  expect(template, output).not.toContain('cfn-lint');
  expect(await lint(template, region)).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.concurrent('a misspelt property would be told', async () => {
  const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { Nmae: 'q' } } } };
  const { code, stdout } = await lint(JSON.stringify(template), 'us-east-1');
  expect(code).toBe(2);
  expect(stdout).toMatch(/^E3002 .*'Nmae'/);
});

/** In a folder without a .cfnlintrc: errors and warnings, as cfn-lint comes. */
async function lint(template: string, region: string): Promise<Ran> {
  const dir = await mkdtemp(join(tmpdir(), 'perennial-cfn-lint-'));
  try {
    const path = join(dir, 'template.json');
    await writeFile(path, template);
    return await run(cfnLint, ['--regions', region, '--', path], { HOME: dir });
  } finally {
    await rm(dir, { recursive: true });
  }
}
