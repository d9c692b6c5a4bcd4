/** Run Command: a document is sent to servers, and each server's agent runs it, or never hears of it. */
import type { CommandPluginStatus, SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';
import { type DocumentRecord, findDocument } from './documents.ts';

export interface CommandRecord {
  id: string;
  document: DocumentRecord;
  comment: string;
  requestedAt: number;
  timeoutSeconds: number;
  invocations: InvocationRecord[];
}

/** A command on one server. Times are epoch milliseconds, null until then. */
export interface InvocationRecord {
  serverId: string;
  status: CommandPluginStatus;
  /** AWS's finer word for it. */
  details: string;
  startedAt: number | null;
  endedAt: number | null;
  /** The script's exit status, -1 before there is one. */
  exitCode: number;
  stderr: string;
  stdout: string;
}

/** Bounds and default of TimeoutSeconds, which is how long a command may wait for its server. */
const timeoutSeconds = { min: 30, max: 2_592_000, usual: 3_600 };
const serversMax = 50;

export function sendCommand(world: World, input: SendCommandCommandInput) {
  const { DocumentName = '', InstanceIds = [], Comment = '', Parameters = {} } = input;
  const { TimeoutSeconds = timeoutSeconds.usual } = input;
  if (TimeoutSeconds < timeoutSeconds.min || TimeoutSeconds > timeoutSeconds.max)
    throw new AwsFault(
      'ValidationException',
      `1 validation error detected: Value '${TimeoutSeconds}' at 'timeoutSeconds' failed to satisfy constraint: Member must have value between ${timeoutSeconds.min} and ${timeoutSeconds.max}`,
    );
  // By tags one would have to wait to know whom it reached.
  if (input.Targets || InstanceIds.length === 0 || InstanceIds.length > serversMax)
    throw new AwsFault('ValidationException', 'Here a command takes 1 to 50 InstanceIds.');
  const document = findDocument(world, DocumentName);
  const unknown = Object.keys(Parameters).find((name) => !document.parameters.includes(name));
  if (unknown !== undefined)
    throw new AwsFault('InvalidParameters', `Parameter "${unknown}" is not in the document.`);
  const deaf = InstanceIds.filter((id) => !world.guests.isManaged(id));
  if (deaf.length > 0)
    throw new AwsFault(
      'InvalidInstanceId',
      `Instances [[${deaf.join(', ')}]] not in a valid state for account ${world.account}`,
    );

  const command: CommandRecord = {
    id: toUuid(world.random.hex(32)),
    document,
    comment: Comment,
    requestedAt: world.timers.now,
    timeoutSeconds: TimeoutSeconds,
    invocations: InstanceIds.map(toInvocation),
  };
  world.commands.set(command.id, command);
  for (const invocation of command.invocations)
    world.timers.after(world.times.deliveryMs(), () => deliver(world, command, invocation));
  return { Command: describe(command) };
}

function toInvocation(serverId: string): InvocationRecord {
  return {
    serverId,
    status: 'Pending',
    details: 'Pending',
    startedAt: null,
    endedAt: null,
    exitCode: -1,
    stderr: '',
    stdout: '',
  };
}

function deliver(world: World, command: CommandRecord, invocation: InvocationRecord): void {
  const { timers, guests } = world;
  const end = (to: Partial<InvocationRecord> & Pick<InvocationRecord, 'status' | 'details'>) => {
    if (invocation.endedAt === null)
      enter(world, command, invocation, { ...to, endedAt: timers.now });
  };
  const delivery = guests.receive(
    invocation.serverId,
    command.document.script,
    (exitCode, stderr, stdout = '') => {
      const word = exitCode === 0 ? 'Success' : 'Failed';
      end({ status: word, details: word, exitCode, stderr, stdout });
    },
  );
  switch (delivery) {
    case 'running':
      enter(world, command, invocation, {
        status: 'InProgress',
        details: 'InProgress',
        startedAt: timers.now,
      });
      timers.after(command.document.timeoutSeconds * 1_000, () =>
        end({ status: 'TimedOut', details: 'ExecutionTimedOut', exitCode: 137 }),
      );
      return;
    case 'unheard':
      timers.at(command.requestedAt + command.timeoutSeconds * 1_000, () =>
        end({ status: 'TimedOut', details: 'DeliveryTimedOut' }),
      );
      return;
    case 'undeliverable':
      end({ status: 'Failed', details: 'Undeliverable' });
      return;
    default:
      delivery satisfies never;
  }
}

function enter(
  world: World,
  { id, document, requestedAt }: CommandRecord,
  invocation: InvocationRecord,
  to: Partial<InvocationRecord>,
): void {
  Object.assign(invocation, to);
  const { serverId, status } = invocation;
  const arn = `arn:aws:ec2:${world.region}:${world.account}:instance/${serverId}`;
  world.emit('aws.ssm', 'EC2 Command Invocation Status-change Notification', [arn], {
    'command-id': id,
    'document-name': document.name,
    'instance-id': serverId,
    'requested-date-time': new Date(requestedAt).toISOString(),
    status,
  });
}

function describe({ id, document, comment, requestedAt, ...command }: CommandRecord) {
  const { invocations } = command;
  return {
    CommandId: id,
    DocumentName: document.name,
    DocumentVersion: '$DEFAULT',
    Comment: comment,
    ExpiresAfter: new Date(requestedAt + command.timeoutSeconds * 1_000),
    Parameters: {},
    InstanceIds: invocations.map(({ serverId }) => serverId),
    Targets: [],
    RequestedDateTime: new Date(requestedAt),
    Status: 'Pending',
    StatusDetails: 'Pending',
    TargetCount: invocations.length,
    CompletedCount: 0,
    ErrorCount: 0,
    DeliveryTimedOutCount: 0,
    TimeoutSeconds: command.timeoutSeconds,
  };
}

function toUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
