/** What baking may do, and what it may not: least of all touch a server or see a secret. */
import { describe, expect, test } from 'vitest';
import { type Context, judge } from '../../local/iam/policy.ts';
import { packageTemplate } from '../compiled-template.ts';
import { deployed } from '../role-calls.ts';
import { callAsBake, callAsBuilder } from './role-calls.ts';

const template = await packageTemplate();
const { world } = deployed(template);
const ec2 = (resource: string, account = '123456789012') =>
  `arn:aws:ec2:us-east-1:${account}:${resource}`;
const parameter = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter${name}`;
const role = (name: string) => `arn:aws:iam::123456789012:role/perennial-${name}`;
const instance = ec2('instance/i-0b662ef9931388ba0');
const server = { 'aws:ResourceTag/perennial:vpn': 'home' };
const toEc2 = { 'iam:PassedToService': 'ec2.amazonaws.com' };
const templateId = [...world.templates.values()].find(({ name }) => name.endsWith('-builder'))?.id;
const ours = { 'ec2:LaunchTemplate': ec2(`launch-template/${templateId}`) };
const serverTags = { ...ours, 'aws:RequestTag/perennial:vpn': 'home' };

function judgeAs(name: string, action: string, resource: string, context: Context = {}) {
  const { statements = [] } = world.roles.get(`perennial-${name}`) ?? {};
  return judge(statements, { action, resource, context });
}

function toActions(name: string): string[] {
  const { Properties } = template.Resources[name] ?? {};
  const { Policies } = Properties as {
    Policies: { PolicyDocument: { Statement: { Action: string | string[] }[] } }[];
  };
  return [
    ...new Set(
      Policies.flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.flatMap(({ Action }) => Action),
      ),
    ),
  ].sort();
}

test('all that baking calls is allowed, and no action beside it', async () => {
  const stage = deployed(template);
  await callAsBake(stage);
  expect(stage.denied).toEqual([]);
  const called = new Set(stage.calls.map(({ service, operation }) => `${service}:${operation}`));
  const beside = [
    'ec2:CreateTags',
    'iam:PassRole',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'sqs:SendMessage',
  ];
  expect(toActions('BakeRole')).toEqual([...called, ...beside].sort());
});

test('so is all that the machine calls that becomes the image', async () => {
  const stage = deployed(template);
  await callAsBuilder(stage);
  expect(stage.denied).toEqual([]);
  expect(toActions('BuilderRole')).toEqual(['ssm:GetParametersByPath', 'ssm:PutParameter']);
});

describe('baking may not', () => {
  const cases: [string, string, string, Context?][] = [
    ['end a server', 'ec2:TerminateInstances', instance, server],
    [
      "end another VPN's builder",
      'ec2:TerminateInstances',
      instance,
      { 'aws:ResourceTag/perennial:bake': 'home2' },
    ],
    ['make an image of a server', 'ec2:CreateImage', instance, server],
    ['make an image without its tag', 'ec2:CreateImage', ec2('image/*', '')],
    ["remove somebody's image", 'ec2:DeregisterImage', ec2('image/ami-0f0e', '')],
    ["delete somebody's snapshot", 'ec2:DeleteSnapshot', ec2('snapshot/snap-0f0e', '')],
    ['launch a server', 'ec2:RunInstances', ec2('instance/*'), serverTags],
    [
      "launch somebody else's image",
      'ec2:RunInstances',
      ec2('image/ami-0f0e', ''),
      { ...ours, 'ec2:Owner': '210987654321' },
    ],
    ['tag what is there', 'ec2:CreateTags', instance, { 'aws:RequestTag/perennial:bake': 'home' }],
    ['give a machine another role', 'iam:PassRole', role('ReconcileRole'), toEc2],
    ['read a secret', 'ssm:GetParameter', parameter('/perennial/home/users/ann')],
    ['list secrets', 'ssm:GetParametersByPath', parameter('/perennial/home/users')],
    ['write the journal', 'ssm:PutParameter', parameter('/perennial/home/state/journal')],
    ['speak for a builder', 'ssm:PutParameter', parameter('/perennial/home/bake/builders/i-0')],
    ['speak for a canary', 'ssm:PutParameter', parameter('/perennial/home/bake/canaries/i-0')],
  ];
  test.each(cases)('%s', (_, action, resource, context) => {
    expect(judgeAs('BakeRole', action, resource, context)).toBe('denied implicitly');
  });
});

test.each([
  ['read a secret', 'ssm:GetParameter', '/perennial/home/users/ann'],
  ['list secrets', 'ssm:GetParametersByPath', '/perennial/home/users'],
  ["list the servers' keys", 'ssm:GetParametersByPath', '/perennial/home/keys'],
  ['list the state', 'ssm:GetParametersByPath', '/perennial/home/state'],
  ['want something', 'ssm:PutParameter', '/perennial/home/state/desired'],
  ['write what is installed', 'ssm:PutParameter', '/perennial/home/image/000'],
  ['report as a server', 'ssm:PutParameter', '/perennial/home/state/servers/i-0'],
])('the machine that becomes the image may not %s', (_, action, name) => {
  expect(judgeAs('BuilderRole', action, parameter(name))).toBe('denied implicitly');
});
