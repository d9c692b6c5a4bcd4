/** The roles of the HTTP functions: what they call is allowed, and nothing that would make a hole in them worse. */
import { describe, expect, test } from 'vitest';
import { type Context, judge } from '../../local/iam/policy.ts';
import { packageTemplate } from '../compiled-template.ts';
import { deployed } from '../role-calls.ts';
import { callAsApi, callAsProfile } from './role-calls.ts';

const template = await packageTemplate();
const { world, stack } = deployed(template);
const parameter = (name: string) =>
  `arn:aws:ssm:us-east-1:123456789012:parameter/perennial/${name}`;
const instance = 'arn:aws:ec2:us-east-1:123456789012:instance/i-0b662ef9931388ba0';
const ofLambda = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe.each([
  ['ApiRole', callAsApi],
  ['ProfileRole', callAsProfile],
])('%s', async (logicalId, makeCalls) => {
  const stage = deployed(template);
  await makeCalls(stage);

  test('may make all calls of its function', () => {
    expect(stage.denied).toEqual([]);
  });

  test('may make no others', () => {
    const called = stage.calls.map(({ service, operation }) => `${service}:${operation}`);
    const { policies = [] } = stack.roles.find((role) => role.logicalId === logicalId) ?? {};
    const statements = policies.flatMap(
      ({ document }) => (document as { Statement: { Action: string | string[] }[] }).Statement,
    );
    const allowed = new Set(statements.flatMap(({ Action }) => Action));
    expect([...allowed].toSorted()).toEqual([...new Set([...called, ...ofLambda])].toSorted());
  });
});

const forNone: [string, string, string, Context?][] = [
  ['launch', 'ec2:RunInstances', instance],
  ['end a server', 'ec2:TerminateInstances', instance, { 'aws:ResourceTag/perennial:vpn': 'home' }],
  [
    'move the name',
    'route53:ChangeResourceRecordSets',
    'arn:aws:route53:::hostedzone/Z0EXAMPLE',
    {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['vpn.example.org'],
      'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
      'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
    },
  ],
  ['make a token', 'ssm:PutParameter', parameter('home/api/token')],
  ['write the journal', 'ssm:PutParameter', parameter('home/state/journal')],
  ['speak for a server', 'ssm:PutParameter', parameter('home/state/servers/i-1')],
  ["read the servers' key", 'ssm:GetParameter', parameter('home/keys/wireguard')],
  [
    "replace the servers' key",
    'ssm:PutParameter',
    parameter('home/keys/wireguard'),
    { 'ssm:Overwrite': 'true' },
  ],
  ['read the Slack address', 'ssm:GetParameter', parameter('home/slack')],
  ["replace Slack's signing secret", 'ssm:PutParameter', parameter('home/slack-signing')],
  ["read another's signing secret", 'ssm:GetParameter', parameter('home2/slack-signing')],
  ["read a secret's history", 'ssm:GetParameterHistory', parameter('home/users/ann')],
  ['list secrets with their values', 'ssm:GetParametersByPath', parameter('home/users')],
  ["read another VPN's user", 'ssm:GetParameter', parameter('home2/users/ann')],
  ['command a server', 'ssm:SendCommand', instance, { 'ssm:resourceTag/perennial:vpn': 'home' }],
  ['give a role away', 'iam:PassRole', 'arn:aws:iam::123456789012:role/perennial-ServerRole'],
];
const forApi: typeof forNone = [
  ['read a secret', 'ssm:GetParameter', parameter('home/users/ann')],
  ['read an old secret', 'ssm:GetParameter', parameter('home/users/ann:3')],
  ['read several secrets', 'ssm:GetParameters', parameter('home/users/ann')],
];
const forProfile: typeof forNone = [
  ['change a user', 'ssm:PutParameter', parameter('home/users/ann')],
  ['remove a user', 'ssm:DeleteParameter', parameter('home/users/ann')],
  ["read Slack's signing secret", 'ssm:GetParameter', parameter('home/slack-signing')],
  ['want something', 'ssm:PutParameter', parameter('home/state/desired')],
  ['see servers', 'ec2:DescribeInstances', '*', { 'ec2:Region': 'us-east-1' }],
];

describe.each([
  ['perennial-ApiRole', [...forNone, ...forApi]],
  ['perennial-ProfileRole', [...forNone, ...forProfile]],
])('%s may not', (name, cases) => {
  const { statements = [] } = world.roles.get(name) ?? {};
  test.each(cases)('%s', (_, action, resource, context = {}) => {
    expect(statements).not.toEqual([]);
    expect(judge(statements, { action, resource, context })).toBe('denied implicitly');
  });
});
