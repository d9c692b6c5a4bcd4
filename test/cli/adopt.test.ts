/** `vpn adopt` as a person types it, from the how-to's files and its persistent request to a new server that serves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive, toState } from '../../local/ec2/instances.ts';
import { bakedImageId } from '../../local/world.ts';
import { setPower, theServer } from '../../local/world-route.ts';
import { must } from '../../shared/adapters/answers.ts';
import type { User } from '../../web/data/answers.ts';
import { root } from '../scripts/cli.ts';
import { type CliStage, setCliStage } from './stage.ts';

const from = `${root}/test/fixtures/how-to`;

let stage: CliStage;
let requestId: string;
let oldId: string;
beforeAll(async () => {
  stage = await setCliStage();
  const { pump, world, config } = stage.aws;
  pump.change(() => {
    setPower(world, config, 'off');
    world.call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: bakedImageId,
      InstanceType: 't3.nano',
      InstanceMarketOptions: {
        MarketType: 'spot',
        SpotOptions: { SpotInstanceType: 'persistent', MaxPrice: '0.02' },
      },
    });
  });
  const [request] = world.spotRequests.values();
  requestId = must(request?.SpotInstanceRequestId, 'a request');
  oldId = must(request?.InstanceId, 'its server');
});
afterAll(() => stage.stop());

const stateOf = () => stage.aws.world.spotRequests.get(requestId)?.State;
const secrets = ['osvCylQX', 'TIRUssa3', 'nJ6ljIBf', 'real one'];

test('shows first what it would do, without any secret, and does nothing', async () => {
  const { code, stdout } = await stage.vpn(`--local adopt --from ${from} --dry-run`);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Read: .*etc\/ppp\/chap-secrets, .*etc\/ddclient\.conf\n/);
  expect(stdout).toContain(
    '\nThis will be done:\n  - add user01, with the password they have; weak',
  );
  expect(stdout).toContain('hostname.dyndns.example');
  expect(stdout).toContain(`--request ${requestId}`);
  expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
  expect(await stage.ask<User[]>('users')).toEqual([]);
  expect(stateOf()).toBe('active');
});

test('does nothing that nobody has agreed to', async () => {
  const { code, stderr } = await stage.vpn(`--local adopt --from ${from}`);
  expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([
    2,
    'vpn: Do that? Say so with --yes.',
  ]);
  expect(await stage.ask<User[]>('users')).toEqual([]);
});

test.each([
  ['adopt', 2, /required option '--from <folder>' not specified/],
  ['adopt --from /nowhere', 1, /no etc\/ppp\/chap-secrets in \/nowhere/],
  [`adopt --from ${from} --request sir-00000000`, 1, /no spot request sir-00000000 in this region/],
  [`adopt --from ${from} --image ami-00000000`, 1, /no image ami-00000000 of yours/],
  [`adopt --from ${from} --end-server`, 1, /--end-server needs --request/],
])('%s says what is wrong', async (line, exit, sentence) => {
  const { code, stdout, stderr } = await stage.vpn(`--local ${line}`);
  expect([code, stdout]).toEqual([exit, '']);
  expect(stderr).toMatch(sentence);
});

test('brings everybody over, and lets go of the old once the new serves', async () => {
  const { world, witness } = stage.aws;
  let servedThen: boolean | null = null;
  world.setFaults((_, operation) => {
    if (operation === 'CancelSpotInstanceRequests') servedThen = witness.isUp();
    return null;
  });
  const { code, stdout, stderr } = await stage.vpn(
    `--local --json adopt --from ${from} --request ${requestId} --yes`,
  );
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({
    added: [{ user: 'user01' }, { user: 'user02' }, { user: 'user03' }],
    turnsOn: true,
    cancels: requestId,
    ends: null,
    done: true,
  });
  expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
  expect([servedThen, stateOf()]).toEqual([true, 'cancelled']);
  const server = theServer(stage.aws);
  expect(world.guests.logsIn(server.id, 'user01', 'osvCylQX')).toBe(true);
  expect(world.guests.logsIn(server.id, 'user03', 'nJ6ljIBf')).toBe(true);
  expect(toState(must(world.instances.get(oldId), 'the old'))).toBe('running');
});

test('done again it ends the old server too, and then there is nothing to do', async () => {
  const line = `--local adopt --from ${from} --request ${requestId} --end-server --yes`;
  expect(await stage.vpn(line)).toMatchObject({ code: 0 });
  expect(isAlive(must(stage.aws.world.instances.get(oldId), 'the old'))).toBe(false);
  const { stdout } = await stage.vpn(line);
  expect(stdout).toBe('Nothing was to be done.\n');
});
