/** moto, an AWS that is not ours, loses a whole VPN to `vpn remove` and the real osls, with a bucket full of deployments. */
import { rmSync } from 'node:fs';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AllocateAddressCommand,
  CreateVolumeCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  EC2Client,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { DescribeParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Clock, startClock } from '../../local/clock.ts';
import { must } from '../../shared/adapters/answers.ts';
import { runVpn, setHome } from '../cli/stage.ts';
import { type Moto, startMoto } from './moto.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'moto', secretAccessKey: 'moto' };
const bucket = 'perennial-home-deployments';

let moto: Moto;
let clock: Clock;
let home: ReturnType<typeof setHome>;
let clients: ReturnType<typeof toClients>;

function toClients(endpoint: string) {
  const options = { region, credentials, endpoint };
  return {
    ec2: new EC2Client(options),
    ssm: new SSMClient(options),
    cloudformation: new CloudFormationClient(options),
    logs: new CloudWatchLogsClient(options),
  };
}

beforeAll(async () => {
  moto = await startMoto(inject('peersBin'));
  clock = startClock();
  clients = toClients(moto.url);
  const nowhere = { host: '127.0.0.1', port: 1 };
  home = setHome({
    api: moto.url,
    token: 'none',
    aws: moto.url,
    region,
    clock: clock.env(),
    dns: '127.0.0.1:1',
    ports: { '1723': nowhere, '51820': nowhere },
  });
});
afterAll(async () => {
  await moto.stop();
  clock.stop();
  rmSync(home.home, { recursive: true });
});

const vpn = (line: string) =>
  runVpn(`--local ${line}`, { ...home.env, SLS_AWS_MONITORING_FREQUENCY: '200' });

const template = {
  Resources: {
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucket } },
    ServerSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { GroupDescription: 'The VPN server of home' },
    },
  },
};
const ours = (type: 'instance' | 'volume' | 'elastic-ip', Key = 'perennial:vpn') => ({
  TagSpecifications: [{ ResourceType: type, Tags: [{ Key, Value: 'home' }] }],
});

/** As a deployment and a person leave it. moto gives zones ids of chance: ours is one that somebody has removed. */
async function fill(): Promise<void> {
  const { ec2, ssm, cloudformation, logs } = clients;
  await cloudformation.send(
    new CreateStackCommand({ StackName: 'perennial-home', TemplateBody: JSON.stringify(template) }),
  );
  // Where osls puts what it deploys.
  const key = 'serverless/perennial/live/1764/api.zip';
  const put = await fetch(`${moto.url}/${bucket}/${key}`, { method: 'PUT', body: 'zip' });
  expect(put.ok).toBe(true);
  const { ImageId } = await ec2.send(
    new RegisterImageCommand({ Name: 'mine', RootDeviceName: '/dev/xvda' }),
  );
  const imageId = must(ImageId, 'ImageId');
  await ec2.send(
    new RunInstancesCommand({
      ImageId: imageId,
      InstanceType: 't3.nano',
      MinCount: 1,
      MaxCount: 1,
      ...ours('instance'),
    }),
  );
  await ec2.send(new AllocateAddressCommand({ Domain: 'vpc', ...ours('elastic-ip') }));
  await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'us-east-1a', Size: 8, ...ours('volume') }),
  );
  await ec2.send(
    new CreateVolumeCommand({
      AvailabilityZone: 'us-east-1a',
      Size: 8,
      ...ours('volume', 'other'),
    }),
  );
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/perennial-home-api' }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/perennial-home-2-api' }));
  const desired = JSON.stringify({ power: 'on', imageId });
  const names: [string, string][] = [
    ['state/desired', desired],
    ...Array.from({ length: 23 }, (_, n): [string, string] => [`users/user-${n}`, 'secret']),
  ];
  for (const [name, Value] of names)
    await ssm.send(
      new PutParameterCommand({ Name: `/perennial/home/${name}`, Type: 'String', Value }),
    );
  await ssm.send(
    new PutParameterCommand({ Name: '/perennial/home-2/slack', Type: 'String', Value: 'none' }),
  );
}

test('leftovers are found by tag and by record, and nobody else’s', async () => {
  await fill();
  const { code, stdout } = await vpn('--json leftovers');
  const { holdings } = JSON.parse(stdout) as {
    holdings: { kind: string; id: string; use: string | null }[];
  };
  expect(code).toBe(1);
  expect(holdings.map(({ kind, use }) => [kind, use])).toEqual([
    ['instance', 'a server, kept or ended by the loop'],
    ['address', "the VPN's own, kept or given back by the loop"],
    ['volume', null],
    ['image', 'what is launched'],
    ['snapshot', 'what is launched'],
    ['log group', "a function's log"],
  ]);
});

test('all of it goes, and nothing of anybody else', async () => {
  // There is no loop at moto.
  const { code, stdout, stderr } = await vpn('remove --yes --force');
  expect(stderr).toContain('has been successfully removed');
  expect(stderr).toMatch(/24 parameters below \/perennial\/home\/ are removed/);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^home is removed from us-east-1\. What is left:\n.*\nimage .*yours.*\nsnapshot .*yours/,
  );
  const { ec2, ssm, cloudformation, logs } = clients;
  await expect(
    cloudformation.send(new DescribeStacksCommand({ StackName: 'perennial-home' })),
  ).rejects.toMatchObject({ name: 'ValidationError' });
  expect((await fetch(`${moto.url}/${bucket}`, { method: 'HEAD' })).status).toBe(404);
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const states = Reservations.flatMap(({ Instances = [] }) =>
    Instances.map(({ State }) => State?.Name),
  );
  expect(states).toEqual(['terminated']);
  expect((await ec2.send(new DescribeAddressesCommand({}))).Addresses).toEqual([]);
  const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
  expect(Volumes.map(({ Tags }) => Tags?.[0]?.Key)).toEqual(['other']);
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  expect(logGroups.map(({ logGroupName }) => logGroupName)).toEqual([
    '/aws/lambda/perennial-home-2-api',
  ]);
  const { Parameters = [] } = await ssm.send(
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: ['/perennial'] }],
    }),
  );
  expect(Parameters.map(({ Name }) => Name)).toEqual(['/perennial/home-2/slack']);
});
