/** A compiled template, read as a deployment would. The fragments have the shapes that osls writes. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Fn::Sub is written.
import { describe, expect, test } from 'vitest';
import { toResolver } from '../../local/intrinsics.ts';
import { readTemplate } from '../../local/template.ts';

const pseudo = {
  Region: 'eu-west-1',
  AccountId: '123456789012',
  Partition: 'aws',
  URLSuffix: 'amazonaws.com',
  StackName: 'perennial-home',
};

const deployed: Record<string, string> = {
  'SpotTemplate.Ref': 'lt-0123',
  'SpotTemplate.LatestVersionNumber': '7',
  'SecurityGroup.GroupId': 'sg-0123',
};
const resolve = (logicalId: string, attribute: string) => deployed[`${logicalId}.${attribute}`];

const template = {
  Parameters: {
    Cap: { Type: 'Number', Default: 0.0052 },
    Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: '/aws/debian' },
  },
  Mappings: { Sizes: { 'eu-west-1': { small: 't3.nano' } } },
  Conditions: {
    Ireland: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
    Elsewhere: { 'Fn::Not': [{ Condition: 'Ireland' }] },
    Never: { 'Fn::And': [{ Condition: 'Ireland' }, { Condition: 'Elsewhere' }] },
    Always: { 'Fn::Or': [{ Condition: 'Ireland' }, { Condition: 'Elsewhere' }] },
  },
  Resources: {
    SpotTemplate: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateName: { 'Fn::Sub': '${AWS::StackName}-spot' },
        LaunchTemplateData: {
          SecurityGroupIds: [{ 'Fn::GetAtt': 'SecurityGroup.GroupId' }],
          IamInstanceProfile: { Arn: { 'Fn::GetAtt': ['Profile', 'Arn'] } },
          UserData: { 'Fn::Base64': { 'Fn::Sub': '#!/bin/sh\necho ${!HOME} ${AWS::Region}' } },
          KeyName: { Ref: 'AWS::NoValue' },
        },
      },
    },
    Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Role' }] } },
    SecurityGroup: { Type: 'AWS::EC2::SecurityGroup', Properties: {} },
    Failures: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'perennial-failures' } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        ManagedPolicyArns: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/X' }],
        Policies: [
          {
            PolicyName: 'own',
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: ['sqs:SendMessage'],
                  Resource: { 'Fn::GetAtt': ['Failures', 'Arn'] },
                  Condition: { StringEquals: { 'aws:RequestedRegion': { Ref: 'AWS::Region' } } },
                },
              ],
            },
          },
        ],
      },
    },
    More: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'more', PolicyDocument: {}, Roles: [{ Ref: 'Role' }] },
    },
    ReconcileLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      DependsOn: ['ReconcileLogGroup'],
      Properties: {
        Code: {
          S3Bucket: { Ref: 'ServerlessDeploymentBucket' },
          S3Key: 'serverless/perennial/home/1795356000000-2026-11-22T14:00:00.000Z/reconcile.zip',
        },
        Handler: 'functions/reconcile.handler',
        Runtime: 'nodejs24.x',
        FunctionName: 'perennial-home-reconcile',
        MemorySize: 512,
        Timeout: 60,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: {
          Variables: {
            CAP: { Ref: 'Cap' },
            SPOT: { 'Fn::Sub': '${SpotTemplate}:${SpotTemplate.LatestVersionNumber}' },
            TYPES: {
              'Fn::Join': [
                ',',
                ['a', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }],
              ],
            },
            SECOND: { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] },
            NAMED: { 'Fn::Sub': ['${What}-${AWS::Region}', { What: { Ref: 'Cap' } }] },
            WHERE: { 'Fn::If': ['Ireland', 'here', 'there'] },
            LEFT_OUT: { 'Fn::If': ['Elsewhere', 'x', { Ref: 'AWS::NoValue' }] },
          },
        },
      },
    },
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
    ReconcileLambdaEvConf: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'ReconcileLambdaFunction' },
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failures', 'Arn'] } } },
        MaximumRetryAttempts: 1,
        Qualifier: '$LATEST',
      },
    },
    Signals: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.ec2'] },
        Name: 'perennial-home-signals',
        State: 'ENABLED',
        Targets: [{ Arn: { 'Fn::GetAtt': ['ReconcileLambdaFunction', 'Arn'] }, Id: 'reconcile' }],
      },
    },
    Minute: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        State: 'DISABLED',
        Targets: [
          {
            Arn: { 'Fn::GetAtt': ['ReconcileLambdaFunction', 'Arn'] },
            Id: 'a',
            Input: '{"tick":1}',
          },
          { Arn: { 'Fn::GetAtt': ['Failures', 'Arn'] }, Id: 'b' },
        ],
      },
    },
    Document: {
      Type: 'AWS::SSM::Document',
      Properties: { Name: { 'Fn::Sub': 'Do-${AWS::Region}' }, Content: { schemaVersion: '2.2' } },
    },
    Nowhere: {
      Type: 'AWS::Events::Rule',
      Condition: 'Never',
      Properties: { EventPattern: { Ref: 'Nobody' } },
    },
  },
};

const read = (resources: object = {}) =>
  readTemplate(
    { ...template, Resources: { ...template.Resources, ...resources } },
    resolve,
    pseudo,
  );

const rule = (properties: object) => ({
  Broken: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { a: ['b'] }, ...properties } },
});

describe('a compiled template', () => {
  test('gives its functions', () => {
    expect(read().functions).toEqual([
      {
        logicalId: 'ReconcileLambdaFunction',
        name: 'perennial-home-reconcile',
        arn: 'arn:aws:lambda:eu-west-1:123456789012:function:perennial-home-reconcile',
        roleArn: 'arn:aws:iam::123456789012:role/perennial-home-Role',
        handler: 'functions/reconcile.handler',
        zip: 'reconcile.zip',
        environment: {
          CAP: '0.0052',
          SPOT: 'lt-0123:7',
          TYPES: 'a,t3.nano',
          SECOND: 'b',
          NAMED: '0.0052-eu-west-1',
          WHERE: 'here',
        },
        timeoutSeconds: 60,
        memoryMb: 512,
        asynchronous: {
          retriesMax: 1,
          ageMaxSeconds: 21_600,
          onFailure: 'arn:aws:sqs:eu-west-1:123456789012:perennial-failures',
        },
      },
    ]);
  });

  test('gives its rules, without those whose condition is false', () => {
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:perennial-home-reconcile';
    const functionId = 'ReconcileLambdaFunction';
    const queue = 'arn:aws:sqs:eu-west-1:123456789012:perennial-failures';
    expect(read().rules).toEqual([
      {
        logicalId: 'Signals',
        name: 'perennial-home-signals',
        enabled: true,
        pattern: { source: ['aws.ec2'] },
        schedule: null,
        targets: [{ id: 'reconcile', arn, functionId, input: undefined }],
      },
      {
        logicalId: 'Minute',
        name: 'perennial-home-Minute',
        enabled: false,
        pattern: null,
        schedule: 'rate(1 minute)',
        targets: [
          { id: 'a', arn, functionId, input: { tick: 1 } },
          { id: 'b', arn: queue, functionId: null, input: undefined },
        ],
      },
    ]);
  });

  test('gives its launch templates', () => {
    const profile = 'arn:aws:iam::123456789012:instance-profile/perennial-home-Profile';
    expect(read().launchTemplates).toEqual([
      {
        logicalId: 'SpotTemplate',
        name: 'perennial-home-spot',
        data: {
          SecurityGroupIds: ['sg-0123'],
          IamInstanceProfile: { Arn: profile },
          UserData: Buffer.from('#!/bin/sh\necho ${HOME} eu-west-1').toString('base64'),
        },
      },
    ]);
  });

  test('gives its documents', () => {
    expect(read().documents).toEqual([{ name: 'Do-eu-west-1', content: { schemaVersion: '2.2' } }]);
  });

  test('gives its roles with every policy', () => {
    const [role] = read().roles;
    expect(role?.profileArns).toEqual([
      'arn:aws:iam::123456789012:instance-profile/perennial-home-Profile',
    ]);
    expect(role?.managedPolicies).toEqual(['arn:aws:iam::aws:policy/X']);
    expect(role?.policies.map(({ name }) => name)).toEqual(['own', 'more']);
    expect(role?.policies[0]?.document).toMatchObject({
      Statement: [
        {
          Resource: 'arn:aws:sqs:eu-west-1:123456789012:perennial-failures',
          Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
        },
      ],
    });
  });
});

const faults: [sentence: string, resources: object, message: string | RegExp][] = [
  [
    'an unknown intrinsic',
    rule({ Name: { 'Fn::Cidr': [] } }),
    "Broken (AWS::Events::Rule) can't be read: it uses Fn::Cidr",
  ],
  [
    'a Ref to nothing',
    rule({ Name: { Ref: 'Nobody' } }),
    /Broken .*nothing tells Ref of Nobody \(which the template does not have/,
  ],
  [
    'an attribute that nobody tells',
    rule({ Name: { 'Fn::GetAtt': 'SecurityGroup.VpcId' } }),
    'nothing tells VpcId of SecurityGroup (AWS::EC2::SecurityGroup)',
  ],
  [
    'an SSM parameter that nobody tells',
    rule({ Name: { Ref: 'Image' } }),
    'nothing tells Ref of Image',
  ],
  ['a pseudo parameter that is not known', rule({ Name: { Ref: 'AWS::StackId' } }), 'AWS::StackId'],
  [
    'a condition that is not there',
    rule({ Name: { 'Fn::If': ['Sunny', 1, 2] } }),
    'there is no condition Sunny',
  ],
  ['a malformed Join', rule({ Name: { 'Fn::Join': ['a'] } }), 'Fn::Join takes a list of 2'],
  [
    'an object in a text',
    rule({ Name: { 'Fn::Sub': ['${a}', { a: {} }] } }),
    "{} can't stand in a text",
  ],
  ['a dynamic reference', rule({ Name: '{{resolve:ssm:/a}}' }), 'dynamic reference'],
  ['a list that is too short', rule({ Name: { 'Fn::Select': [3, ['a']] } }), 'finds nothing at 3'],
  ['another bus', rule({ EventBusName: 'mine' }), 'only the default event bus'],
  [
    'neither pattern nor schedule',
    rule({ EventPattern: { Ref: 'AWS::NoValue' } }),
    'a pattern or a schedule',
  ],
  [
    'a transformed input',
    rule({ Targets: [{ Arn: 'a', Id: 'b', InputPath: '$.detail' }] }),
    'InputPath',
  ],
  [
    'a function without code',
    { F: { Type: 'AWS::Lambda::Function', Properties: { Role: 'r', Handler: 'h' } } },
    "F (AWS::Lambda::Function) can't be read: it has no Code.S3Key",
  ],
];

describe("a template that can't be read says why", () => {
  test.each(faults)('%s', (_, resources, message) => {
    expect(() => read(resources)).toThrow(message);
  });

  test('no template at all', () => {
    expect(() => readTemplate(null, resolve, pseudo)).toThrow('no Resources');
  });
});

test('a single value can be resolved too', () => {
  const resolver = toResolver(template, resolve, pseudo);
  expect(resolver.value({ Ref: 'AWS::NoValue' })).toBeUndefined();
  expect(resolver.value([{ Ref: 'AWS::NoValue' }, { Ref: 'Cap' }])).toEqual([0.0052]);
  expect(resolver.condition('Always')).toBe(true);
});
