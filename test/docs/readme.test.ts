/** README.md promises five commands and says what they cost: both are true of what runs. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toEstimate } from '../../scripts/vpn/init/estimate.ts';

const text = readFileSync('README.md', 'utf8');
const deploy = /\n## Deploy\n(.*?)\n## /s.exec(text)?.[1] ?? '';
const cells = (row: string) =>
  (new RegExp(`^\\| ${row} \\|(.*)\\|$`, 'm').exec(deploy)?.[1] ?? '').split('|');
const dollars = (row: string) => cells(row).map(Number);

it('five commands deploy it, in this order', () => {
  const block = /```sh\n(.*?)```/s.exec(deploy)?.[1] ?? '';
  const commands = block
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +#.*/, ''));
  expect(commands).toEqual([
    'npx vpn init',
    'npx vpn deploy',
    'npx vpn bake',
    'npx vpn users add phone',
    'npx vpn start --wait',
  ]);
});

it('what it costs is what vpn init would say, and adds up', () => {
  const [spot, onDemand] = cells('dollars a month').map((cell) =>
    Number(/\$([\d.]+)\/h/.exec(cell)?.[1]),
  );
  const prices = [{ type: 't3a.nano', spot: spot ?? 0, onDemand: onDemand ?? 0 }];
  const estimate = toEstimate(prices, 0.0052);
  expect(dollars('together')).toEqual([estimate.spot, estimate.onDemand]);
  expect(dollars('its public IPv4 address')).toEqual([estimate.address, estimate.address]);
  expect(dollars('its disk')).toEqual([estimate.disk, estimate.disk]);
  const rows = ['the server', 'its public IPv4 address', 'its disk', 'the hosted zone, .*? images'];
  for (const column of [0, 1]) {
    const sum = rows.reduce((all, row) => all + (dollars(row)[column] ?? 0), 0);
    // Each is rounded to a cent.
    expect(Math.abs(sum - (dollars('together')[column] ?? 0))).toBeLessThan(0.02);
  }
});
