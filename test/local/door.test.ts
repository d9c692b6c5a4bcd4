/** The door itself, asked by hand: its forms, its hooks, pages of its own, and its closing. */
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Outcome } from '../../local/answer.ts';
import { type Door, openDoor } from '../../local/door.ts';
import { toRequestHandler } from '../../local/in-process.ts';
import type { Call } from '../../local/wire/messages.ts';
import { ask, signed } from './ask.ts';
import { toScript, toServices } from './clients.ts';

const script = toScript();
const calls: [Call | null, Outcome][] = [];
const faults: unknown[] = [];
let door: Door;

beforeAll(async () => {
  door = await openDoor({
    call: toServices(script),
    routes: [
      {
        prefix: '/_world/',
        handle: ({ method, path, query, body }) => {
          if (path === '/_world/broken') throw new Error('broken');
          const sent = `${method} ${path} ${query.get('q')} ${new TextDecoder().decode(body)}`;
          return { status: 201, headers: { 'content-type': 'text/plain' }, body: sent };
        },
      },
    ],
    onCall: (call, outcome) => calls.push([call, outcome]),
    onFault: (error) => faults.push(error),
  });
});
afterAll(() => door.close());
beforeEach(() => {
  for (const told of [calls, faults, script.asked]) told.length = 0;
  script.says = () => ({});
});

test("errors have each protocol's own form", async () => {
  const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const ec2 = await ask(door, '/', { headers: signed('ec2') });
  expect(ec2.headers).toMatchObject({ 'x-amzn-requestid': id, connection: 'keep-alive' });
  expect(ec2.body.replace(/[0-9a-f-]{36}/, 'ID')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>MissingAction</Code>' +
      '<Message>The request must contain the parameter Action</Message></Error></Errors>' +
      '<RequestID>ID</RequestID></Response>',
  );
  const ssm = await ask(door, '/', { headers: signed('ssm') });
  expect(ssm.headers).toMatchObject({
    'x-amzn-requestid': id,
    'x-amzn-errortype': 'UnknownOperationException',
    'content-type': 'application/x-amz-json-1.1',
  });
  expect(ssm.body).toBe('{"__type":"UnknownOperationException","message":""}');
  const route53 = await ask(door, '/x', { headers: signed('route53') });
  expect(route53.body.replace(/[0-9a-f-]{36}/, 'ID')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type>' +
      '<Code>UnknownOperationException</Code><Message/></Error><RequestId>ID</RequestId></ErrorResponse>',
  );
});

test('PutEvents, in plain JSON; what the model does not have is passed over', async () => {
  script.says = () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
  const entry = {
    Time: 1795323600.5,
    Source: 's',
    Resources: ['r'],
    DetailType: 'd',
    Detail: '{}',
  };
  const body = JSON.stringify({ Entries: [{ ...entry, New: {} }], EndpointId: null });
  const headers = signed('events', { 'x-amz-target': 'AWSEvents.PutEvents' });
  const answer = await ask(door, '/', { headers, body });
  expect(JSON.parse(answer.body)).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
  const input = { Entries: [{ ...entry, Time: new Date('2026-11-22T05:00:00.500Z') }] };
  expect(script.asked).toEqual([['events', 'PutEvents', input, 'AKIDEXAMPLE']]);
});

test("EC2's lists come in the order of their numbers, from the URL as well as from the body", async () => {
  const query = '?Action=DescribeInstances&Version=2016-11-15&InstanceId.10=c&InstanceId.2=b';
  await ask(door, `/${query}`, { headers: signed('ec2'), body: 'InstanceId.1=a' });
  const input = { InstanceIds: ['a', 'b', 'c'] };
  expect(script.asked).toEqual([['ec2', 'DescribeInstances', input, 'AKIDEXAMPLE']]);
});

test('in process, a simulation that is run twice gets the same answers', async () => {
  const run = async () => {
    const { handle } = toRequestHandler(toServices(script));
    const headers = signed('ec2');
    const request = { method: 'POST', path: '/', headers, body: 'Action=DescribeInstances' };
    return [await handle(request), await handle(request)];
  };
  const [first, second] = await run();
  expect(await run()).toEqual([first, second]);
  expect(first).not.toEqual(second);
});

test('the hooks hear of calls, refusals and failures', async () => {
  const headers = signed('ec2');
  await ask(door, '/', { headers, body: 'Action=DescribeInstances' });
  await ask(door, '/', { headers, body: 'Action=Nonsense' });
  const surprise = new TypeError('surprise');
  script.says = () => {
    throw surprise;
  };
  const failed = await ask(door, '/', { headers, body: 'Action=DescribeInstances' });
  expect(failed).toMatchObject({
    status: 500,
    body: expect.stringContaining('<Code>InternalFailure</Code>'),
  });
  expect(failed.body).not.toContain('surprise');
  expect(faults).toEqual([surprise]);
  const call = {
    service: 'ec2',
    operation: 'DescribeInstances',
    input: {},
    accessKeyId: 'AKIDEXAMPLE',
    region: 'us-east-1',
  };
  expect(calls).toMatchObject([
    [call, { kind: 'answered', output: {} }],
    [null, { kind: 'refused', fault: { code: 'InvalidAction' } }],
    [call, { kind: 'refused', fault: { code: 'InternalFailure' } }],
  ]);
});

test('pages of its own come first', async () => {
  const page = await ask(door, '/_world/a%20b?q=1&q2=?', { body: 'hello' });
  expect(page).toMatchObject({ status: 201, body: 'POST /_world/a%20b 1 hello' });
  expect(await ask(door, '/_world/broken')).toMatchObject({ status: 500 });
  expect(faults).toEqual([new Error('broken')]);
});

test('bytes that are not HTTP harm nobody, and closing ends idle connections', async () => {
  const other = await openDoor({ call: toServices(script) });
  const { port } = new URL(other.url);
  const ended = (bytes: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.resume();
    });
  await ended('\x00\x01 nonsense\r\n\r\n');
  const idle = ended('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n123');
  await new Promise((resolve) => setTimeout(resolve, 20));
  await other.close();
  await idle;
  await expect(
    openDoor({ call: toServices(script), port: Number(new URL(door.url).port) }),
  ).rejects.toThrow('EADDRINUSE');
});
