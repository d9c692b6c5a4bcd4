/** The roles of serverless.yml: what the code calls is allowed, and nothing beside it. */
import { describe, expect, test } from 'vitest';
import { ec2, hostedZone, instanceId, parameter, recordCalls, toAsked, toChange } from './asked.ts';
import { packageTemplate, toResources } from './compiled-template.ts';
import { type Asked, allows, type Statement, toList, toStatements } from './iam.ts';

const resources = toResources(await packageTemplate());
const loop = statementsOf('ReconcileRole');
const server = statementsOf('ServerRole');
const calls = await recordCalls();

const launch = 'ec2:RunInstances';
const instance = ec2(`instance/${instanceId}`);
const report = parameter(`/perennial/home/state/servers/${instanceId}`);
const ourTags = {
  'aws:RequestTag/perennial:vpn': 'home',
  'aws:RequestTag/perennial:generation': '1',
  'aws:RequestTag/Name': 'perennial-home',
};
const ourTemplate = { 'ec2:LaunchTemplate': ec2('launch-template/SpotTemplate') };
const foreignTemplate = { 'ec2:LaunchTemplate': ec2('launch-template/lt-0f0e') };

/** Services and actions that know no resource narrower than `*`, by AWS's service authorization reference. */
const withoutResource =
  /^(ssmmessages:.*|ec2messages:.*|ec2:Describe(Instances|InstanceStatus|SpotPriceHistory|SpotInstanceRequests|Volumes))$/;

test.each([
  ['the loop', loop],
  ['the server', server],
])('%s: no wildcard in an action, * for a resource only where AWS has no narrower', (_, role) => {
  const actions = role.flatMap(({ Action }) => toList(Action));
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  const wide = role.filter(({ Resource }) => toList(Resource).includes('*'));
  const actionsOfWide = wide.flatMap(({ Action }) => toList(Action));
  expect(actionsOfWide.filter((action) => !withoutResource.test(action))).toEqual([]);
});

test('the loop may call what its adapters call, and what those calls bring with them', () => {
  const called = new Set(calls.map(({ action }) => action));
  const ofLaunch = ['ec2:CreateTags', 'iam:PassRole'];
  const ofLambda = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'];
  const allowed = new Set(loop.flatMap(({ Action }) => toList(Action)));
  expect([...allowed].sort()).toEqual([...called, ...ofLaunch, ...ofLambda].sort());
});

test.each(calls)('the loop may: $action', (call) => {
  expect(toAsked(call).filter((asked) => !allows(loop, asked))).toEqual([]);
});

describe('the loop may not', () => {
  const cases: [string, string, string, Asked['context']?][] = [
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
      'ServerRole.Arn',
      { 'iam:PassedToService': 'lambda.amazonaws.com' },
    ],
    ['want something itself', 'ssm:PutParameter', parameter('/perennial/home/state/desired')],
    ['speak for a server', 'ssm:PutParameter', report],
    ['delete the journal', 'ssm:DeleteParameter', parameter('/perennial/home/state/journal')],
    ['read a secret', 'ssm:GetParameter', parameter('/perennial/home/users/ann')],
    ['list secrets', 'ssm:GetParametersByPath', parameter('/perennial/home/users')],
    ['list another VPN', 'ssm:GetParametersByPath', parameter('/perennial/home2/state')],
    ['read another zone', 'route53:ListResourceRecordSets', hostedZone('Z0OTHER')],
    ['log elsewhere', 'logs:PutLogEvents', 'arn:aws:logs:us-east-1:123456789012:log-group:x:*'],
    ['fill another queue', 'sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:other'],
  ];
  test.each(cases)('%s', (_, action, resource, context = {}) => {
    expect(allows(loop, { action, resource, context })).toBe(false);
  });

  test.each([
    ['move another name', { name: 'www.example.org' }],
    ['delete the name', { kind: 'DELETE' }],
    ['write another kind of record', { type: 'TXT' }],
    ['change another zone', { zoneId: 'Z0OTHER' }],
  ])('%s', (_, change) => {
    expect(allows(loop, toChange(change))).toBe(false);
  });
});

describe('the server', () => {
  test.each([
    ['list its users', 'ssm:GetParametersByPath', parameter('/perennial/home/users')],
    ['read a user', 'ssm:GetParameter', parameter('/perennial/home/users/ann')],
    ['list its keys', 'ssm:GetParametersByPath', parameter('/perennial/home/keys')],
    ['read a key', 'ssm:GetParameter', parameter('/perennial/home/keys/wireguard')],
    ['report', 'ssm:PutParameter', report],
    ['say that its agent is there', 'ssm:UpdateInstanceInformation', instance],
    ['wait for commands', 'ssmmessages:OpenControlChannel', '*'],
  ])('may %s', (_, action, resource) => {
    expect(allows(server, { action, resource })).toBe(true);
  });

  test.each([
    ["read another VPN's user", 'ssm:GetParameter', parameter('/perennial/home2/users/ann')],
    ['read the Slack token', 'ssm:GetParameter', parameter('/perennial/home/slack')],
    ['read everything at once', 'ssm:GetParametersByPath', parameter('/perennial/home')],
    ['change a user', 'ssm:PutParameter', parameter('/perennial/home/users/ann')],
    ['want something', 'ssm:PutParameter', parameter('/perennial/home/state/desired')],
    ['write the journal', 'ssm:PutParameter', parameter('/perennial/home/state/journal')],
    ['move the name', 'route53:ChangeResourceRecordSets', hostedZone('Z0EXAMPLE')],
    ['end a server', 'ec2:TerminateInstances', instance],
  ])('may not %s', (_, action, resource) => {
    expect(allows(server, { action, resource })).toBe(false);
  });
});

test.each([
  ['ApiRole', 'lambda.amazonaws.com'],
  ['ReconcileRole', 'lambda.amazonaws.com'],
  ['DyndnsRole', 'lambda.amazonaws.com'],
  ['ServerRole', 'ec2.amazonaws.com'],
])('%s is for %s alone', (logicalId, service) => {
  expect(resources.get(logicalId)?.properties.AssumeRolePolicyDocument).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
});

test('no role is for anything else', () => {
  const roles = [...resources].filter(([, { type }]) => type === 'AWS::IAM::Role');
  const known = ['ApiRole', 'DyndnsRole', 'ReconcileRole', 'ServerRole'];
  expect(roles.map(([logicalId]) => logicalId).sort()).toEqual(known);
  const elsewhere = [...resources.values()].filter(({ type }) => /IAM::.*Policy/.test(type));
  expect(elsewhere).toEqual([]);
});

function statementsOf(logicalId: string): Statement[] {
  const role = resources.get(logicalId);
  if (!role) throw new Error(`there is no ${logicalId}`);
  return toStatements(role);
}
