/** `vpn` where it asks, draws, counts and is broken off: in a real terminal, on a VPN that runs here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { addZone } from '../../local/route53.ts';
import { setPower } from '../../local/world-route.ts';
import { type CliStage, setCliStage } from '../cli/stage.ts';
import { root } from '../scripts/cli.ts';
import { scan } from './scan.ts';
import { openTerminal, type Terminal } from './tmux.ts';

let stage: CliStage;
let terminal: Terminal;

beforeAll(async () => {
  stage = await setCliStage();
  stage.aws.pump.change(() => {
    addZone(stage.aws.world, 'Z1FAMILY', 'family.example');
    setPower(stage.aws.world, stage.aws.config, 'on');
  });
});
afterAll(() => stage.stop());
beforeEach(async () => {
  terminal = await openTerminal(stage.env);
});
afterEach(() => terminal.close());

const interrupt = async () => {
  const { aws } = stage;
  await fetch(`${aws.door.url}/_world/interrupt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
};

test('init asks for what it does not know, and shows what it costs before it writes', async () => {
  const file = join(stage.home, 'asked.yml');
  await terminal.type(`vpn --local init --config ${file}`);
  await terminal.until(/\? Region \(us-east-1\)/);
  await terminal.press('Enter');
  await terminal.until(/\? The name that people connect to/);
  await terminal.type('phone.family.example');
  await terminal.until(/\? The most that spot may cost, dollars an hour \(0\.0047\)/);
  await terminal.type('0.004');
  await terminal.until(/\? Protocols[\s\S]*◉ WireGuard[\s\S]*◉ PPTP/);
  // PPTP is ticked off.
  await terminal.press('Down', 'Space', 'Enter');
  const asked = await terminal.until(/\? URL of a Slack webhook/);
  expect(asked).toMatch(/A month always on: \$\d\.\d\d on spot, \$8\.39 on demand/);
  await terminal.type('https://hooks.slack.com/services/T0/B0/typed-unseen');
  const before = await terminal.until(/\? Write .*asked\.yml\?/);
  expect(before).not.toContain('typed-unseen');
  expect(existsSync(file)).toBe(false);
  await terminal.press('Enter');
  await terminal.until(/asked\.yml is written\./);
  expect(readFileSync(file, 'utf8')).toMatch(/zoneId: Z1FAMILY[\s\S]*protocols: wireguard /);
});

test('init that is broken off has written nothing', async () => {
  const file = join(stage.home, 'broken-off.yml');
  await terminal.type(`vpn --local init --config ${file}; echo "ended with $?"`);
  await terminal.until(/\? Region/);
  await terminal.press('C-c');
  await terminal.until(/ended with 130/);
  expect(existsSync(file)).toBe(false);
});

test('start --wait leaves nothing of what it waited for, and colours how it is', async () => {
  await terminal.type('vpn --local start --wait; echo "ended with $?"');
  const seen = await terminal.until(/ended with 0/);
  expect(seen).toMatch(/\nvpn\.example\.org serves: /);
  expect(seen).not.toMatch(/… \d+ s/);
  expect(await terminal.read(true)).toContain('\x1b[32mserves');
});

test('watch follows a recovery live, counts, and ends by ^C', async () => {
  await terminal.type('vpn --local watch --new; echo "ended with $?"');
  await terminal.until(/vpn\.example\.org serves: .* … \d+ s/);
  await interrupt();
  await terminal.until(/doomed[\s\S]*launching[\s\S]*launched[\s\S]*recovered/);
  await terminal.press('C-c');
  const seen = await terminal.until(/ended with 130/);
  expect(seen).not.toMatch(/… \d+ s/);
});

test('adopt shows what it will do, asks, and does nothing without a yes', async () => {
  await terminal.type(
    `vpn --local adopt --from ${root}/test/fixtures/how-to; echo "ended with $?"`,
  );
  const seen = await terminal.until(/\? Do that\?/);
  expect(seen).toMatch(/This will be done:\n {2}- add user01, with the password they have; weak/);
  expect(seen).not.toContain('osvCylQX');
  await terminal.type('n');
  await terminal.until(/vpn: Nothing was done\.\s+ended with 2/);
  expect(stage.aws.world.parameters.has('/perennial/home/users/user01')).toBe(false);
});

test('a new user’s QR code can be scanned off the terminal', async () => {
  await terminal.type('vpn --local users add phone');
  const seen = await terminal.until(/Keep it: it is not shown again\./);
  const conf = /\[Interface\][\s\S]*?PersistentKeepalive = 25/.exec(seen)?.[0];
  expect(scan(seen)?.trim()).toBe(conf);
});

test('so can that of a profile, while the private key is at hand', async () => {
  await terminal.type('vpn --local users add pad --for ios --kill-switch; echo "ended with $?"');
  const seen = await terminal.until(/ended with 0/);
  const conf = /\[Interface\][\s\S]*?PersistentKeepalive = 25/.exec(seen)?.[0];
  expect(scan(seen)?.trim()).toBe(conf);
  await terminal.clear();
  await terminal.type('vpn --local profile pad --for ios; echo "ended with $?"');
  expect(await terminal.until(/ended with 0/)).not.toMatch(/[█▀▄]/);
});

test('a terminal that is too narrow for the code says how wide it has to be', async () => {
  const narrow = await openTerminal(stage.env, { columns: 60, rows: 60 });
  try {
    await narrow.type('vpn --local users add tablet');
    const seen = await narrow.until(/Keep it: it is not shown again\./);
    expect(seen).toMatch(/at least \d\d columns/);
    expect(seen).not.toMatch(/[█▀▄]/);
    await narrow.type('vpn --local prices --hours 1');
    const drawn = await narrow.until(
      /The cheapest spot pool[\s\S]*\n +\d\d-\d\d \d\d:\d\d +\d\d-\d\d/,
    );
    expect(drawn).toMatch(/cap ┤╌+\n/);
  } finally {
    await narrow.close();
  }
});

test('colours are left out for who does not want them', async () => {
  await terminal.type('NO_COLOR=1 vpn --local status');
  await terminal.until(/serves: /);
  expect(await terminal.read(true)).not.toContain('\x1b[32m');
});
