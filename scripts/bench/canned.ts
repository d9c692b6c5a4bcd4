/** A loopback server with canned answers of EC2, Parameter Store and Route 53, and the environment to reach it. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Answer {
  status?: number;
  body: string;
}

/** By operation; an operation that is not in it is answered with an error. */
export type Answers = Record<string, () => Answer>;

export interface Canned {
  url: string;
  /** What was asked, in order. */
  calls: { operation: string; body: string }[];
  close(): void;
}

export async function serve(answers: Answers): Promise<Canned> {
  const calls: Canned['calls'] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const operation = toOperation(request, body);
    calls.push({ operation, body });
    const answer = answers[operation]?.() ?? { status: 400, body: '' };
    const json = request.headers['x-amz-target'] !== undefined;
    response.writeHead(answer.status ?? 200, {
      'content-type': json ? 'application/x-amz-json-1.1' : 'text/xml',
    });
    response.end(answer.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function toOperation({ headers, method, url = '' }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.replace('AmazonSSM.', '');
  if (!url.startsWith('/2013-04-01/')) return new URLSearchParams(body).get('Action') ?? 'unknown';
  return method === 'GET' ? 'ListResourceRecordSets' : 'ChangeResourceRecordSets';
}

/** A quiet day: one spot server under the cap serves, and the name points to it, so that there is nothing to do. */
export function toQuietDay(now: () => number): Answers {
  return {
    DescribeInstances: () => ({
      body: `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId>
<reservationSet><item><reservationId>r-1</reservationId><instancesSet><item>
<instanceId>i-0123456789abcdef0</instanceId><imageId>ami-0123456789abcdef0</imageId>
<instanceState><code>16</code><name>running</name></instanceState><instanceType>t3.nano</instanceType>
<launchTime>2026-11-22T10:00:00.000Z</launchTime><ipAddress>203.0.113.7</ipAddress>
<placement><availabilityZone>us-east-1a</availabilityZone></placement><instanceLifecycle>spot</instanceLifecycle>
<tagSet><item><key>perennial:vpn</key><value>home</value></item>
<item><key>perennial:generation</key><value>4</value></item></tagSet>
</item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
    }),
    DescribeSpotPriceHistory: () => ({
      body: `<DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>2</requestId>
<spotPriceHistorySet><item><instanceType>t3.nano</instanceType><productDescription>Linux/UNIX</productDescription>
<spotPrice>0.001600</spotPrice><timestamp>2026-11-22T10:00:00.000Z</timestamp>
<availabilityZone>us-east-1a</availabilityZone></item></spotPriceHistorySet></DescribeSpotPriceHistoryResponse>`,
    }),
    GetParametersByPath: () => ({
      body: JSON.stringify({
        Parameters: [
          toParameter('desired', now(), { power: 'on', imageId: 'ami-0123456789abcdef0' }),
          toParameter('servers/i-0123456789abcdef0', now(), {
            at: new Date(now()),
            serving: { pptp: true, wireguard: true },
            applied: { users: { ann: 3 }, keys: { wireguard: 1 } },
          }),
          toParameter('ledger', now(), toLedger(now())),
        ],
      }),
    }),
    DescribeParameters: () => ({
      body: JSON.stringify({
        Parameters: [
          toSecret('users/ann', 3, now(), { rotated: new Date(now()) }),
          toSecret('keys/wireguard', 1, now(), { publicKey: 'an-example-of-a-key' }),
        ],
      }),
    }),
    ListResourceRecordSets: () => ({
      body: `<?xml version="1.0" encoding="UTF-8"?>
<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>
<ResourceRecordSet><Name>vpn.example.org.</Name><Type>A</Type><TTL>30</TTL><ResourceRecords><ResourceRecord>
<Value>203.0.113.7</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></ResourceRecordSets>
<IsTruncated>false</IsTruncated><MaxItems>1</MaxItems></ListResourceRecordSetsResponse>`,
    }),
  };
}

/** Counted just now, so that there is nothing to add. */
function toLedger(now: number): object {
  const until = new Date(now).toISOString();
  const none = { hours: 0, dollars: 0 };
  const amounts = { spot: none, onDemand: none, address: none, disk: none, alwaysOnDemand: none };
  return { month: until.slice(0, 'yyyy-mm'.length), until, ...amounts };
}

function toParameter(name: string, at: number, value: object): object {
  return {
    Name: `/perennial/home/state/${name}`,
    Type: 'String',
    Value: JSON.stringify(value),
    Version: 1,
    LastModifiedDate: at / 1000,
  };
}

function toSecret(name: string, version: number, at: number, description: object): object {
  return {
    Name: `/perennial/home/${name}`,
    Type: 'SecureString',
    Version: version,
    LastModifiedDate: at / 1000,
    Description: JSON.stringify(description),
  };
}

/** A function's environment, whose AWS is at `url`. */
export function toEnvironment(url: string): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'an-example-and-no-secret',
    AWS_SESSION_TOKEN: 'an-example-of-a-token',
    AWS_ENDPOINT_URL: url,
    PERENNIAL_VPN: 'home',
    PERENNIAL_ZONE_ID: 'Z0123ABC',
    PERENNIAL_NAME: 'vpn.example.org',
    PERENNIAL_CAP: '0.003',
    PERENNIAL_TYPES: 't3.nano=0.0052,t3a.nano=0.0047',
    PERENNIAL_ON_DEMAND_MAX: '5',
    PERENNIAL_PROTOCOLS: 'pptp,wireguard',
    PERENNIAL_ROTATE_DAYS: '0',
    PERENNIAL_ADDRESS: 'dynamic',
    PERENNIAL_OLD_PASSWORD_MINUTES: '0',
    PERENNIAL_TEMPLATE_SPOT: 'lt-0abc:1',
    PERENNIAL_TEMPLATE_ON_DEMAND: 'lt-0abd:1',
  };
}
