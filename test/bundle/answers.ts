/** What AWS may say to every port, for and against, and what the ports must make of it. */
import { type Answers, toQuietDay } from '../../scripts/bench/canned.ts';

const at = Date.UTC(2026, 10, 22, 10);

const ended = `<TerminateInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>3</requestId>
<instancesSet><item><instanceId>i-0123456789abcdef0</instanceId></item></instancesSet></TerminateInstancesResponse>`;

const started = `<RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationId>r-2</reservationId>
<instancesSet><item><instanceId>i-0123456789abcdef1</instanceId><instanceState><name>pending</name></instanceState>
<instanceType>t3.nano</instanceType><launchTime>2026-11-22T10:00:00.000Z</launchTime>
<placement><availabilityZone>us-east-1a</availabilityZone></placement><instanceLifecycle>spot</instanceLifecycle>
<tagSet><item><key>perennial:generation</key><value>1</value></item></tagSet></item></instancesSet>
</RunInstancesResponse>`;

const changed = `<ChangeResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo>
<Id>/change/C1</Id><Status>PENDING</Status><SubmittedAt>2026-11-22T10:00:00Z</SubmittedAt></ChangeInfo>
</ChangeResourceRecordSetsResponse>`;

export const acceptances: Answers = {
  ...toQuietDay(() => at),
  RunInstances: () => ({ body: started }),
  TerminateInstances: () => ({ body: ended }),
  GetParameter: () => ({ body: '{"Parameter":{"Name":"journal","Value":"{}","Version":2}}' }),
  PutParameter: () => ({ body: '{"Version":3,"Tier":"Standard"}' }),
  DeleteParameter: () => ({ body: '{}' }),
  SendCommand: () => ({ body: '{"Command":{"CommandId":"0f0e"}}' }),
  ChangeResourceRecordSets: () => ({ body: changed }),
};

const pool = { type: 't3.nano', zone: 'us-east-1a' };
const server = { market: 'spot', pool, launchedAt: at };

export const whatAcceptancesSay = {
  list: [{ ...server, id: 'i-0123456789abcdef0', state: 'running', generation: 4 }],
  launch: {
    kind: 'launched',
    server: { ...server, id: 'i-0123456789abcdef1', state: 'pending', generation: 1 },
  },
  prices: [{ pool, perHour: 0.0016 }],
  read: {
    desired: { power: 'on', imageId: 'ami-0123456789abcdef0' },
    reports: [{ serverId: 'i-0123456789abcdef0', at }],
  },
  readJournal: { version: 2 },
  writeJournal: 3,
  listSecrets: { users: [{ name: 'ann', version: 3 }], serverKey: { version: 1 } },
  replaceSecret: 3,
  applySecrets: { kind: 'sent', commandId: '0f0e' },
  readName: '203.0.113.7',
};

const ec2 = (code: string, status = 400) => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${code} it is</Message></Error></Errors><RequestID>1</RequestID></Response>`,
});
const ssm = (code: string) => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.ssm#${code}`, message: `${code} it is` }),
});
const route53 = (code: string) => ({
  status: 400,
  body: `<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${code} it is</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});

export const refusals: Answers = {
  DescribeInstances: () => ec2('UnauthorizedOperation', 403),
  RunInstances: () => ec2('InsufficientInstanceCapacity', 500),
  TerminateInstances: () => ec2('InvalidInstanceID.NotFound'),
  DescribeSpotPriceHistory: () => ec2('InvalidParameterValue'),
  GetParametersByPath: () => ssm('InvalidFilterKey'),
  GetParameter: () => ssm('ParameterVersionNotFound'),
  PutParameter: () => ssm('TooManyUpdates'),
  DeleteParameter: () => ssm('ParameterNotFound'),
  DescribeParameters: () => ssm('InvalidFilterValue'),
  SendCommand: () => ssm('InvalidInstanceId'),
  ListResourceRecordSets: () => route53('NoSuchHostedZone'),
  ChangeResourceRecordSets: () => route53('InvalidChangeBatch'),
};

const toError = (name: string) => ({ name, message: `${name} it is`, $fault: 'client' });

export const whatRefusalsSay = {
  list: toError('UnauthorizedOperation'),
  launch: { kind: 'refused', code: 'InsufficientInstanceCapacity' },
  prices: toError('InvalidParameterValue'),
  read: toError('InvalidFilterKey'),
  readJournal: toError('ParameterVersionNotFound'),
  writeJournal: null,
  applySecrets: { kind: 'refused', code: 'InvalidInstanceId' },
  readName: toError('NoSuchHostedZone'),
  point: toError('InvalidChangeBatch'),
};
