/** The `aws` command that people have, against our door with a played AWS behind it. */
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Door, openDoor } from '../../local/door.ts';
import { startBus } from '../../local/events/bus.ts';
import { bakedImageId } from '../../local/world.ts';
import { type Stage, setStage } from '../stage.ts';
import { type Aws, type Options, toAws } from './aws.ts';

const { name, zoneId } = setStage().config;
const doors: Door[] = [];
let stage: Stage;
let aws: Aws;

beforeEach(async () => {
  stage = setStage();
  const door = await openDoor({ call: stage.world.call });
  doors.push(door);
  aws = toAws(inject('peersBin'), door.url);
});

afterAll(async () => {
  for (const door of doors) await door.close();
});

describe('ec2', () => {
  test('launches on spot, finds servers by their tags and states, and ends them', async () => {
    const { InstanceId, ...launched } = await launch('SPOT', 'home');
    expect(launched).toMatchObject({ State: { Name: 'pending' }, InstanceLifecycle: 'spot' });
    await launch('ON_DEMAND', 'cabin');
    pass(60_000);

    expect(await find('home', 'pending,running')).toMatchObject([
      {
        InstanceId,
        InstanceType: 't3.nano',
        InstanceLifecycle: 'spot',
        State: { Code: 16, Name: 'running' },
        Placement: { AvailabilityZone: 'us-east-1b' },
        PublicIpAddress: expect.stringMatching(/^203\.0\.113\.\d+$/),
        LaunchTime: '2026-11-22T05:00:00.000Z',
        Tags: [{ Key: 'perennial:vpn', Value: 'home' }],
      },
    ]);
    const [onDemand] = await find('cabin', 'running');
    expect(onDemand).toHaveProperty('PublicIpAddress');
    expect(onDemand).not.toHaveProperty('InstanceLifecycle');
    expect(await find('home', 'terminated')).toEqual([]);

    const ended = await aws.ask('ec2 terminate-instances', { 'instance-ids': InstanceId });
    expect(ended.TerminatingInstances).toMatchObject([
      { InstanceId, PreviousState: { Name: 'running' }, CurrentState: { Name: 'shutting-down' } },
    ]);
  });

  test('tells the spot price of every pool', async () => {
    const { market, timers } = stage.world;
    market.setSpot({ type: 't3.nano', zone: 'us-east-1b' }, timers.now, 0.0048);
    const { SpotPriceHistory } = await aws.ask('ec2 describe-spot-price-history', {
      'instance-types': ['t3.nano', 't3a.nano'],
      'product-descriptions': 'Linux/UNIX',
      'start-time': '2026-11-22T05:00:00Z',
    });
    const toRow = ({ AvailabilityZone, InstanceType, SpotPrice }: Record<string, string>) =>
      `${AvailabilityZone} ${InstanceType} ${SpotPrice}`;
    expect(SpotPriceHistory.map(toRow).sort()).toEqual([
      'us-east-1a t3.nano 0.001600',
      'us-east-1a t3a.nano 0.002000',
      'us-east-1b t3.nano 0.004800',
      'us-east-1b t3a.nano 0.002000',
    ]);
  });
});

describe('ssm', () => {
  test('keeps every version of a parameter until it is deleted', async () => {
    const Name = '/perennial/home/state/desired';
    await aws.ask('ssm put-parameter', { name: Name, value: { power: 'off' }, type: 'String' });
    expect(
      await aws.ask('ssm put-parameter', { name: Name, value: { power: 'on' }, overwrite: true }),
    ).toMatchObject({ Version: 2 });
    expect(await aws.ask('ssm get-parameter', { name: Name })).toMatchObject({
      Parameter: {
        Name,
        Type: 'String',
        Value: '{"power":"on"}',
        Version: 2,
        LastModifiedDate: stage.world.timers.now / 1_000,
        ARN: `arn:aws:ssm:us-east-1:123456789012:parameter${Name}`,
      },
    });
    const { Parameters } = await aws.ask('ssm get-parameter-history', { name: Name });
    expect(Parameters).toMatchObject([
      { Version: 1, Value: '{"power":"off"}' },
      { Version: 2, Value: '{"power":"on"}' },
    ]);
    await aws.ask('ssm delete-parameter', { name: Name });
    expect(stage.world.parameters.size).toBe(0);
  });

  test('tells a secret only to those who ask for it', async () => {
    const secret = { name: '/perennial/home/users/ann', value: 'sésame', type: 'SecureString' };
    await aws.ask('ssm put-parameter', secret);
    const sealed = await aws.ask('ssm get-parameter', { name: secret.name });
    const open = await aws.ask('ssm get-parameter', { name: secret.name, 'with-decryption': true });
    expect(sealed.Parameter.Value).not.toContain('sésame');
    expect(open.Parameter.Value).toBe('sésame');
  });

  test('lists what is under a path, page by page', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `/perennial/home/users/${n}`).sort();
    for (const Name of names)
      stage.world.call('ssm', 'PutParameter', { Name, Value: 'x', Type: 'String' });
    const home = { path: '/perennial/home' };
    const all = await aws.ask('ssm get-parameters-by-path', { ...home, recursive: true });
    expect(all.Parameters.map((one: { Name: string }) => one.Name)).toEqual(names);
    expect(await aws.ask('ssm get-parameters-by-path', home)).toEqual({ Parameters: [] });
  });
});

describe('ssm, for secrets,', () => {
  const document = 'Perennial-ApplySecrets-home';
  const describeUsers = {
    'parameter-filters':
      'Key=Path,Option=OneLevel,Values=/perennial/home/users,/perennial/home/keys',
  };

  test('lists users by what is no secret of them', async () => {
    const user = { name: '/perennial/home/users/ann', value: 'sésame', type: 'SecureString' };
    await aws.ask('ssm put-parameter', { ...user, description: '{"ownKey":true}' });
    await aws.ask('ssm put-parameter', {
      name: user.name,
      value: 'sésame 2',
      description: '{"ownKey":false}',
      overwrite: true,
    });
    const { Parameters } = await aws.ask('ssm describe-parameters', describeUsers);
    expect(Parameters).toEqual([
      {
        Name: user.name,
        ARN: `arn:aws:ssm:us-east-1:123456789012:parameter${user.name}`,
        Type: 'SecureString',
        KeyId: 'alias/aws/ssm',
        LastModifiedDate: stage.world.timers.now / 1_000,
        Description: '{"ownKey":false}',
        Version: 2,
        Tier: 'Standard',
        DataType: 'text',
      },
    ]);
    const { Parameters: history } = await aws.ask('ssm get-parameter-history', { name: user.name });
    expect(history).toMatchObject([
      { Version: 1, Description: '{"ownKey":true}' },
      { Version: 2, Description: '{"ownKey":false}' },
    ]);
    expect(await aws.ask('ssm delete-parameters', { names: [user.name, '/none'] })).toEqual({
      DeletedParameters: [user.name],
      InvalidParameters: ['/none'],
    });
  });

  test('has a server apply its secrets, and tells how that went', async () => {
    await aws.ask('ssm put-parameter', {
      name: '/perennial/home/keys/wireguard',
      type: 'SecureString',
      value: { privateKey: 'an example' },
    });
    const { InstanceId } = await launch('SPOT', 'home');
    pass(2 * 60_000);
    const sent = await aws.ask('ssm send-command', {
      'document-name': document,
      'instance-ids': InstanceId,
      'timeout-seconds': '60',
    });
    const { CommandId } = sent.Command;
    expect(sent.Command).toMatchObject({ DocumentName: document, Status: 'Pending' });
    const one = { 'command-id': CommandId, 'instance-id': InstanceId };
    const soon = await aws.run('ssm get-command-invocation', one);
    expect(soon.stderr).toContain('(InvocationDoesNotExist)');
    pass(10_000);
    expect(await aws.ask('ssm get-command-invocation', one)).toMatchObject({
      Status: 'Success',
      StatusDetails: 'Success',
      ResponseCode: 0,
    });
    // The CLI's own waiter knows AWS's words for an end.
    expect(await aws.run('ssm wait command-executed', one)).toMatchObject({ code: 0 });
    const { CommandInvocations } = await aws.ask('ssm list-command-invocations', {
      'command-id': CommandId,
      details: true,
    });
    expect(CommandInvocations).toMatchObject([
      { InstanceId, Status: 'Success', CommandPlugins: [{ Name: 'aws:runShellScript' }] },
    ]);
  });

  test('takes a document from a file as AWS does', async () => {
    const content = JSON.stringify({
      schemaVersion: '2.2',
      mainSteps: [{ action: 'aws:runShellScript', name: 'x', inputs: { runCommand: ['true'] } }],
    });
    const options = { name: 'Mine', content, 'document-type': 'Command' };
    const { DocumentDescription } = await aws.ask('ssm create-document', options);
    expect(DocumentDescription).toMatchObject({ Name: 'Mine', Status: 'Active' });
    const again = await aws.run('ssm create-document', options);
    expect(again.stderr).toContain('(DocumentAlreadyExists)');
  });
});

test('route53 moves a name, and says when all name servers know', async () => {
  const record = { Name: name, Type: 'A', TTL: 30, ResourceRecords: [{ Value: '203.0.113.7' }] };
  const { ChangeInfo } = await aws.ask('route53 change-resource-record-sets', {
    'hosted-zone-id': zoneId,
    'change-batch': { Changes: [{ Action: 'UPSERT', ResourceRecordSet: record }] },
  });
  expect(ChangeInfo).toMatchObject({ Status: 'PENDING', SubmittedAt: '2026-11-22T05:00:00.000Z' });
  expect(stage.world.resolve(name)).toBe('203.0.113.7');

  pass(60_000);
  const { ChangeInfo: later } = await aws.ask('route53 get-change', { id: ChangeInfo.Id });
  expect(later.Status).toBe('INSYNC');
  const zone = { 'hosted-zone-id': zoneId };
  const { ResourceRecordSets } = await aws.ask('route53 list-resource-record-sets', zone);
  expect(ResourceRecordSets).toEqual([{ ...record, Name: `${name}.` }]);
});

test('events puts an interruption warning by hand, and the rule that waits for it fires', async () => {
  const { world } = stage;
  const type = 'EC2 Spot Instance Interruption Warning';
  const detail = { 'instance-id': 'i-0b662ef9931388ba0', 'instance-action': 'terminate' };
  const sent: unknown[] = [];
  const { put } = startBus({
    rules: [toRule({ source: ['aws.ec2'], 'detail-type': [type] })],
    account: world.account,
    region: world.region,
    now: () => world.timers.now,
    schedule: world.timers.at,
    send: (functionId, event) => sent.push({ functionId, event }),
  });
  world.onEvent(put);

  const toEntry = (DetailType: string) => ({
    Source: 'aws.ec2',
    DetailType,
    Resources: ['arn:aws:ec2:us-east-1b:instance/i-0b662ef9931388ba0'],
    Detail: JSON.stringify(detail),
  });
  const entries = [toEntry(type), toEntry('Something Else')];
  expect(await aws.ask('events put-events', { entries: JSON.stringify(entries) })).toEqual({
    FailedEntryCount: 0,
    Entries: [{ EventId: expect.any(String) }, { EventId: expect.any(String) }],
  });
  const event = { version: '0', source: 'aws.ec2', 'detail-type': type, detail };
  expect(sent).toMatchObject([
    { functionId: 'Reconcile', event: { ...event, time: '2026-11-22T05:00:00Z' } },
  ]);
});

describe('errors are printed in the words of AWS', () => {
  const gone = { Changes: [{ Action: 'DELETE', ResourceRecordSet: { Name: name, Type: 'A' } }] };
  const cases: [string, Options, string][] = [
    [
      'ec2 describe-instances',
      { 'instance-ids': 'i-00000000000000000' },
      "(InvalidInstanceID.NotFound) when calling the DescribeInstances operation: The instance ID 'i-00000000000000000' does not exist",
    ],
    [
      'ec2 run-instances',
      { 'image-id': 'ami-00000000000000000' },
      "(InvalidAMIID.NotFound) when calling the RunInstances operation: The image id '[ami-00000000000000000]' does not exist",
    ],
    [
      'ec2 describe-key-pairs',
      {},
      '(InvalidAction) when calling the DescribeKeyPairs operation: ec2 DescribeKeyPairs is not played here',
    ],
    [
      'ssm get-parameter',
      { name: '/nothing' },
      '(ParameterNotFound) when calling the GetParameter operation: Parameter /nothing not found.',
    ],
    [
      'ssm put-parameter',
      { name: '//x', value: 'x', type: 'String' },
      '(ValidationException) when calling the PutParameter operation: Parameter name //x is not valid',
    ],
    [
      'ssm put-parameter',
      { name: '/gone', value: 'x', overwrite: true },
      '(ValidationException) when calling the PutParameter operation: A parameter type is required when you create a parameter.',
    ],
    [
      'ssm send-command',
      { 'document-name': 'None', 'instance-ids': 'i-00000000000000000' },
      '(InvalidDocument) when calling the SendCommand operation: Document with name None does not exist.',
    ],
    [
      'ssm send-command',
      { 'document-name': 'Perennial-ApplySecrets-home', 'instance-ids': 'i-00000000000000000' },
      '(InvalidInstanceId) when calling the SendCommand operation: Instances [[i-00000000000000000]] not in a valid state for account 123456789012',
    ],
    [
      'route53 list-resource-record-sets',
      { 'hosted-zone-id': 'Z000' },
      '(NoSuchHostedZone) when calling the ListResourceRecordSets operation: No hosted zone found with ID: Z000',
    ],
    [
      'route53 change-resource-record-sets',
      { 'hosted-zone-id': zoneId, 'change-batch': gone },
      `(InvalidChangeBatch) when calling the ChangeResourceRecordSets operation: [Tried to delete resource record set [name='${name}.', type='A'] but it was not found]`,
    ],
  ];
  test.each(cases)('%s %o', async (command, options, words) => {
    const { code, stdout, stderr } = await aws.run(command, options);
    expect(stderr.trim()).toBe(`An error occurred ${words}`);
    expect({ code, stdout }).toEqual({ code: 255, stdout: '' });
  });
});

/** Lets so much time pass. */
function pass(ms: number): void {
  const { timers } = stage.world;
  timers.advance(timers.now + ms);
}

async function launch(market: 'SPOT' | 'ON_DEMAND', vpn: string) {
  const [id, version] = stage.env[`PERENNIAL_TEMPLATE_${market}`]?.split(':') ?? [];
  const spot = 'MarketType=spot,SpotOptions={MaxPrice=0.004,SpotInstanceType=one-time}';
  const { Instances } = await aws.ask('ec2 run-instances', {
    'launch-template': `LaunchTemplateId=${id},Version=${version}`,
    'image-id': bakedImageId,
    'instance-type': 't3.nano',
    count: '1',
    placement: 'AvailabilityZone=us-east-1b',
    ...(market === 'SPOT' && { 'instance-market-options': spot }),
    'tag-specifications': `ResourceType=instance,Tags=[{Key=perennial:vpn,Value=${vpn}}]`,
  });
  return Instances[0];
}

async function find(vpn: string, states: string): Promise<object[]> {
  const filters = [
    `Name=tag:perennial:vpn,Values=${vpn}`,
    `Name=instance-state-name,Values=${states}`,
  ];
  const { Reservations } = await aws.ask('ec2 describe-instances', { filters });
  return Reservations.flatMap(({ Instances }: { Instances: object[] }) => Instances);
}

function toRule(pattern: object) {
  const target = { id: '1', arn: 'arn', functionId: 'Reconcile', input: undefined };
  const common = { logicalId: 'Rule', name: 'rule', enabled: true, schedule: null };
  return { ...common, pattern, targets: [target] };
}
