/** Who comes through the door as a role's session, and how each service tells it that it may not. */

import { CreateTagsCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Door, openDoor } from '../../../local/door.ts';
import { addRole, callAsServer, toServerCredentials } from '../../../local/iam/roles.ts';
import { readSession, toCredentials } from '../../../local/iam/session.ts';
import { bakedImageId, type World } from '../../../local/world.ts';
import { setStage } from '../../stage.ts';
import { ask } from '../ask.ts';
import { send, toClients } from '../clients.ts';

const profileArn = 'arn:aws:iam::123456789012:instance-profile/server';
const session = { roleName: 'server', name: 'i-0123' };
const user = 'User: arn:aws:sts::123456789012:assumed-role/server/i-0123';
const doors: Door[] = [];
let world: World;
let door: Door;

beforeEach(async () => {
  world = setStage().world;
  door = await openDoor({ call: world.call });
  doors.push(door);
  give([]);
});
afterAll(() => Promise.all(doors.map((one) => one.close())));

function give(Statement: object[]): void {
  addRole(world, {
    logicalId: 'ServerRole',
    name: 'server',
    arn: 'arn:aws:iam::123456789012:role/server',
    profileArns: [profileArn],
    managedPolicies: [],
    policies: [{ name: 'own', document: { Version: '2012-10-17', Statement } }],
  });
}

function askAs(accessKeyId: string, service: string, path: string, more: object = {}, body = '') {
  const scope = `${accessKeyId}/20261122/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
  const method = body ? 'POST' : 'GET';
  return ask(door, path, { method, headers: { authorization, ...more }, body });
}

const { accessKeyId } = toCredentials(session);
const ssmTarget = { 'x-amz-target': 'AmazonSSM.GetParameter' };
const getParameter = '{"Name":"/perennial/home/users/ann"}';

describe('denied in the own form of', () => {
  test('EC2, which says so before the reason', async () => {
    const answer = await askAs(
      accessKeyId,
      'ec2',
      '/',
      {},
      'Action=TerminateInstances&InstanceId.1=i-1',
    );
    expect(answer.status).toBe(403);
    expect(answer.body).toContain(
      '<Errors><Error><Code>UnauthorizedOperation</Code>' +
        `<Message>You are not authorized to perform this operation. ${user} is not authorized to perform: ` +
        'ec2:TerminateInstances on resource: arn:aws:ec2:us-east-1:123456789012:instance/i-1 ' +
        'because no identity-based policy allows the ec2:TerminateInstances action</Message>',
    );
  });

  test('EC2, where no resource is narrower than all', async () => {
    const answer = await askAs(accessKeyId, 'ec2', '/', {}, 'Action=DescribeInstances');
    expect(answer.body).toContain(
      'is not authorized to perform: ec2:DescribeInstances because no identity-based policy allows',
    );
  });

  test('Systems Manager', async () => {
    const answer = await askAs(accessKeyId, 'ssm', '/', ssmTarget, getParameter);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'AccessDeniedException',
      message:
        `${user} is not authorized to perform: ssm:GetParameter on resource: ` +
        'arn:aws:ssm:us-east-1:123456789012:parameter/perennial/home/users/ann ' +
        'because no identity-based policy allows the ssm:GetParameter action',
    });
  });

  test('Route 53', async () => {
    const answer = await askAs(accessKeyId, 'route53', '/2013-04-01/hostedzone/Z1/rrset');
    expect(answer.status).toBe(403);
    expect(answer.body).toContain(
      `<Code>AccessDenied</Code><Message>${user} is not authorized to perform: ` +
        'route53:ListResourceRecordSets on resource: arn:aws:route53:::hostedzone/Z1 ' +
        'because no identity-based policy allows the route53:ListResourceRecordSets action</Message>',
    );
  });

  test('EventBridge', async () => {
    const target = { 'x-amz-target': 'AWSEvents.PutEvents' };
    const answer = await askAs(accessKeyId, 'events', '/', target, '{"Entries":[]}');
    expect(JSON.parse(answer.body)).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringContaining('arn:aws:events:us-east-1:123456789012:event-bus/default'),
    });
  });
});

test('an explicit deny is told in other words', async () => {
  give([{ Effect: 'Deny', Action: 'ssm:*', Resource: '*' }]);
  const answer = await askAs(accessKeyId, 'ssm', '/', ssmTarget, getParameter);
  expect(JSON.parse(answer.body).message).toMatch(
    /users\/ann with an explicit deny in an identity-based policy$/,
  );
});

test('what is allowed goes through, and is refused for its own reasons', async () => {
  give([{ Effect: 'Allow', Action: 'ssm:GetParameter', Resource: '*' }]);
  const answer = await askAs(accessKeyId, 'ssm', '/', ssmTarget, getParameter);
  expect(JSON.parse(answer.body)).toMatchObject({ __type: 'ParameterNotFound' });
});

test('an operation that is in no table is denied, whatever is allowed, and somebody is told', async () => {
  give([{ Effect: 'Allow', Action: '*', Resource: '*' }]);
  const told: unknown[] = [];
  world.onOccurrence((occurrence) => told.push(occurrence));
  const why = 'No table in local/iam/ says what ssm:LabelParameterVersion asks leave for';
  const target = { 'x-amz-target': 'AmazonSSM.LabelParameterVersion' };
  const answer = await askAs(accessKeyId, 'ssm', '/', target, '{"Name":"/a","Labels":["b"]}');
  expect(JSON.parse(answer.body)).toEqual({ __type: 'AccessDeniedException', message: why });
  expect(told).toEqual([{ kind: 'denied', why }]);
});

test.each([
  ['ec2', 'AuthFailure', 401],
  ['ssm', 'UnrecognizedClientException', 400],
  ['route53', 'InvalidClientTokenId', 403],
  ['events', 'UnrecognizedClientException', 400],
] as const)('%s knows no session of a role that is not there: %s', (service, code, status) => {
  const { accessKeyId: nobodys } = toCredentials({ roleName: 'gone', name: 'i-0123' });
  const call = () => world.call(service, 'Whatever', {}, nobodys);
  expect(call).toThrow(expect.objectContaining({ name: code, status }));
});

test.each(['local', 'AKIDEXAMPLE', 'LOCALReconcileLambdaFunction'])(
  "%s is a developer's own key, who may do everything",
  async (own) => {
    expect(await askAs(own, 'ec2', '/', {}, 'Action=DescribeInstances')).toMatchObject({
      status: 200,
    });
  },
);

test('through the SDK, with a session token, the session is the same', async () => {
  const clients = toClients({ endpoint: door.url, credentials: toCredentials(session) });
  await expect(send(clients, 'ec2', new DescribeInstancesCommand({}))).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
    $metadata: { httpStatusCode: 403 },
  });
  give([{ Effect: 'Allow', Action: 'ec2:DescribeInstances', Resource: '*' }]);
  const { answer } = await send(clients, 'ec2', new DescribeInstancesCommand({}));
  expect(answer).toMatchObject({ Reservations: [] });
  const tag = new CreateTagsCommand({ Resources: ['i-1'], Tags: [{ Key: 'a', Value: 'b' }] });
  await expect(send(clients, 'ec2', tag)).rejects.toThrow('ec2:CreateTags on resource');
});

describe('credentials', () => {
  test.each([
    session,
    { roleName: 'perennial-ReconcileRole', name: 'perennial-home-reconcile' },
    { roleName: 'a+b=c,d.e@f-g_h', name: 'i+j=k,l.m@n-o_p' },
  ])('tell whose they are: $roleName, $name', (one) => {
    expect(readSession(toCredentials(one).accessKeyId)).toEqual(one);
  });

  const launch = (more: object = {}) => {
    world.call('ec2', 'RunInstances', {
      ImageId: bakedImageId,
      InstanceType: 't3.nano',
      MinCount: 1,
      MaxCount: 1,
      ...more,
    });
    const [record] = [...world.instances.values()];
    if (!record) throw new Error('nothing was launched');
    return record;
  };

  test.each([{ Arn: profileArn }, { Name: 'server' }])('of a server with a profile: %j', (one) => {
    const record = launch({ IamInstanceProfile: one });
    const own = toServerCredentials(world, record);
    expect(own).toEqual(toCredentials({ roleName: 'server', name: record.id }));
  });

  test('of a server without are none, and nobody takes its calls', () => {
    const record = launch();
    expect(toServerCredentials(world, record)).toBeNull();
    expect(() => callAsServer(world, record, 'ssm', 'GetParameter', { Name: '/a' })).toThrow(
      'Missing Authentication Token',
    );
  });

  test('of a profile that is not there', () => {
    const record = launch({ IamInstanceProfile: { Name: 'other' } });
    expect(() => toServerCredentials(world, record)).toThrow('instance-profile/other) for');
  });
});

describe('a role that is not judged here is not deployed', () => {
  const role = {
    logicalId: 'OddRole',
    name: 'odd',
    arn: 'arn:aws:iam::123456789012:role/odd',
    profileArns: [],
    managedPolicies: [],
    policies: [],
  };
  test.each([
    ['with a managed policy', { managedPolicies: ['arn:aws:iam::aws:policy/X'] }, 'managed'],
    [
      'with a policy of another kind',
      { policies: [{ name: 'a', document: { Version: '2012-10-17', Statement: [{}] } }] },
      'Effect',
    ],
  ])('%s', (_, more, why) => {
    const add = () => addRole(world, { ...role, ...more });
    expect(add).toThrow(why);
    expect(add).toThrow(/^OddRole: /);
  });
});
