/** A real server, and real clients that use it: Debian's kernel, pptpd, pppd and WireGuard under emulation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepare } from './people.ts';
import { testPptp } from './pptp.ts';
import { agent, type Stage, setVmStage } from './stage.ts';

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
  const check = await server.run('/usr/local/lib/perennial/agent check');
  expect(check.output).not.toMatch(/^FAIL {2}(?!clock)/m);
  expect(await server.must('uname -r')).toMatch(/-amd64\n$/);
});

describe('PPTP', () => {
  beforeAll(() => prepare(stage.client));
  testPptp(() => stage);
});
