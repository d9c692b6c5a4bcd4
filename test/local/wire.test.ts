/** What the SDK asks arrives whole at the services, and what they answer arrives whole at the SDK. */
import {
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeSpotPriceHistoryCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import {
  DescribeParametersCommand,
  GetCommandInvocationCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accessKeyId, type Clients, entrances, send, toScript } from './clients.ts';

const at = new Date('2026-11-22T05:00:00.123Z');

/** A command, and what the services answer to it. */
const exchanges: [string, keyof Clients, { input: object }, object][] = [
  [
    'DescribeInstances with filters; instances with tags, state and times',
    'ec2',
    new DescribeInstancesCommand({
      Filters: [
        { Name: 'tag:perennial:vpn', Values: ['home', 'R&D <test>'] },
        { Name: 'instance-state-name', Values: ['pending', 'running'] },
      ],
      MaxResults: 1000,
    }),
    {
      Reservations: [
        {
          ReservationId: 'r-1',
          Groups: [],
          Instances: [
            {
              InstanceId: 'i-0123456789abcdef0',
              InstanceLifecycle: 'spot',
              SpotInstanceRequestId: 'sir-1a2b3c4d',
              State: { Code: 16, Name: 'running' },
              StateReason: { Code: 'Server.SpotInstanceTermination', Message: 'price & capacity' },
              LaunchTime: at,
              EbsOptimized: false,
              Placement: { AvailabilityZone: 'us-east-1a' },
              Tags: [
                { Key: 'Name', Value: '' },
                { Key: 'perennial:vpn', Value: 'home "&" <garden>' },
              ],
            },
          ],
        },
        { ReservationId: 'r-2', Instances: [] },
      ],
      NextToken: 'more',
    },
  ],
  [
    'RunInstances on spot with nested tags and a client token',
    'ec2',
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      ClientToken: 'home-1-0',
      LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '$Latest' },
      InstanceType: 't3.nano',
      InstanceMarketOptions: {
        MarketType: 'spot',
        SpotOptions: { MaxPrice: '0.0052', SpotInstanceType: 'one-time', ValidUntil: at },
      },
      NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: ['sg-1'] }],
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: 'a', Value: 'ä+b %20' }] },
        { ResourceType: 'volume', Tags: [{ Key: 'b', Value: '' }] },
      ],
    }),
    {
      ReservationId: 'r-1',
      Instances: [{ InstanceId: 'i-1', State: { Code: 0, Name: 'pending' } }],
    },
  ],
  [
    'DescribeSpotPriceHistory',
    'ec2',
    new DescribeSpotPriceHistoryCommand({
      InstanceTypes: ['t3.nano', 't3a.nano'],
      ProductDescriptions: ['Linux/UNIX'],
      StartTime: at,
    }),
    {
      SpotPriceHistory: [
        {
          AvailabilityZone: 'us-east-1a',
          InstanceType: 't3.nano',
          SpotPrice: '0.001500',
          Timestamp: at,
        },
      ],
      NextToken: '',
    },
  ],
  [
    'CreateLaunchTemplate',
    'ec2',
    new CreateLaunchTemplateCommand({
      ClientToken: 'once',
      LaunchTemplateName: 'perennial-spot',
      LaunchTemplateData: {
        ImageId: 'ami-1',
        IamInstanceProfile: { Name: 'perennial' },
        CreditSpecification: { CpuCredits: 'standard' },
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 4, Encrypted: true } }],
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: 'b' }] }],
      },
    }),
    { LaunchTemplate: { LaunchTemplateId: 'lt-1', LatestVersionNumber: 1, CreateTime: at } },
  ],
  [
    'CreateTags, which answers nothing',
    'ec2',
    new CreateTagsCommand({ Resources: ['i-1', 'i-2'], Tags: [{ Key: 'k', Value: 'v' }] }),
    {},
  ],
  [
    'GetParametersByPath',
    'ssm',
    new GetParametersByPathCommand({
      Path: '/perennial/home/state/',
      Recursive: true,
      MaxResults: 10,
    }),
    {
      Parameters: [
        { Name: '/a', Type: 'String', Value: '{"at":"…"}\n', Version: 3, LastModifiedDate: at },
      ],
      NextToken: 'x',
    },
  ],
  [
    'PutParameter',
    'ssm',
    new PutParameterCommand({ Name: '/a', Value: '', Type: 'SecureString', Overwrite: true }),
    { Version: 4, Tier: 'Standard' },
  ],
  [
    'SendCommand with a map of lists',
    'ssm',
    new SendCommandCommand({
      DocumentName: 'Perennial-ApplySecrets',
      InstanceIds: ['i-1'],
      Parameters: { __proto__x: ['1', '2'], commands: [] },
    }),
    { Command: { CommandId: 'c', Parameters: { commands: [] }, RequestedDateTime: at } },
  ],
  [
    'DescribeParameters, which tells no value',
    'ssm',
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: 'Path', Option: 'OneLevel', Values: ['/a', '/b'] }],
      MaxResults: 50,
    }),
    {
      Parameters: [
        { Name: '/a/b', Type: 'SecureString', Description: '{"a":"é"}', LastModifiedDate: at },
      ],
      NextToken: 'x',
    },
  ],
  [
    'GetCommandInvocation',
    'ssm',
    new GetCommandInvocationCommand({ CommandId: 'c', InstanceId: 'i-1' }),
    { CommandId: 'c', Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut', ResponseCode: -1 },
  ],
  [
    'ChangeResourceRecordSets',
    'route53',
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: 'Z0123ABC',
      ChangeBatch: {
        Comment: 'a <server> that "serves" & so on',
        Changes: [
          {
            Action: 'UPSERT',
            ResourceRecordSet: {
              Name: 'vpn.example.org.',
              Type: 'A',
              TTL: 60,
              ResourceRecords: [{ Value: '192.0.2.1' }, { Value: '192.0.2.2' }],
            },
          },
        ],
      },
    }),
    { ChangeInfo: { Id: '/change/C1', Status: 'PENDING', SubmittedAt: at } },
  ],
  [
    'ListResourceRecordSets from a name on',
    'route53',
    new ListResourceRecordSetsCommand({
      HostedZoneId: 'Z0123ABC',
      StartRecordName: 'vpn & wild*.example.org.',
      StartRecordType: 'A',
      MaxItems: 1,
    }),
    {
      ResourceRecordSets: [
        {
          Name: 'vpn.example.org.',
          Type: 'A',
          TTL: 60,
          ResourceRecords: [{ Value: '192.0.2.1' }],
        },
        {
          Name: '\\052.example.org.',
          Type: 'A',
          MultiValueAnswer: false,
          AliasTarget: { HostedZoneId: 'Z', DNSName: 'x.', EvaluateTargetHealth: false },
        },
      ],
      IsTruncated: false,
      MaxItems: 1,
    },
  ],
  [
    'CreateHostedZone, whose answer has a member in a header',
    'route53',
    new CreateHostedZoneCommand({ Name: 'example.org', CallerReference: 'once' }),
    {
      HostedZone: { Id: '/hostedzone/Z1', Name: 'example.org.', CallerReference: 'once' },
      ChangeInfo: { Id: '/change/C1', Status: 'PENDING', SubmittedAt: at },
      DelegationSet: { NameServers: ['ns-1.example', 'ns-2.example'] },
      Location: 'https://route53.amazonaws.com/2013-04-01/hostedzone/Z1',
    },
  ],
];

describe.each(Object.entries(entrances))('through %s', (_, enter) => {
  const script = toScript();
  let entrance: Awaited<ReturnType<typeof enter>>;
  beforeAll(async () => {
    entrance = await enter(script);
  });
  afterAll(() => entrance.close());
  beforeEach(() => {
    script.asked = [];
  });

  test.each(exchanges)('%s', async (_, service, command, output) => {
    script.says = () => output;
    const { $metadata, answer } = await send(entrance.clients, service, command);
    const operation = command.constructor.name.replace(/Command$/, '');
    expect(script.asked).toEqual([[service, operation, command.input, accessKeyId]]);
    expect(answer).toEqual(output);
    expect($metadata).toMatchObject({ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});
