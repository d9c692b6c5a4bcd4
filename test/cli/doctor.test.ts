/** `vpn doctor` on a VPN that runs here, well at first, and then broken in one way after another. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { toAccount } from '../../local/account.ts';
import { AwsFault } from '../../local/fault.ts';
import { setPower, theServer } from '../../local/world-route.ts';
import type { Finding } from '../../scripts/vpn/doctor/model.ts';
import type { Status } from '../../web/data/answers.ts';
import { type CliStage, runVpn, setCliStage, setHome } from './stage.ts';

let stage: CliStage;
const realSpeed = 1;
const quickly = 30;
beforeAll(async () => {
  stage = await setCliStage();
  stage.aws.pump.change(() => setPower(stage.aws.world, stage.aws.config, 'on'));
  await stage.ask('start --wait');
});
afterAll(() => stage.stop());

/** How it ended, and of each check that is not well what it says and what to do. */
const examine = async (line = '') => {
  const { code, stdout, stderr } = await stage.vpn(`--local --json doctor ${line}`);
  if (!stdout) throw new Error(stderr);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const odd = findings.filter(({ level }) => level !== 'good');
  return {
    code,
    findings,
    odd: odd.map(({ name, level }) => [name, level]),
    of: toFinder(findings),
  };
};
const toFinder = (findings: Finding[]) => (name: string) => {
  const found = findings.find((one) => one.name === name);
  if (!found) throw new Error(`There is no check ${name}`);
  return found;
};
const world = () => stage.aws.world;
const change = <T>(run: () => T) => stage.aws.pump.change(run);
const server = () => theServer(stage.aws);
const status = () => stage.ask<Status>('status');
const until = (isSo: () => Promise<boolean>) =>
  vi.waitFor(async () => expect(await isSo()).toBe(true), { timeout: 100_000, interval: 200 });

test('a VPN without users is found to be useless', async () => {
  await until(async () => change(() => world().guests.isManaged(server().id)));
  const { code, odd, of } = await examine();
  expect([code, odd]).toEqual([3, [['secrets', 'warning']]]);
  expect(of('secrets')).toMatchObject({
    says: 'there are no users: nobody can connect',
    remedy: 'vpn users add NAME',
  });
});

describe('with a user', () => {
  beforeAll(async () => {
    await stage.ask('users add ann');
    await until(async () => (await status()).secrets.current);
  });
  // What is broken here would be mended within two seconds of ours.
  beforeEach(() => stage.aws.clock.go(realSpeed));
  afterEach(() => stage.aws.clock.go(quickly));

  test('all is well, in words and with the right code', async () => {
    const { code, findings, odd } = await examine();
    expect([code, odd]).toEqual([0, []]);
    expect(findings.map(({ name }) => name)).toEqual([
      'configuration',
      'credentials',
      'region',
      'clock',
      'default VPC',
      'hosted zone',
      'role for spot',
      'spot quota',
      'on-demand quota',
      'functions at once',
      'leave to deploy',
      'deployment',
      'loop',
      'server',
      'heartbeat',
      'secrets',
      'record',
      'name',
      'firewall of AWS',
      'PPTP',
      'WireGuard',
      'agent of AWS',
      'server: configuration',
      'server: forwarding',
      'server: firewall',
      'server: clock',
      'server: agent',
      'server: pptp kernel',
      'server: pptp answers',
      'server: wireguard interface',
    ]);
    const { stdout } = await stage.vpn('--local doctor');
    const { address } = server();
    expect(stdout).toMatch(/^Before a deployment\n {2}ok {4}configuration /);
    expect(stdout).toContain(`vpn.example.org is ${address}, the server's\n`);
    expect(stdout).toMatch(/\n\nAll is well: 30 checks\.\n$/);
  });

  test('the record is gone', async () => {
    const [zone] = [...world().zones.values()];
    const before = new Map(zone?.records);
    const fault = new AwsFault('Throttling', 'Rate exceeded');
    change(() => {
      world().setFaults((_, operation) =>
        operation === 'ChangeResourceRecordSets' ? fault : null,
      );
      zone?.records.clear();
    });
    const { code, odd, of } = await examine();
    change(() => {
      world().setFaults(() => null);
      for (const [key, record] of before) zone?.records.set(key, record);
    });
    expect([code, odd]).toEqual([1, [['record', 'bad']]]);
    expect(of('record').says).toBe('Route 53 has no address for vpn.example.org');
    // The resolver says the same; that it is wrong is the record's fault.
    expect(of('name').says).toBe('there is none yet');
    // By its own address the server is found all the same.
    expect(of('PPTP').level).toBe('good');
  });

  test('GRE is closed', async () => {
    const group = [...world().securityGroups.values()].find(({ permissions }) =>
      permissions.some(({ IpProtocol }) => IpProtocol === '47'),
    );
    const before = group?.permissions ?? [];
    if (group) group.permissions = before.filter(({ IpProtocol }) => IpProtocol !== '47');
    const { code, odd, of } = await examine();
    if (group) group.permissions = before;
    expect([code, odd]).toEqual([1, [['firewall of AWS', 'bad']]]);
    expect(of('firewall of AWS').says).toMatch(/GRE \(protocol 47\) is closed/);
    expect(of('firewall of AWS').remedy).toMatch(/vpn deploy/);
  });

  test("AWS's agent is stopped", async () => {
    change(() => world().guests.setAgent(server().id, false));
    const { code, odd, of } = await examine();
    change(() => world().guests.setAgent(server().id, true));
    expect([code, odd]).toEqual([
      1,
      [
        ['agent of AWS', 'bad'],
        ['self-test', 'unknown'],
      ],
    ]);
    expect(of('agent of AWS').says).toMatch(/^ConnectionLost, last heard of /);
    expect(of('self-test').says).toBe('not checked: its SSM agent is not online');
  });

  test('packets are not forwarded', async () => {
    change(() => world().guests.spoil(server().id, 'forwarding', 'IPv4 is not forwarded'));
    const { code, odd, of } = await examine();
    change(() => world().guests.spoil(server().id, 'forwarding', null));
    expect([code, odd]).toEqual([1, [['server: forwarding', 'bad']]]);
    expect(of('server: forwarding')).toMatchObject({
      says: 'IPv4 is not forwarded',
      remedy: expect.stringMatching(/net\.ipv4\.ip_forward=1.*vpn drill/),
    });
  });

  test('an image from before the self-test is said to be old', async () => {
    change(() => world().guests.setFates(() => 'fails'));
    const { code, odd, of } = await examine();
    change(() => world().guests.setFates(() => 'done'));
    expect([code, odd]).toEqual([3, [['self-test', 'unknown']]]);
    expect(of('self-test').remedy).toMatch(/vpn bake/);
  });

  test('the VPN on it is down, and it says so', async () => {
    const { id } = server();
    const full = new AwsFault('InsufficientInstanceCapacity', 'none', 500);
    change(() => {
      world().setFaults((_, operation) => (operation === 'RunInstances' ? full : null));
      world().guests.setServing(id, false);
    });
    const { code, of } = await examine();
    change(() => {
      world().setFaults(() => null);
      world().guests.setServing(id, true);
    });
    expect(code).toBe(1);
    expect(of('heartbeat').says).toMatch(/ago, and says that pptp and wireguard do not serve$/);
    expect(of('PPTP').says).toMatch(/TCP 1723 hangs up at once$/);
    expect(of('server: pptp answers')).toMatchObject({
      level: 'bad',
      says: 'pptpd does not listen',
    });
  });

  test('it has fallen silent, and nothing else can be had', async () => {
    const { id } = server();
    const full = new AwsFault('InsufficientInstanceCapacity', 'none', 500);
    stage.aws.clock.go(quickly);
    change(() => {
      world().setFaults((_, operation) => (operation === 'RunInstances' ? full : null));
      world().guests.silence(id);
    });
    // Three missing reports, and the loop has given it up.
    const silencedAt = stage.aws.clock.now();
    await until(async () => stage.aws.clock.now() - silencedAt > 200_000);
    expect((await status()).state).toBe('recovering');
    stage.aws.clock.go(realSpeed);
    const { code, of } = await examine();
    change(() => world().setFaults(() => null));
    expect(code).toBe(1);
    expect(of('server')).toMatchObject({
      level: 'bad',
      remedy: expect.stringMatching(/vpn watch/),
    });
    expect(of('heartbeat').says).toMatch(/^the last one was \d+ min \d+ s ago$/);
    expect(of('agent of AWS').level).toBe('bad');
    stage.aws.clock.go(quickly);
    await until(async () => (await status()).state === 'serving');
  });

  test('one that is off has nothing to be examined, and is well', async () => {
    stage.aws.clock.go(quickly);
    await stage.ask('stop --wait');
    const { code, odd, of } = await examine();
    expect(code).toBe(0);
    expect(new Set(odd.map(([, level]) => level))).toEqual(new Set(['moot']));
    expect(of('PPTP').says).toBe('the VPN is off');
    expect(of('record').says).toBe('vpn.example.org is parked on 192.0.2.1');
  });
});

describe('before a deployment', () => {
  const account = () => world().prepared;
  afterEach(() => {
    Object.assign(account(), toAccount());
    Object.assign(world().quotas, { spot: 5, 'on-demand': 5 });
  });
  const examineAccount = () => examine('--account');

  test('a new account lacks this and that, each with its remedy', async () => {
    Object.assign(account(), { hasDefaultVpc: false, lambdaConcurrency: 5 });
    account().serviceRoles.clear();
    account().forbidden.add('iam:PassRole');
    Object.assign(world().quotas, { spot: 0, 'on-demand': 1 });
    const { code, odd, of } = await examineAccount();
    expect([code, odd]).toEqual([
      1,
      [
        ['default VPC', 'bad'],
        ['role for spot', 'bad'],
        ['spot quota', 'bad'],
        ['on-demand quota', 'warning'],
        ['functions at once', 'warning'],
        ['leave to deploy', 'bad'],
      ],
    ]);
    expect(of('default VPC').remedy).toBe('aws ec2 create-default-vpc --region us-east-1');
    expect(of('role for spot').remedy).toBe(
      'aws iam create-service-linked-role --aws-service-name spot.amazonaws.com',
    );
    expect(of('leave to deploy').says).toBe('your credentials may not do iam:PassRole');
  });

  test('a check that AWS does not let one make says so', async () => {
    const fault = new AwsFault('AccessDenied', 'User ann may not do iam:GetRole', 403);
    change(() => world().setFaults((_, operation) => (operation === 'GetRole' ? fault : null)));
    const { code, odd, of } = await examineAccount();
    change(() => world().setFaults(() => null));
    expect([code, odd]).toEqual([3, [['role for spot', 'unknown']]]);
    expect(of('role for spot').says).toMatch(/^could not be checked: Your AWS credentials may not/);
  });

  const key = { AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'mine' };
  const elsewhere = async (config: string, env: Record<string, string>, more = '') => {
    const file = join(stage.home, 'elsewhere.yml');
    writeFileSync(file, config);
    const ran = await stage.vpn(
      `--config ${file} --json doctor --resolver ${stage.aws.dns.address} ${more}`,
      env,
    );
    if (!ran.stdout) throw new Error(ran.stderr);
    const { findings } = JSON.parse(ran.stdout) as { findings: Finding[] };
    return { code: ran.code, findings, of: toFinder(findings) };
  };
  const here = () => ({ AWS_ENDPOINT_URL: stage.aws.door.url, ...key });

  test('a region, a zone and a name that are not there', async () => {
    const wrong = await elsewhere('region: eu-nowhere-1\nzoneId: Z404\n', here(), '--account');
    expect(wrong.code).toBe(1);
    expect(wrong.of('region').says).toBe('AWS has no region eu-nowhere-1');
    expect(wrong.of('hosted zone').says).toBe('the account has no hosted zone Z404');
    const off = await elsewhere(
      'region: me-south-1\nname: vpn.other.example\n',
      here(),
      '--account',
    );
    expect(off.of('region').remedy).toBe('aws account enable-region --region-name me-south-1');
    expect(off.of('hosted zone').says).toBe('vpn.other.example is not in the zone example.org');
  });

  test('a name that leads somewhere, though nothing is deployed here', async () => {
    await stage.ask('start --wait');
    const { code, findings, of } = await elsewhere('vpn: cottage\n', here());
    expect(code).toBe(1);
    expect(of('deployment').says).toMatch(
      /^there is no perennial-cottage in us-east-1, but vpn\.example\.org leads to 203\.0\.113\.\d+$/,
    );
    expect(findings.at(-1)?.name).toBe('deployment');
  });

  test('without credentials one thing is broken, and the rest waits for it', async () => {
    const { code, of } = await elsewhere('', { AWS_ENDPOINT_URL: stage.aws.door.url });
    expect(code).toBe(1);
    expect(of('credentials')).toMatchObject({
      level: 'bad',
      says: 'There are no AWS credentials',
      remedy: 'Set AWS_PROFILE, or run "aws configure" or "aws sso login".',
    });
    expect(of('default VPC').says).toBe(
      'not checked: AWS was not reached as anybody, see "credentials"',
    );
    expect(of('deployment').level).toBe('unknown');
  });

  test('without a network it ends all the same, and says so', async () => {
    const { env, home } = setHome();
    const file = join(home, 'perennial.yml');
    writeFileSync(file, '');
    const nowhere = { ...env, ...key, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const line = `--config ${file} doctor --resolver 127.0.0.1:1`;
    const { code, stdout } = await runVpn(line, nowhere);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /FAIL {2}credentials +Nobody answers there \(ECONNREFUSED\)\n +→ Check the address and whether this machine is online\./,
    );
    expect(stdout).toMatch(/\n1 thing is broken, \d+ could not be checked, of 12 checks\.\n$/);
  });

  test('a resolver that is none is refused', async () => {
    const { code, stderr } = await stage.vpn('--local doctor --resolver nonsense');
    expect([code, stderr]).toEqual([
      2,
      'vpn: nonsense is no address of a DNS server: give one like 1.1.1.1.\n',
    ]);
  });
});
