/** Odd requests are refused as AWS would, and surprise nobody. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Door, openDoor } from '../../local/door.ts';
import { ask, signed } from './ask.ts';
import { toScript, toServices } from './clients.ts';

const script = toScript();
const surprises: unknown[] = [];
let door: Door;

beforeAll(async () => {
  const page = { prefix: '/_world/', handle: () => ({ status: 200, headers: {}, body: 'page' }) };
  door = await openDoor({
    call: toServices(script),
    routes: [page],
    onFault: (error) => surprises.push(error),
  });
});
afterAll(() => door.close());

const ssmPut = signed('ssm', { 'x-amz-target': 'AmazonSSM.PutParameter' });
const rrset = '/2013-04-01/hostedzone/Z1/rrset';
const root = 'ChangeResourceRecordSetsRequest';
const change = (inside: string) =>
  `<${root} xmlns='x'><ChangeBatch>${inside}</ChangeBatch></${root}>`;

const odd: [string, string, Parameters<typeof ask>[2], number, string][] = [
  [
    'no signature',
    '/',
    { body: 'Action=DescribeInstances' },
    403,
    '<Code>MissingAuthenticationToken<',
  ],
  [
    'no signature, for SSM',
    '/',
    { headers: { 'x-amz-target': 'AmazonSSM.GetParameter' }, body: '{}' },
    403,
    '"__type":"MissingAuthenticationToken"',
  ],
  ['no signature, for Route 53', rrset, {}, 403, '<Code>MissingAuthenticationToken<'],
  [
    'half a signature',
    '/',
    { headers: { authorization: 'Basic eA==' } },
    400,
    'IncompleteSignature',
  ],
  ['a service not played', '/', { headers: signed('dynamodb') }, 403, 'InvalidSignatureException'],
  ['no action', '/', { headers: signed('ec2') }, 400, '<Code>MissingAction<'],
  [
    'an action that EC2 has not',
    '/',
    { headers: signed('ec2'), body: 'Action=__proto__' },
    400,
    'The action __proto__ is not valid for this web service.',
  ],
  [
    'a parameter that EC2 has not',
    '/?Action=DescribeInstances&Filters.1.Name=a',
    { method: 'GET', headers: signed('ec2') },
    400,
    'The parameter Filters is not recognized',
  ],
  [
    'a list without a number',
    '/',
    { headers: signed('ec2'), body: 'Action=DescribeInstances&Filter.x.Name=a' },
    400,
    'The parameter Filter is not recognized',
  ],
  [
    'a value where a structure belongs',
    '/',
    { headers: signed('ec2'), body: 'Action=DescribeInstances&Filter.1=a' },
    400,
    'The parameter Filter.1 is not recognized',
  ],
  [
    'a key of a hundred thousand dots',
    '/',
    { headers: signed('ec2'), body: `Action=DescribeInstances&Filter.1${'.'.repeat(100_000)}` },
    400,
    'UnknownParameter',
  ],
  [
    'JSON that is none',
    '/',
    { headers: ssmPut, body: '{"Name":' },
    400,
    '"SerializationException"',
  ],
  ['JSON that is a list', '/', { headers: ssmPut, body: '[]' }, 400, 'LIST_VALUE can not be'],
  ['JSON that is nothing', '/', { headers: ssmPut, body: 'null' }, 400, '"SerializationException"'],
  [
    'bytes that are no text',
    '/',
    { headers: ssmPut, body: Buffer.from([0x7b, 0xff]) },
    400,
    '"SerializationException"',
  ],
  [
    "another service's target",
    '/',
    { headers: signed('ssm', { 'x-amz-target': 'AWSEvents.PutEvents' }), body: '{}' },
    400,
    '"UnknownOperationException"',
  ],
  ['no target', '/', { headers: signed('ssm'), body: '{}' }, 400, '"UnknownOperationException"'],
  ['a path of nowhere', '/2013-04-01/', { headers: signed('route53') }, 404, 'UnknownOperation'],
  ['a broken path', '/2013-04-01/change/%E0', { headers: signed('route53') }, 404, 'UnknownOp'],
  [
    'XML that is none',
    rrset,
    { headers: signed('route53'), body: `<${root}><` },
    400,
    '<Code>MalformedInput</Code><Message>Could not parse XML<',
  ],
  [
    'another root',
    rrset,
    { headers: signed('route53'), body: '<ChangeBatch/>' },
    400,
    'ChangeBatch is not valid, expected ChangeResourceRecordSetsRequest',
  ],
  [
    'an element that Route 53 has not',
    rrset,
    { headers: signed('route53'), body: change('<Changes><Change><Foo/></Change></Changes>') },
    400,
    'Invalid content was found starting with element &apos;Foo&apos;',
  ],
  [
    'an element twice',
    rrset,
    { headers: signed('route53'), body: change('<Comment>a</Comment><Comment>b</Comment>') },
    400,
    'Invalid content was found starting with element &apos;Comment&apos;',
  ],
  [
    'more than 1 MiB',
    '/',
    { headers: signed('ec2'), body: Buffer.alloc(3 * 1024 * 1024, 'a') },
    413,
    '<Code>RequestEntityTooLarge<',
  ],
  ['more than 1 MiB for a page', '/_world/x', { body: Buffer.alloc(2 ** 21) }, 413, 'too large'],
];

test.each(odd)('%s', async (_, path, options, status, part) => {
  const answer = await ask(door, path, options);
  expect(answer).toMatchObject({ status, body: expect.stringContaining(part) });
  expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.body)));
  expect(answer.headers).not.toHaveProperty('transfer-encoding');
  expect({ asked: script.asked, surprises }).toEqual({ asked: [], surprises: [] });
});
