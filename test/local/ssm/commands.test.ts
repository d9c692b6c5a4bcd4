/** The played Run Command: what is refused, what becomes of what is not, and what the events and answers say. */
import { beforeEach, describe, expect, test } from 'vitest';
import { terminate } from '../../../local/ec2/instances.ts';
import { AwsFault } from '../../../local/fault.ts';
import type { Fate } from '../../../local/guests/agent.ts';
import { type Running, setRunning } from '../running.ts';

const document = 'Perennial-ApplySecrets-home';
const visibleMs = 300;
let running: Running;

beforeEach(() => {
  running = setRunning({
    deliveryMs: () => 500,
    applyMs: () => 2_000,
  });
});

/** Seconds since the command and its status then, for every event. */
type Change = [afterSeconds: number, status: unknown];

function watch(): Change[] {
  const { world } = running;
  const changes: Change[] = [];
  const from = world.timers.now;
  world.onEvent(({ source, 'detail-type': type, detail }) => {
    if (type !== 'EC2 Command Invocation Status-change Notification') return;
    expect(source).toBe('aws.ssm');
    changes.push([(world.timers.now - from) / 1_000, detail.status]);
  });
  return changes;
}

const send = (more: object = {}) =>
  running.ask('SendCommand', { DocumentName: document, InstanceIds: [running.id], ...more })
    .Command;
const get = (CommandId: string) =>
  running.ask('GetCommandInvocation', { CommandId, InstanceId: running.id });

test('a command begins and ends, and each is an event', () => {
  const changes = watch();
  const at = running.world.timers.now;
  const command = send({ TimeoutSeconds: 60 });
  expect(command).toMatchObject({
    CommandId: expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
    DocumentName: document,
    InstanceIds: [running.id],
    RequestedDateTime: new Date(at),
    ExpiresAfter: new Date(at + 60_000),
    Status: 'Pending',
    TimeoutSeconds: 60,
    TargetCount: 1,
  });
  let event = {};
  running.world.onEvent((one) => {
    event = one;
  });
  running.wait(5_000);
  expect(changes).toEqual([
    [0.5, 'InProgress'],
    [2.5, 'Success'],
  ]);
  expect(event).toMatchObject({
    source: 'aws.ssm',
    resources: [`arn:aws:ec2:us-east-1:123456789012:instance/${running.id}`],
    detail: {
      'command-id': command.CommandId,
      'document-name': document,
      'instance-id': running.id,
      'requested-date-time': new Date(at).toISOString(),
      status: 'Success',
    },
  });
});

describe('GetCommandInvocation', () => {
  test('knows nothing yet when asked at once, then tells how it goes', () => {
    const { CommandId } = send();
    expect(() => get(CommandId)).toThrow(
      expect.objectContaining({ code: 'InvocationDoesNotExist' }),
    );
    running.wait(visibleMs);
    expect(get(CommandId)).toMatchObject({
      Status: 'Pending',
      ResponseCode: -1,
      ExecutionStartDateTime: '',
    });
    running.wait(500);
    expect(get(CommandId)).toMatchObject({ Status: 'InProgress', ExecutionEndDateTime: '' });
    running.wait(2_000);
    expect(get(CommandId)).toMatchObject({
      CommandId,
      InstanceId: running.id,
      DocumentName: document,
      PluginName: 'aws:runShellScript',
      Status: 'Success',
      StatusDetails: 'Success',
      ResponseCode: 0,
      ExecutionElapsedTime: 'PT2S',
      StandardOutputContent: '',
      StandardErrorContent: '',
    });
  });

  test('knows no other command, and no other server', () => {
    send();
    running.wait(visibleMs);
    const unknown = expect.objectContaining({ code: 'InvocationDoesNotExist' });
    expect(() => get('00000000-0000-4000-8000-000000000000')).toThrow(unknown);
  });
});

test('ListCommandInvocations tells the newest first, of one command, or of one server', () => {
  const [first, second] = [send({ Comment: 'first' }).CommandId, send().CommandId];
  const list = (input: object) =>
    running
      .ask('ListCommandInvocations', input)
      .CommandInvocations.map(({ CommandId }: { CommandId: string }) => CommandId);
  expect(list({})).toEqual([]);
  running.wait(5_000);
  expect(list({})).toEqual([second, first]);
  expect(list({ CommandId: first })).toEqual([first]);
  expect(list({ InstanceId: 'i-00000000000000000' })).toEqual([]);
  const { CommandInvocations, NextToken } = running.ask('ListCommandInvocations', {
    MaxResults: 1,
    Details: true,
  });
  expect(CommandInvocations).toMatchObject([
    { CommandId: second, Status: 'Success', CommandPlugins: [{ ResponseCode: 0 }] },
  ]);
  expect(list({ MaxResults: 1, NextToken })).toEqual([first]);
});

describe('what becomes of a command when it', () => {
  const cases: [Fate, Change[], object][] = [
    [
      'slow',
      [
        [0.5, 'InProgress'],
        [30.5, 'Success'],
      ],
      { ResponseCode: 0 },
    ],
    [
      'fails',
      [
        [0.5, 'InProgress'],
        [2.5, 'Failed'],
      ],
      { StatusDetails: 'Failed', ResponseCode: 1 },
    ],
    [
      'hangs',
      [
        [0.5, 'InProgress'],
        [60.5, 'TimedOut'],
      ],
      { StatusDetails: 'ExecutionTimedOut', ResponseCode: 137 },
    ],
    ['lost', [[120, 'TimedOut']], { StatusDetails: 'DeliveryTimedOut', ResponseCode: -1 }],
    ['undeliverable', [[0.5, 'Failed']], { StatusDetails: 'Undeliverable', ResponseCode: -1 }],
  ];
  test.each(cases)('%s', (fate, expected, invocation) => {
    running.world.guests.setFates(() => fate);
    const changes = watch();
    const { CommandId } = send({ TimeoutSeconds: 120 });
    running.wait(10 * 60_000);
    expect(changes).toEqual(expected);
    expect(get(CommandId)).toMatchObject(invocation);
  });

  test('finds Parameter Store out', () => {
    const changes = watch();
    const { CommandId } = send();
    running.world.setFaults((_, operation) =>
      operation === 'GetParametersByPath' ? new AwsFault('InternalServerError', 'no', 500) : null,
    );
    running.wait(10_000);
    expect(changes.at(-1)).toEqual([2.5, 'Failed']);
    running.world.setFaults(() => null);
    expect(get(CommandId).StandardErrorContent).toBe(
      'The secrets could not be read: InternalServerError',
    );
  });

  test.each([
    ['is gone', 'Undeliverable', () => end()],
    ['is dead', 'DeliveryTimedOut', () => running.world.guests.silence(running.id)],
    ['hears nobody', 'DeliveryTimedOut', () => running.world.guests.setAgent(running.id, false)],
  ])('comes to a server that %s', (_, details, happen) => {
    const { CommandId } = send({ TimeoutSeconds: 30 });
    happen();
    running.wait(60_000);
    expect(get(CommandId).StatusDetails).toBe(details);
  });

  test('is on a server that dies in the middle', () => {
    const { CommandId } = send();
    running.wait(600);
    running.world.guests.silence(running.id);
    running.wait(120_000);
    expect(get(CommandId).StatusDetails).toBe('ExecutionTimedOut');
  });

  test('is another script than ours', () => {
    const Content = JSON.stringify({
      schemaVersion: '2.2',
      mainSteps: [
        { action: 'aws:runShellScript', name: 'x', inputs: { runCommand: ['rm -rf /'] } },
      ],
    });
    running.ask('CreateDocument', { Name: 'Other', Content });
    const { CommandId } = send({ DocumentName: 'Other' });
    running.wait(60_000);
    expect(get(CommandId)).toMatchObject({ Status: 'Failed', ResponseCode: 127 });
  });
});

describe('SendCommand refuses', () => {
  const cases: [string, object, string][] = [
    ['a document that is not there', { DocumentName: 'None' }, 'InvalidDocument'],
    [
      'values that the document asks for none of',
      { Parameters: { a: ['b'] } },
      'InvalidParameters',
    ],
    ['no patience', { TimeoutSeconds: 29 }, 'ValidationException'],
    ['too much of it', { TimeoutSeconds: 2_592_001 }, 'ValidationException'],
    ['nobody', { InstanceIds: [] }, 'ValidationException'],
    ['a stranger', { InstanceIds: ['i-00000000000000000'] }, 'InvalidInstanceId'],
  ];
  test.each(cases)('%s', (_, more, code) => {
    expect(() => send(more)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ['that has lost Systems Manager', () => running.world.guests.setAgent(running.id, false)],
    ['that has ended', () => end()],
  ])('a server %s', (_, happen) => {
    happen();
    expect(() => send()).toThrow(
      `Instances [[${running.id}]] not in a valid state for account 123456789012`,
    );
  });

  test('a server that Systems Manager does not know yet', () => {
    const { id, wait } = running.launch();
    wait(10_000 + 19_000);
    expect(() => send({ InstanceIds: [id] })).toThrow(id);
    wait(1_000);
    expect(send({ InstanceIds: [id] })).toMatchObject({ InstanceIds: [id] });
  });
});

test.each([
  ['no JSON', '{', 'InvalidDocumentContent'],
  ['a kind of step that is not played', '{"schemaVersion":"2.2"}', 'InvalidDocumentContent'],
])('CreateDocument refuses %s', (_, Content, code) => {
  const create = () => running.ask('CreateDocument', { Name: 'X', Content });
  expect(create).toThrow(expect.objectContaining({ code }));
});

function end(): void {
  const record = running.world.instances.get(running.id);
  if (record) terminate(running.world, record, 'Client.UserInitiatedShutdown');
}
