/** What serverless.yml deploys: the functions, how servers are launched and reached, and what rings when it fails. */
import { describe, expect, test } from 'vitest';
import { readConfig } from '../shared/config.ts';
import { readDyndnsConfig } from '../shared/dyndns/config.ts';
import { readTellConfig } from '../shared/tell/config.ts';
import {
  allOf,
  type Properties,
  packageTemplate,
  readTemplateFile,
  runOsls,
  toResources,
} from './compiled-template.ts';
import { applySecrets } from './stage.ts';

const template = await packageTemplate();
const resources = toResources(template);

describe('every function', () => {
  const functions = [...resources].filter(([, { type }]) => type === 'AWS::Lambda::Function');

  test('is one of these', () => {
    expect(functions.map(([logicalId]) => logicalId).toSorted()).toEqual([
      'ApiLambdaFunction',
      'BakeLambdaFunction',
      'DyndnsLambdaFunction',
      'ProfileLambdaFunction',
      'ReconcileLambdaFunction',
      'TellLambdaFunction',
    ]);
  });

  test.each(functions)('%s', (logicalId, { properties }) => {
    const name = logicalId.replace('LambdaFunction', '');
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Handler: `build/${name.toLowerCase()}.handler`,
      Role: `${name}Role.Arn`,
    });
    // A new account has 10 in all, and reserving any of it fails.
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(all('AWS::Logs::LogGroup')).toContainEqual({
      LogGroupName: `/aws/lambda/${String(properties.FunctionName)}`,
      RetentionInDays: 30,
    });
  });

  test('that signals wake keeps what it fails on', () => {
    const woken = ['ReconcileLambdaFunction', 'TellLambdaFunction', 'BakeLambdaFunction'];
    expect(woken.map((name) => one(name).Timeout)).toEqual([60, 60, 60]);
    expect(all('AWS::Lambda::EventInvokeConfig')).toEqual(
      woken.map((FunctionName) => ({
        FunctionName,
        Qualifier: '$LATEST',
        MaximumEventAgeInSeconds: 360,
        // What fails there is told at once; the next tick is the next try.
        ...(FunctionName === 'BakeLambdaFunction' && { MaximumRetryAttempts: 0 }),
        DestinationConfig: { OnFailure: { Destination: 'FailureQueue.Arn' } },
      })),
    );
  });

  test("the telling can read its configuration, and links to the API's own address", () => {
    expect(toTelling(resources)).toMatchObject({
      vpn: 'home',
      sender: {
        name: 'vpn.example.org',
        dashboard: 'https://HttpApi.execute-api.us-east-1.amazonaws.com/',
      },
    });
  });

  test("knows of a person's own settings what it needs", async () => {
    const own = 'dashboard: https://vpn.example.org/panel\nslackUsers: U012AB3CD,W034EF5GH\n';
    const { files } = await runOsls('package', own);
    const asked = toResources(readTemplateFile(files));
    expect(toTelling(asked).sender.dashboard).toBe('https://vpn.example.org/panel');
    const toUsers = (name: string) => {
      const { Variables } = one(name, asked).Environment as { Variables: Record<string, string> };
      return Variables.PERENNIAL_SLACK_USERS;
    };
    expect(toUsers('ApiLambdaFunction')).toBe('U012AB3CD,W034EF5GH');
    expect(toUsers('ReconcileLambdaFunction')).toBeUndefined();
  });

  test('the loop can read its configuration', () => {
    const { Variables } = one('ReconcileLambdaFunction').Environment as {
      Variables: Record<string, string>;
    };
    const env = {
      ...Variables,
      PERENNIAL_TEMPLATE_SPOT: toId(Variables.PERENNIAL_TEMPLATE_SPOT),
      PERENNIAL_TEMPLATE_ON_DEMAND: toId(Variables.PERENNIAL_TEMPLATE_ON_DEMAND),
    };
    const { policy, templates } = readConfig({ ...env, AWS_REGION: 'us-east-1' });
    expect(policy.protocols).toEqual(['pptp', 'wireguard']);
    expect(templates).toEqual({
      spot: { id: 'lt-0a', version: '1' },
      'on-demand': { id: 'lt-0b', version: '1' },
    });
  });

  test('of dynamic DNS too', () => {
    const { Variables } = one('DyndnsLambdaFunction').Environment as {
      Variables: Record<string, string>;
    };
    const { homes } = readDyndnsConfig({ ...Variables, AWS_REGION: 'us-east-1' });
    expect(homes).toEqual([]);
  });
});

describe('the HTTP API', () => {
  const updates = ['GET /nic/update', 'POST /nic/update', 'GET /v3/update', 'POST /v3/update'];

  test('goes to the functions by their routes, before API Gateway gives up waiting', () => {
    const routes = all('AWS::ApiGatewayV2::Route').map(({ RouteKey, Target }) => [
      RouteKey,
      Target,
    ]);
    expect(routes).toEqual([
      ['$default', 'integrations/HttpApiIntegrationApi'],
      ['ANY /users/{user}/profile', 'integrations/HttpApiIntegrationProfile'],
      ...updates.map((key) => [key, 'integrations/HttpApiIntegrationDyndns']),
    ]);
    for (const { PayloadFormatVersion } of all('AWS::ApiGatewayV2::Integration'))
      expect(PayloadFormatVersion).toBe('2.0');
    for (const name of ['ApiLambdaFunction', 'DyndnsLambdaFunction', 'ProfileLambdaFunction'])
      expect(one(name).Timeout).toBeLessThan(30);
  });

  test('is throttled, and open to no page of another site', () => {
    expect(one('HttpApiStage').DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 10,
      ThrottlingBurstLimit: 20,
    });
    // Route 53 takes five calls a second, and the loop's are among them.
    const slow = { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 5 };
    const settings = Object.fromEntries(updates.map((key) => [key, slow]));
    expect(one('HttpApiStage').RouteSettings).toEqual(settings);
    expect(one('HttpApi')).not.toHaveProperty('CorsConfiguration');
  });
});

describe('the launch templates', () => {
  const spot = one('SpotTemplate').LaunchTemplateData as Properties;
  const onDemand = one('OnDemandTemplate').LaunchTemplateData as Properties;
  const Tags = [
    { Key: 'perennial:vpn', Value: 'home' },
    { Key: 'Name', Value: 'perennial-home' },
  ];

  test('are safe and cheap', () => {
    expect(onDemand).toEqual({
      IamInstanceProfile: { Arn: 'ServerProfile.Arn' },
      SecurityGroupIds: ['ServerSecurityGroup.GroupId'],
      MetadataOptions: {
        HttpEndpoint: 'enabled',
        HttpTokens: 'required',
        HttpPutResponseHopLimit: 1,
      },
      CreditSpecification: { CpuCredits: 'standard' },
      BlockDeviceMappings: [
        {
          DeviceName: '/dev/xvda',
          Ebs: { VolumeType: 'gp3', VolumeSize: 8, Encrypted: true, DeleteOnTermination: true },
        },
      ],
      InstanceInitiatedShutdownBehavior: 'terminate',
      UserData: expect.any(String),
      TagSpecifications: [
        { ResourceType: 'instance', Tags },
        { ResourceType: 'volume', Tags },
      ],
    });
  });

  test('differ only in the market', () => {
    expect(spot).toEqual({
      ...onDemand,
      InstanceMarketOptions: {
        MarketType: 'spot',
        SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' },
      },
      TagSpecifications: [
        ...(onDemand.TagSpecifications as object[]),
        { ResourceType: 'spot-instances-request', Tags },
      ],
    });
  });

  test('tell the server who it is, and no secret', () => {
    expect(Buffer.from(String(onDemand.UserData), 'base64').toString()).toBe(
      [
        '#cloud-config',
        'write_files:',
        '  - path: /etc/perennial/server.conf',
        "    permissions: '0644'",
        '    content: |',
        '      vpn=home',
        '      region=us-east-1',
        '      protocols=pptp,wireguard',
        '',
      ].join('\n'),
    );
  });
});

describe('the launch templates of baking', () => {
  const server = one('OnDemandTemplate').LaunchTemplateData as Properties;
  const builder = one('BuilderTemplate').LaunchTemplateData as Properties;
  const canary = one('CanaryTemplate').LaunchTemplateData as Properties;
  const Tags = [
    { Key: 'perennial:bake', Value: 'home' },
    { Key: 'Name', Value: 'perennial-home-bake' },
  ];
  const TagSpecifications = [
    { ResourceType: 'instance', Tags },
    { ResourceType: 'volume', Tags },
  ];
  const SecurityGroupIds = ['BakeSecurityGroup.GroupId'];

  test('are as for servers, but with tags of their own and open to nobody', () => {
    const { UserData: _, ...bare } = server;
    expect(builder).toEqual({
      ...bare,
      IamInstanceProfile: { Arn: 'BuilderProfile.Arn' },
      InstanceInitiatedShutdownBehavior: 'stop',
      SecurityGroupIds,
      TagSpecifications,
    });
    const UserData = expect.any(String);
    expect(canary).toEqual({ ...server, UserData, SecurityGroupIds, TagSpecifications });
    expect(one('BakeSecurityGroup')).not.toHaveProperty('SecurityGroupIngress');
  });

  test('have a canary configured as a server, but for where it reports, and end it', () => {
    const toText = (value: unknown) => Buffer.from(String(value), 'base64').toString();
    expect(toText(canary.UserData)).toBe(
      `${toText(server.UserData)}      reports=bake/canaries\nruncmd:\n  - shutdown -P +30\n`,
    );
  });
});

describe('the security group', () => {
  const pptp = [
    ['tcp', 1723, 1723, '0.0.0.0/0'],
    ['47', undefined, undefined, '0.0.0.0/0'],
  ];
  const wireguard = [['udp', 51820, 51820, '0.0.0.0/0']];
  const icmp = [['icmp', -1, -1, '0.0.0.0/0']];
  const ssh = [['tcp', 22, 22, '198.51.100.7/32']];
  test.each([
    ['by default: no SSH', {}, [...pptp, ...wireguard, ...icmp]],
    ['PPTP alone', { Protocols: 'pptp' }, [...pptp, ...icmp]],
    ['WireGuard alone', { Protocols: 'wireguard' }, [...wireguard, ...icmp]],
    [
      'SSH from where it was asked for',
      { SshFrom: '198.51.100.7/32' },
      [...pptp, ...wireguard, ...icmp, ...ssh],
    ],
  ])('%s', (_, parameters, expected) => {
    const group = one('ServerSecurityGroup', toResources(template, parameters));
    const rows = (group.SecurityGroupIngress as Properties[]).map(
      ({ IpProtocol, FromPort, ToPort, CidrIp }) => [IpProtocol, FromPort, ToPort, CidrIp],
    );
    expect(rows).toEqual(expected);
    expect(group).not.toHaveProperty('VpcId');
  });

  test('lets servers talk to each other', () => {
    expect(one('ServerToServer')).toMatchObject({
      GroupId: 'ServerSecurityGroup.GroupId',
      SourceSecurityGroupId: 'ServerSecurityGroup.GroupId',
      IpProtocol: '-1',
    });
  });
});

test('the document takes no parameters, which would be kept in clear', () => {
  const { Name, DocumentType, Content } = one('ApplySecrets');
  expect({ Name, DocumentType }).toEqual({
    Name: 'Perennial-ApplySecrets-home',
    DocumentType: 'Command',
  });
  expect(Content).not.toHaveProperty('parameters');
  const { description: _, ...played } = Content as Properties;
  expect(played).toEqual(applySecrets);
});

describe('what failed', () => {
  test('is kept, encrypted, as long as SQS keeps anything', () => {
    expect(one('FailureQueue')).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 3600,
    });
  });

  test.each(['SignalsLost', 'LoopFails'])('rings: %s', (name) => {
    expect(one(name)).toMatchObject({ Threshold: 1, AlarmActions: ['AlarmTopic'] });
  });

  test('is told by email only to somebody', () => {
    const asked = toResources(template, { AlarmEmail: 'me@example.net' });
    expect(resources.has('AlarmEmailSubscription')).toBe(false);
    expect(asked.get('AlarmEmailSubscription')?.properties).toEqual({
      TopicArn: 'AlarmTopic',
      Protocol: 'email',
      Endpoint: 'me@example.net',
    });
  });
});

test("nothing is exported: names of exports are a region's, and it may have two VPNs", () => {
  const { Outputs } = template as unknown as { Outputs: Record<string, object> };
  expect(Object.keys(Outputs)).toContain('HttpApiUrl');
  for (const output of Object.values(Outputs)) expect(output).not.toHaveProperty('Export');
});

test('the deployment bucket is closed to the public', () => {
  expect(one('ServerlessDeploymentBucket').PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
});

function toTelling(from: typeof resources) {
  const { Variables } = one('TellLambdaFunction', from).Environment as {
    Variables: Record<string, string>;
  };
  return readTellConfig({ ...Variables, AWS_REGION: 'us-east-1' });
}

function all(type: string): Properties[] {
  return allOf(resources, type);
}

function one(logicalId: string, among = resources): Properties {
  const found = among.get(logicalId);
  if (!found) throw new Error(`there is no ${logicalId}`);
  return found.properties;
}

/** What CloudFormation will put in place of a template and its version. */
function toId(text = ''): string {
  return text
    .replaceAll('SpotTemplate', 'lt-0a')
    .replaceAll('OnDemandTemplate', 'lt-0b')
    .replace(/:.*LatestVersionNumber$/, ':1');
}
