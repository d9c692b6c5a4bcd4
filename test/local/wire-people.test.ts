/** The services that people's commands call, through the real SDK: what is asked and answered arrives whole. */
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as iam from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import * as servicequotas from '@aws-sdk/client-service-quotas';
import * as sts from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { toRequestHandler } from '../../local/in-process.ts';
import { operationsOf } from '../../local/wire/schema.ts';
import { accessKeyId, toScript, toServices } from './clients.ts';
import { toSample } from './sample.ts';

type Client = { send: (command: object) => Promise<{ $metadata: object }> };
type Sdk = Record<string, new (input: object) => object>;

const sdks = {
  sts: [sts.STSClient, sts],
  iam: [iam.IAMClient, iam],
  cloudformation: [cloudformation.CloudFormationClient, cloudformation],
  servicequotas: [servicequotas.ServiceQuotasClient, servicequotas],
  lambda: [lambda.LambdaClient, lambda],
  logs: [logs.CloudWatchLogsClient, logs],
} as const;
type Name = keyof typeof sdks;

const script = toScript();

function toClient(service: Name): Client {
  const [Client] = sdks[service];
  return new Client({
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: toRequestHandler(toServices(script)),
  }) as unknown as Client;
}

const played: [Name, string][] = [
  ['sts', 'GetCallerIdentity'],
  ['iam', 'GetRole'],
  ['iam', 'SimulatePrincipalPolicy'],
  ['cloudformation', 'DescribeStacks'],
  ['cloudformation', 'DescribeStackResource'],
  ['cloudformation', 'DescribeStackEvents'],
  ['cloudformation', 'DeleteStack'],
  ['servicequotas', 'GetServiceQuota'],
  ['lambda', 'GetAccountSettings'],
  ['logs', 'DescribeLogGroups'],
  ['logs', 'DeleteLogGroup'],
];

test.each(played)('%s %s', async (service, name) => {
  const operation = operationsOf(service).get(name);
  const Command = (sdks[service][1] as unknown as Sdk)[`${name}Command`];
  if (!operation || !Command) throw new Error(`${name} is in no model`);
  const asked = toSample(operation.input) as object;
  const said = toSample(operation.output) as object;
  script.asked = [];
  script.says = () => said;
  const { $metadata: _, ...answer } = await toClient(service).send(
    new Command(structuredClone(asked)),
  );
  expect(script.asked).toEqual([[service, name, asked, accessKeyId]]);
  expect(answer).toEqual(said);
});

test.each(Object.keys(sdks) as Name[])(
  'a fault of %s is an error with its code',
  async (service) => {
    const [, name = ''] = played.find(([one]) => one === service) ?? [];
    const Command = (sdks[service][1] as unknown as Sdk)[`${name}Command`];
    if (!Command) throw new Error(`${name} is in no model`);
    script.says = () => {
      throw new AwsFault('ValidationError', 'Stack with id <none> does not exist', 400);
    };
    const operation = operationsOf(service).get(name);
    const asked = toSample(operation?.input ?? { kind: 'string' }) as object;
    await expect(toClient(service).send(new Command(asked))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id <none> does not exist',
      $metadata: { httpStatusCode: 400 },
    });
  },
);

test('a list goes with its items under "member"', async () => {
  script.asked = [];
  script.says = () => ({ EvaluationResults: [], IsTruncated: false });
  const input = {
    PolicySourceArn: 'arn:aws:iam::123456789012:user/ann',
    ActionNames: ['iam:PassRole', 'iam:CreateRole'],
  };
  await toClient('iam').send(new iam.SimulatePrincipalPolicyCommand(input));
  expect(script.asked[0]?.[2]).toEqual(input);
});
