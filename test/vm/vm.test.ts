/** A real server, and real clients that use it: Debian's kernel, pptpd, pppd and WireGuard under emulation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCrowd } from './crowd.ts';
import { testCutover } from './cutover.ts';
import { testFailure } from './failure.ts';
import { testFirewall } from './firewall.ts';
import { testMppe } from './mppe.ts';
import { prepare } from './people.ts';
import { testPptp } from './pptp.ts';
import { agent, type Stage, setVmStage } from './stage.ts';
import { testWireGuard } from './wireguard.ts';

const bootMs = 5 * 60_000;
let stage: Stage;

beforeAll(async () => {
  stage = await setVmStage();
}, bootMs);
afterAll(() => stage?.close(), bootMs);

test('a new server that can not reach Parameter Store lets nobody in, and says so', async () => {
  const { server } = stage;
  await server.until('/usr/local/lib/perennial/agent report | grep -q "secrets could not be had"');
  expect(await agent(stage)).toMatchObject({
    serving: { pptp: false, wireguard: false },
    applied: { users: {}, keys: {} },
    problem: expect.stringContaining('The secrets could not be had'),
  });
  expect(await server.run('cat /run/perennial/chap-secrets')).toMatchObject({ code: 1 });
});

test('once it can, it serves, and its self-test finds nothing wrong', async () => {
  const { cloud, server } = stage;
  cloud.putUser('ann', { password: 'osvCylQX', old: null });
  const serves = cloud.reported(({ serving }) => Boolean(serving.pptp && serving.wireguard));
  stage.cut(false);
  expect(await serves).toMatchObject({ applied: { users: { ann: 1 }, keys: { wireguard: 1 } } });
  // It takes a moment until the time server has answered.
  await server.until('/usr/local/lib/perennial/agent check');
  expect(await server.must('uname -r')).toMatch(/-amd64\n$/);
});

test('all of it takes less than a gigabyte on the disk', async () => {
  const used = await stage.server.must('df --output=used -BM / | tail -1');
  console.log(`On the disk are ${used.trim()}`);
  expect(Number.parseInt(used, 10)).toBeLessThan(1_000);
});

describe('clients', () => {
  beforeAll(() => prepare(stage.client));
  describe('PPTP', () => testPptp(() => stage));
  describe('PPTP when the address moves', () => testCutover(() => stage));
  describe('a lost packet', () => testMppe(() => stage));
  describe('WireGuard', () => testWireGuard(() => stage));
  describe('the firewall', () => testFirewall(() => stage));
  describe('a full house', () => testCrowd(() => stage));
  describe('failure', () => testFailure(() => stage));
});
