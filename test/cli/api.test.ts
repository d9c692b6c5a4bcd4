/** `vpn` over the HTTP API of a VPN that runs here: each command as a person types it, on the packaged functions. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setAllPrices } from '../../local/world-route.ts';
import type { Ledger, Prices, Profile, Shown, Status, User } from '../../web/data/answers.ts';
import { type CliStage, setCliStage } from './stage.ts';

let stage: CliStage;
beforeAll(async () => {
  stage = await setCliStage();
  stage.aws.pump.change(() =>
    stage.aws.world.call('ssm', 'PutParameter', {
      Name: '/perennial/home/state/desired',
      Type: 'String',
      Value: JSON.stringify({ power: 'off', imageId: 'ami-0123456789abcdef0' }),
    }),
  );
});
afterAll(() => stage.stop());

const modeOf = (file: string) => statSync(file).mode & 0o777;

test('it is off, then started and waited for, and says in words where it serves', async () => {
  expect(await stage.ask<Status>('status')).toMatchObject({
    state: 'off',
    protocols: ['pptp', 'wireguard'],
  });
  const { code, stdout } = await stage.vpn('--local start --wait');
  expect(stdout).toMatch(
    /^vpn\.example\.org serves: t3\w?\.nano in us-east-1\w on spot at \$0\.00\d+\/h, 203\.0\.113\.\d+\n/,
  );
  expect(stdout).toMatch(/\n {2}wanted +on: It was turned on\n/);
  expect(code).toBe(0);
});

describe('users', () => {
  test('are added with a file that only their owner can read, which WireGuard takes', async () => {
    const file = join(stage.home, 'alice.conf');
    const { code, stdout, stderr } = await stage.vpn(
      `--local users add alice --for wireguard --out ${file}`,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Written, readable only by you: ${file}`);
    const conf = readFileSync(file, 'utf8');
    expect(conf).toMatch(
      /^\[Interface\]\nPrivateKey = [A-Za-z0-9+/]{43}=\nAddress = 10\.40\.2\.2\/32\n/,
    );
    expect(stdout).not.toContain(/PrivateKey = (.*)/.exec(conf)?.[1]);
    expect(modeOf(file)).toBe(0o600);
  });

  test('of a kind that exists is refused in a sentence', async () => {
    const { code, stdout, stderr } = await stage.vpn('--local users add alice');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^vpn: There is a user alice already\. .*rotate it\.\n$/);
  });

  test('whose file can’t be written are told how to get other secrets', async () => {
    const { code, stderr } = await stage.vpn(
      '--local rotate alice --for wireguard --out /dev/null/alice.conf',
    );
    expect([code, stderr]).toEqual([
      1,
      "vpn: /dev/null/alice.conf can't be written (EEXIST). If the secrets were new, make others: vpn rotate alice\n",
    ]);
  });

  test('are listed without secrets, until they are gone', async () => {
    const shown = await stage.ask<Shown>('users add guest --expires 7d');
    const listed = await stage.vpn('--local users');
    expect(listed.stdout).toMatch(
      /^user +tunnel address +rotated +expires +on the server\nalice +10/,
    );
    expect(listed.stdout).not.toContain(shown.password);
    expect(await stage.ask('users remove guest')).toEqual({ removed: 'guest' });
    expect((await stage.ask<User[]>('users')).map(({ name }) => name)).toEqual(['alice']);
  });

  test('get new secrets, one or all, with time to change over', async () => {
    const before = await stage.ask<Profile>('profile alice --for router');
    const rotated = await stage.ask<Shown>('rotate alice');
    expect(rotated.wireguard?.privateKey).toMatch(/=$/);
    const after = await stage.ask<Profile>('profile alice --for router');
    expect(after.steps.join()).toContain(rotated.password);
    expect(before.steps.join()).not.toContain(rotated.password);
    expect(await stage.ask<Shown>('rotate --all --grace 60')).toMatchObject({ user: 'alice' });
    const [alice] = await stage.ask<User[]>('users');
    expect(alice?.grace).toMatchObject({ version: 3 });
  });
});

describe('a profile', () => {
  test('of one file can be piped on; what to do stands beside it', async () => {
    const { stdout, stderr } = await stage.vpn(
      '--local profile alice --for windows --protocol pptp',
    );
    expect(stdout).toMatch(
      /^Add-VpnConnection -Name 'home' -ServerAddress 'vpn\.example\.org' -TunnelType Pptp/m,
    );
    expect(stderr).toMatch(/-File home\.ps1/);
  });

  test('of several goes into a folder that only its owner can look into', async () => {
    const folder = join(stage.home, 'ubuntu');
    const { written } = await stage.ask<{ written: string[] }>(
      `profile alice --for ubuntu --out ${folder}`,
    );
    expect(written).toEqual(
      ['home.conf', 'home.peer', 'chap-secrets'].map((name) => join(folder, name)),
    );
    expect(modeOf(folder)).toBe(0o700);
    expect(written.map(modeOf)).toEqual([0o600, 0o600, 0o600]);
    expect(readFileSync(join(folder, 'chap-secrets'), 'utf8')).toMatch(
      /^"alice" pptpd "[a-z0-9-]+" \*\n$/,
    );
  });

  test('has a kill switch if that is asked for', async () => {
    const files = async (line: string) =>
      (await stage.ask<Profile>(line)).files.map(({ name }) => name);
    const line = 'profile alice --for ubuntu';
    expect(await files(`${line} --kill-switch`)).toContain('kill-switch.nft');
    expect(await files(line)).not.toContain('kill-switch.nft');
    expect(await files('rotate alice --for ubuntu --kill-switch')).toContain('kill-switch.nft');
  });

  test.each([
    ['macos', 'PPTP: not since macOS 10.12. Use WireGuard.'],
    ['ios', 'PPTP: not since iOS 10. Use WireGuard.'],
    ['android', 'Android 12 and later add no PPTP.'],
  ])('for %s says that it speaks no PPTP any more', async (system, sentence) => {
    const { steps } = await stage.ask<Profile>(`profile alice --for ${system}`);
    expect(steps.join('\n')).toContain(sentence);
  });

  test('that has no file says so, and what to do instead', async () => {
    const { code, stderr } = await stage.vpn(
      '--local profile alice --for android --protocol pptp --out x',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^vpn: There is no file for that: .*add a VPN with server/);
  });
});

test('it turns off by itself at a time of the world’s, which is ahead of ours', async () => {
  const { power, at } = await stage.ask<Status>('start --until 2h');
  expect(Date.parse(at)).toBeGreaterThan(Date.now() + 60_000);
  const hours = (Date.parse(power.until ?? '') - Date.parse(at)) / 3_600_000;
  // A command takes a second or two of ours.
  expect(hours).toBeGreaterThan(1.5);
  expect(hours).toBeLessThanOrEqual(2);
  expect((await stage.ask<Status>('start')).power.until).toBeNull();
});

test('a drill is followed until another server serves', async () => {
  const before = await stage.ask<Status>('status');
  const { code, stdout } = await stage.vpn('--local drill --json');
  expect(code).toBe(0);
  const kinds = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(kinds).toEqual(expect.arrayContaining(['launching', 'launched', 'recovered']));
  const after = await stage.ask<Status>('status');
  expect(after.state).toBe('serving');
  expect(after.server?.id).not.toBe(before.server?.id);
});

test('prices are drawn against the cap, with where the VPN moved', async () => {
  const { aws, ask, vpn } = stage;
  aws.pump.change(() => setAllPrices(aws.world, 0.009));
  const { stdout } = await vpn('--local prices --hours 1');
  expect(stdout).toMatch(/\n +\$0\.0052 cap ┤╌+/);
  expect(stdout).toMatch(/\n\$0\.0047 on demand ┤╌/);
  expect(stdout).toMatch(/[╭╯]/);
  expect(stdout).toContain('above the cap');
  const { cap, pools, moves } = await ask<Prices>('prices --hours 1');
  expect([cap, pools.length > 2, moves.length > 2]).toEqual([0.0052, true, true]);
});

test('the month’s money is told', async () => {
  const { stdout } = await stage.vpn('--local cost');
  expect(stdout).toMatch(
    /^\d{4}-\d\d, until .*: (under )?\$\d\.\d\d, (under )?\$\d\.\d\d (less|more) than always on demand\n/,
  );
  expect((await stage.ask<Ledger>('cost')).spot.hours).toBeGreaterThan(0);
  const { code, stderr } = await stage.vpn('--local cost --month 2020-01');
  expect([code, stderr]).toEqual([
    1,
    'vpn: Nothing is known of 2020-01; nothing may have run then.\n',
  ]);
});

test('the journal tells the newest last', async () => {
  const entries = await stage.ask<{ at: string }[]>('journal --last 5');
  expect(entries).toHaveLength(5);
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted());
});

test('it is stopped for good', async () => {
  const { code, stdout } = await stage.vpn('--local stop --wait');
  expect([code, stdout.split('\n')[0]]).toEqual([0, 'vpn.example.org is off']);
  const { stdout: watched } = await stage.vpn('--local watch --settled');
  expect(watched).toMatch(/retiring/);
});
