/** The role of dynamic DNS, asked by the played AWS: what the function calls is allowed, and nothing beside it. */
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import {
  DeleteParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { toFunctionCredentials } from '../../local/functions.ts';
import { must } from '../../shared/adapters/answers.ts';
import { readDyndnsConfig } from '../../shared/dyndns/config.ts';
import { emptyMemory } from '../../shared/dyndns/memory.ts';
import { toUpdatePorts } from '../../shared/dyndns/wire.ts';
import { readTemplateFile, runOsls } from '../compiled-template.ts';
import { deployed } from '../role-calls.ts';
import { cabin, home } from './house.ts';

const stage = await setStage(`home: ${home},${cabin}`);
const without = await setStage('');
const { ssm, route53, zoneId } = stage;
const secret = `/perennial/home/dyndns/${home}`;
const memory = `/perennial/home/dyndns/memory/${home}`;
const denied = { name: expect.stringMatching(/^AccessDenied(Exception)?$/) };

const read = (Name: string) => () => ssm.send(new GetParametersCommand({ Names: [Name] }));
const write = (Name: string) => () =>
  ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: '{}', Overwrite: true }));
const change =
  (
    record: object,
    { Action = 'UPSERT' as const, HostedZoneId = zoneId, also = [] as object[] } = {},
  ) =>
  () => {
    const usual = { Name: home, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '203.0.113.7' }] };
    const Changes = [record, ...also].map((one) => ({
      Action,
      ResourceRecordSet: { ...usual, ...one } as never,
    }));
    return route53.send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
    );
  };

test('the function may make each call that it makes', async () => {
  const { hosts, records } = stage.ports;
  for (const host of [home, cabin]) {
    await hosts.read(host, 0);
    await hosts.remember(host, emptyMemory);
    await records.read(host);
    const addresses = [
      { type: 'A' as const, value: '203.0.113.7' },
      { type: 'AAAA' as const, value: '2001:db8::7' },
    ];
    expect(await records.write(host, addresses)).toBe(true);
  }
  expect(stage.denied).toEqual([]);
});

test('it has leave for nothing else', () => {
  const called = stage.calls.map(({ service, operation }) => `${service}:${operation}`);
  const ofLambda = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const statements = stage.role.policies.flatMap(
    ({ document }) =>
      (document as { Statement: { Action: string | string[]; Resource: string | string[] }[] })
        .Statement,
  );
  const actions = new Set(statements.flatMap(({ Action }) => Action));
  expect([...actions].sort()).toEqual([...new Set(called), ...ofLambda].sort());
  expect(statements.flatMap(({ Resource }) => Resource)).not.toContain('*');
});

describe('it may not', () => {
  test.each([
    ["move the VPN's own name", change({ Name: 'vpn.example.org' })],
    ["move the VPN's own name with a home", change({}, { also: [{ Name: 'vpn.example.org' }] })],
    ['move another name', change({ Name: 'www.example.org' })],
    ['move a name below a home', change({ Name: `www.${home}` })],
    ['delete a record', change({}, { Action: 'DELETE' as never })],
    ['write another kind of record', change({ Type: 'TXT' })],
    ['change another zone', change({}, { HostedZoneId: 'Z0OTHER' })],
    [
      'read another zone',
      () => route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z0OTHER' })),
    ],
    ['let somebody in', write(secret)],
    ['want something', write('/perennial/home/state/desired')],
    ['speak for a server', write('/perennial/home/state/servers/i-0f0e')],
    ["read a user's secret", read('/perennial/home/users/ann')],
    ['read the Slack webhook', read('/perennial/home/slack')],
    ["read another VPN's hosts", read(`/perennial/home2/dyndns/${home}`)],
    [
      'list its hosts',
      () => ssm.send(new GetParametersByPathCommand({ Path: '/perennial/home/dyndns' })),
    ],
    ['forget abuse', () => ssm.send(new DeleteParameterCommand({ Name: memory }))],
  ])('%s', async (_, call) => {
    await expect(call()).rejects.toMatchObject(denied);
  });

  test('move any name, while there is no home', async () => {
    const writing = without.ports.records.write(home, [{ type: 'A', value: '203.0.113.7' }]);
    await expect(writing).rejects.toMatchObject(denied);
  });
});

/** The template deployed with those homes, and clients in the role of the function. */
async function setStage(perennialYml: string) {
  const { code, output, files } = await runOsls('package', perennialYml);
  if (code !== 0) throw new Error(output);
  const { world, stack, calls, denied, toClientsOf } = deployed(readTemplateFile(files));
  const target = must(
    stack.functions.find(({ logicalId }) => logicalId === 'DyndnsLambdaFunction'),
    'the function',
  );
  const role = must(
    stack.roles.find(({ arn }) => arn === target.roleArn),
    'its role',
  );
  const config = readDyndnsConfig({ ...target.environment, AWS_REGION: world.region });
  const clients = toClientsOf(toFunctionCredentials(stack, target));
  const ports = toUpdatePorts(config, clients, () => world.timers.now);
  return { ...clients, zoneId: config.zoneId, ports, calls, denied, role };
}
