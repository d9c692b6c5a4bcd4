/** What a person types: the drill, with the packaged functions in processes of their own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const script = join(import.meta.dirname, '../../scripts/drill.ts');

it('recovers from an interruption with the price above the cap, and says so', async () => {
  const { stdout } = await run(process.execPath, [script, '--speed', '30', '--json']);
  const report = JSON.parse(stdout);
  expect(report.findings.filter((finding: { true: boolean }) => !finding.true)).toEqual([]);
  expect(report.findings).toHaveLength(8);
  expect(report.outageSeconds).toBe(0);
  const story = report.lines.map(({ what }: { what: string }) => what).join('\n');
  // Of each server once, and of the one that AWS took once more: that its address has moved on.
  expect(story.match(/has booted and serves/g)).toHaveLength(2);
  expect(story.match(/has the VPN's address/g)).toHaveLength(2);
  const said = report.lines.filter(({ who }: { who: string }) => who === 'Slack');
  expect(said.map(({ what }: { what: string }) => what.split('\n')[0])).toEqual([
    'vpn.example.org is on',
    expect.stringMatching(/^AWS takes the server of vpn.example.org at \d\d:\d\d:\d\d UTC$/),
    'vpn.example.org goes on without an outage',
  ]);
  expect(story).toMatch(/on spot at .*\n.*will take i-\w+ in two minutes\n.*on demand at/s);
});

it('says what is wrong with its options', async () => {
  await expect(run(process.execPath, [script, '--speed', 'fast'])).rejects.toMatchObject({
    code: 2,
    stderr: 'drill: --speed is a number from 1 to 60, not "fast"\n',
  });
});
