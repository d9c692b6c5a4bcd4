/** A real server from its first minute on: before it knows anybody, once it does, and when things break. */
import { describe, expect, test } from 'vitest';
import { testFailure } from './failure.ts';
import { agent, useStage } from './stage.ts';

const toStage = useStage({ isCut: true });

test('a new server that can not reach Parameter Store lets nobody in, and says so', async () => {
  const { server } = toStage();
  await server.until('/usr/local/lib/perennial/agent report | grep -q "secrets could not be had"');
  expect(await agent(toStage())).toMatchObject({
    serving: { pptp: false, wireguard: false },
    applied: { users: {}, keys: {} },
    problem: expect.stringContaining('The secrets could not be had'),
  });
  expect(await server.run('cat /run/perennial/chap-secrets')).toMatchObject({ code: 1 });
});

test('once it can, it serves, and its self-test finds nothing wrong', async () => {
  const { cloud, cut, server } = toStage();
  cloud.putUser('ann', { password: 'osvCylQX', old: null });
  const serves = cloud.reported(({ serving }) => Boolean(serving.pptp && serving.wireguard));
  cut(false);
  expect(await serves).toMatchObject({ applied: { users: { ann: 1 }, keys: { wireguard: 1 } } });
  // It takes a moment until the time server has answered.
  await server.until('/usr/local/lib/perennial/agent check');
  expect(await server.must('uname -r')).toMatch(/-amd64\n$/);
});

test('all of it takes less than a gigabyte on the disk', async () => {
  const used = await toStage().server.must('df --output=used -BM / | tail -1');
  console.log(`On the disk are ${used.trim()}`);
  expect(Number.parseInt(used, 10)).toBeLessThan(1_000);
});

describe('failure', () => testFailure(toStage));
