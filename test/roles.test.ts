/** The roles of serverless.yml: what the code calls is allowed, and nothing beside it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { toAsked } from '../local/iam/asked.ts';
import { type Context, judge } from '../local/iam/policy.ts';
import { callAsBake } from './bake/role-calls.ts';
import { packageTemplate, toResources } from './compiled-template.ts';
import { callAsApi } from './http/role-calls.ts';
import { callAsLoop, callAsServer, callAsTelling, deployed, toServer } from './role-calls.ts';

interface Raw {
  Action: string | string[];
  Resource: string | string[];
}

const template = await packageTemplate();
const resources = toResources(template);
const { world, stack, config } = deployed(template);
const { statements: loop = [] } = world.roles.get('perennial-ReconcileRole') ?? {};

const ec2 = (resource: string) => `arn:aws:ec2:us-east-1:123456789012:${resource}`;
const parameter = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter${name}`;
const document = (name: string) => `arn:aws:ssm:us-east-1:123456789012:document/${name}`;
const hostedZone = (id: string) => `arn:aws:route53:::hostedzone/${id}`;

const launch = 'ec2:RunInstances';
const instanceId = 'i-0b662ef9931388ba0';
const instance = ec2(`instance/${instanceId}`);
const report = parameter(`/perennial/home/state/servers/${instanceId}`);
const ourTags = {
  'aws:RequestTag/perennial:vpn': 'home',
  'aws:RequestTag/perennial:generation': '1',
  'aws:RequestTag/Name': 'perennial-home',
};
const ourTemplate = { 'ec2:LaunchTemplate': ec2(`launch-template/${config.templates.spot.id}`) };
const foreignTemplate = { 'ec2:LaunchTemplate': ec2('launch-template/lt-0f0e') };

/** Services and actions that know no resource narrower than `*`, by AWS's service authorization reference. */
const withoutResource =
  /^(ssmmessages:.*|ec2messages:.*|ssm:DescribeParameters|ec2:Describe(Instances|Images|Snapshots|InstanceStatus|SpotPriceHistory|SpotInstanceRequests|Volumes|Addresses))$/;

test.each(stack.roles)(
  '$logicalId: no wildcard in an action, * for a resource only where AWS has no narrower',
  ({ logicalId }) => {
    const role = toRaw(logicalId);
    const actions = role.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    const wide = role.filter(({ Resource }) => [Resource].flat().includes('*'));
    const actionsOfWide = wide.flatMap(({ Action }) => Action);
    expect(actionsOfWide.filter((action) => !withoutResource.test(action))).toEqual([]);
  },
);

describe('the loop may call what its adapters call', async () => {
  const stage = deployed(template);
  await callAsLoop(stage);
  const called = new Set(stage.calls.map(({ service, operation }) => `${service}:${operation}`));

  test('all of it', () => {
    expect(stage.denied).toEqual([]);
  });

  test('and no command of any adapter is forgotten', async () => {
    const root = join(import.meta.dirname, '..');
    const text = globSync('shared/adapters/*.ts', { cwd: root })
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('');
    const sent = new Set([...text.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name));
    const http = deployed(template);
    await callAsApi(http);
    const baking = deployed(template);
    await callAsBake(baking);
    const calls = [...stage.calls, ...http.calls, ...baking.calls];
    const operations = new Set(calls.map(({ operation }) => operation));
    expect([...operations].sort()).toEqual([...sent].sort());
  });

  test('and what those calls bring with them, and no more', () => {
    const ofLaunch = ['ec2:CreateTags', 'iam:PassRole'];
    const ofLambda = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'];
    const allowed = new Set(toRaw('ReconcileRole').flatMap(({ Action }) => Action));
    expect([...allowed].sort()).toEqual([...called, ...ofLaunch, ...ofLambda].sort());
  });
});

describe('the loop may not', () => {
  const cases: [string, string, string, Context?][] = [
    ['terminate an instance without our tag', 'ec2:TerminateInstances', instance],
    [
      "terminate another VPN's server",
      'ec2:TerminateInstances',
      instance,
      { 'aws:ResourceTag/perennial:vpn': 'home2' },
    ],
    ['delete a disk without our tag', 'ec2:DeleteVolume', ec2('volume/vol-0f0e')],
    [
      "cancel somebody else's spot request",
      'ec2:CancelSpotInstanceRequests',
      ec2('spot-instances-request/sir-0f0e'),
    ],
    ['tag an instance that is already there', 'ec2:CreateTags', instance, ourTags],
    ['launch without our tag', launch, ec2('instance/*'), ourTemplate],
    ['launch without a template', launch, ec2('instance/*'), ourTags],
    ['launch from another', launch, ec2('instance/*'), { ...ourTags, ...foreignTemplate }],
    ['use a foreign template', launch, ec2('launch-template/lt-0f0e'), foreignTemplate],
    ['use a foreign security group', launch, ec2('security-group/sg-0f0e'), ourTemplate],
    ['leave a disk without our tag', launch, ec2('volume/*'), ourTemplate],
    ['request spot without our tag', launch, ec2('spot-instances-request/*')],
    [
      "launch somebody else's image",
      launch,
      'arn:aws:ec2:us-east-1::image/ami-0f0e',
      { ...ourTemplate, 'ec2:Owner': '210987654321' },
    ],
    [
      'give a server another role',
      'iam:PassRole',
      'arn:aws:iam::123456789012:role/admin',
      { 'iam:PassedToService': 'ec2.amazonaws.com' },
    ],
    [
      "give the server's role to another service",
      'iam:PassRole',
      'arn:aws:iam::123456789012:role/perennial-ServerRole',
      { 'iam:PassedToService': 'lambda.amazonaws.com' },
    ],
    ['want something itself', 'ssm:PutParameter', parameter('/perennial/home/state/desired')],
    ['speak for a server', 'ssm:PutParameter', report],
    ['delete the journal', 'ssm:DeleteParameter', parameter('/perennial/home/state/journal')],
    ['read a secret', 'ssm:GetParameter', parameter('/perennial/home/users/ann')],
    ['read an old secret', 'ssm:GetParameter', parameter('/perennial/home/users/ann:3')],
    ['list secrets', 'ssm:GetParametersByPath', parameter('/perennial/home/users')],
    ["read a user's history", 'ssm:GetParameterHistory', parameter('/perennial/home/users/ann')],
    ["rotate another VPN's user", 'ssm:PutParameter', parameter('/perennial/home2/users/ann')],
    ["read the server's key", 'ssm:GetParameter', parameter('/perennial/home/keys/wireguard')],
    [
      "replace the server's key",
      'ssm:PutParameter',
      parameter('/perennial/home/keys/wireguard'),
      { 'ssm:Overwrite': 'true' },
    ],
    ["delete the server's key", 'ssm:DeleteParameter', parameter('/perennial/home/keys/wireguard')],
    ['claim an address', 'ssm:PutParameter', parameter('/perennial/home/addresses/10.40.2.2')],
    ['send any script', 'ssm:SendCommand', document('AWS-RunShellScript')],
    [
      "send a command to another VPN's server",
      'ssm:SendCommand',
      instance,
      { 'ssm:resourceTag/perennial:vpn': 'home2' },
    ],
    ['send a command to an instance without our tag', 'ssm:SendCommand', instance],
    ["read a command's output", 'ssm:GetCommandInvocation', '*'],
    ['list another VPN', 'ssm:GetParametersByPath', parameter('/perennial/home2/state')],
    ['read another zone', 'route53:ListResourceRecordSets', hostedZone('Z0OTHER')],
    ['log elsewhere', 'logs:PutLogEvents', 'arn:aws:logs:us-east-1:123456789012:log-group:x:*'],
    ['fill another queue', 'sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:other'],
  ];
  test.each(cases)('%s', (_, action, resource, context = {}) => {
    expect(judge(loop, { action, resource, context })).toBe('denied implicitly');
  });

  const changes: [string, object, object?][] = [
    ['move another name', { Name: 'www.example.org' }],
    ['move more than the name', {}, { Name: 'www.example.org' }],
    ['delete the name', { Action: 'DELETE' }],
    ['write another kind of record', { Type: 'TXT' }],
    ['change another zone', { HostedZoneId: 'Z0OTHER' }],
  ];
  const usual = { Action: 'UPSERT', Name: config.name, Type: 'A', HostedZoneId: config.zoneId };
  test.each(changes)('%s', (_, change, another) => {
    const { HostedZoneId } = { ...usual, ...change };
    const Changes = (another ? [change, another] : [change]).map((one) => {
      const { Action, ...ResourceRecordSet } = { ...usual, ...one };
      return { Action, ResourceRecordSet };
    });
    const input = { HostedZoneId, ChangeBatch: { Changes } };
    const asked = toAsked(world, 'route53', 'ChangeResourceRecordSets', input) ?? [];
    expect(asked.map((one) => judge(loop, one))).toEqual(['denied implicitly']);
  });
});

describe('the telling', async () => {
  const stage = deployed(template);
  await callAsTelling(stage);
  const { statements: telling = [] } = world.roles.get('perennial-TellRole') ?? {};

  test('may call what it calls, and no more', () => {
    expect(stage.denied).toEqual([]);
    const called = new Set(stage.calls.map(({ operation }) => `ssm:${operation}`));
    const ofLambda = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'];
    const allowed = new Set(toRaw('TellRole').flatMap(({ Action }) => Action));
    expect([...allowed].sort()).toEqual([...called, ...ofLambda].sort());
  });

  test.each([
    ['read a user', 'ssm:GetParameter', parameter('/perennial/home/users/ann')],
    ['read a key', 'ssm:GetParameter', parameter('/perennial/home/keys/wireguard')],
    ["read another VPN's webhook", 'ssm:GetParameter', parameter('/perennial/home2/slack')],
    ['read what is desired', 'ssm:GetParameter', parameter('/perennial/home/state/desired')],
    ['write the journal', 'ssm:PutParameter', parameter('/perennial/home/state/journal')],
    ['change the webhook', 'ssm:PutParameter', parameter('/perennial/home/slack')],
    ['delete the journal', 'ssm:DeleteParameter', parameter('/perennial/home/state/journal')],
    ['list secrets', 'ssm:GetParametersByPath', parameter('/perennial/home/users')],
    ['end a server', 'ec2:TerminateInstances', instance],
    ["forget another VPN's", 'ssm:DeleteParameter', parameter('/perennial/home2/told/bookmark')],
  ])('may not %s', (_, action, resource) => {
    expect(judge(telling, { action, resource, context: {} })).toBe('denied implicitly');
  });
});

describe('the server', async () => {
  const stage = deployed(template);
  const { id, ssm, ec2: ec2Client, route53 } = toServer(stage);
  const read = (Name: string) => () => ssm.send(new GetParameterCommand({ Name }));
  const list = (Path: string) => () => ssm.send(new GetParametersByPathCommand({ Path }));
  const write = (Name: string) => () =>
    ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: '{}', Overwrite: true }));
  const remove = (Name: string) => () => ssm.send(new DeleteParameterCommand({ Name }));
  const there = [
    '/perennial/home/users/ann',
    '/perennial/home2/users/ann',
    '/perennial/home/keys/wireguard',
    '/perennial/home2/keys/wireguard',
    '/perennial/home/slack',
    '/perennial/home/addresses/10.40.2.7',
    '/perennial/home/state/desired',
    '/perennial/home/state/journal',
    '/perennial/home/state/ledger',
  ];
  for (const name of there) stage.put(name);

  test.each([
    ['list its users', list('/perennial/home/users')],
    ['read a user', read('/perennial/home/users/ann')],
    ['read what a user had before', read('/perennial/home/users/ann:1')],
    ['list its keys', list('/perennial/home/keys')],
    ['read a key', read('/perennial/home/keys/wireguard')],
    ['report', write(`/perennial/home/state/servers/${id}`)],
    ['report as a canary', write(`/perennial/home/bake/canaries/${id}`)],
  ])('may %s', async (_, call) => {
    await expect(call()).resolves.toBeDefined();
  });

  test('may do all that its agent does', async () => {
    const agents = deployed(template);
    await callAsServer(agents);
    expect(agents.denied).toEqual([]);
  });

  test.each([
    ["read another VPN's user", read('/perennial/home2/users/ann')],
    ["list another VPN's users", list('/perennial/home2/users')],
    ["read another VPN's key", read('/perennial/home2/keys/wireguard')],
    ["list another VPN's keys", list('/perennial/home2/keys')],
    ["report for another VPN's server", write(`/perennial/home2/state/servers/${id}`)],
    ['read the Slack token', read('/perennial/home/slack')],
    ['read whose an address is', read('/perennial/home/addresses/10.40.2.7')],
    ['read what is desired', read('/perennial/home/state/desired')],
    ['read the journal', read('/perennial/home/state/journal')],
    ['read the ledger', read('/perennial/home/state/ledger')],
    ['read its own report', read(`/perennial/home/state/servers/${id}`)],
    ['list the state', list('/perennial/home/state')],
    ['read everything at once', list('/perennial/home')],
    ["read everybody's everything", list('/')],
    ['list names', () => ssm.send(new DescribeParametersCommand({}))],
    [
      "read a user's history",
      () => ssm.send(new GetParameterHistoryCommand({ Name: '/perennial/home/users/ann' })),
    ],
    ['say how a bake went', write(`/perennial/home/bake/builders/${id}`)],
    ['write what is installed', write('/perennial/home/image/000')],
    ['make a user', write('/perennial/home/users/eve')],
    ['change a user', write('/perennial/home/users/ann')],
    ['remove a user', remove('/perennial/home/users/ann')],
    ['change a key', write('/perennial/home/keys/wireguard')],
    ['want something', write('/perennial/home/state/desired')],
    ['write the journal', write('/perennial/home/state/journal')],
    ['write the ledger', write('/perennial/home/state/ledger')],
    ['write beside the reports', write('/perennial/home/state/servers')],
    ['remove a report', remove(`/perennial/home/state/servers/${id}`)],
    [
      'command a server',
      () =>
        ssm.send(new SendCommandCommand({ DocumentName: 'AWS-RunShellScript', InstanceIds: [id] })),
    ],
    ['see servers', () => ec2Client.send(new DescribeInstancesCommand({}))],
    ['end itself', () => ec2Client.send(new TerminateInstancesCommand({ InstanceIds: [id] }))],
    [
      'read the zone',
      () => route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: config.zoneId })),
    ],
  ])('may not %s', async (_, call) => {
    await expect(call()).rejects.toMatchObject({
      name: expect.stringMatching(/^(UnauthorizedOperation|AccessDenied(Exception)?)$/),
      message: expect.stringContaining(
        `User: arn:aws:sts::123456789012:assumed-role/perennial-ServerRole/${id} is not authorized`,
      ),
    });
  });
});

test.each([
  ['TellRole', 'lambda.amazonaws.com'],
  ['ApiRole', 'lambda.amazonaws.com'],
  ['ProfileRole', 'lambda.amazonaws.com'],
  ['ReconcileRole', 'lambda.amazonaws.com'],
  ['DyndnsRole', 'lambda.amazonaws.com'],
  ['BakeRole', 'lambda.amazonaws.com'],
  ['BuilderRole', 'ec2.amazonaws.com'],
  ['ServerRole', 'ec2.amazonaws.com'],
])('%s is for %s alone', (logicalId, service) => {
  expect(resources.get(logicalId)?.properties.AssumeRolePolicyDocument).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
});

test('no role is for anything else', () => {
  const roles = [...resources].filter(([, { type }]) => type === 'AWS::IAM::Role');
  expect(roles.map(([logicalId]) => logicalId).sort()).toEqual([
    'ApiRole',
    'BakeRole',
    'BuilderRole',
    'DyndnsRole',
    'ProfileRole',
    'ReconcileRole',
    'ServerRole',
    'TellRole',
  ]);
  const elsewhere = [...resources.values()].filter(({ type }) => /IAM::.*Policy/.test(type));
  expect(elsewhere).toEqual([]);
});

/** As they stand in the template. */
function toRaw(logicalId: string): Raw[] {
  const { policies = [] } = stack.roles.find((role) => role.logicalId === logicalId) ?? {};
  return policies.flatMap(({ document }) => (document as { Statement: Raw[] }).Statement);
}
