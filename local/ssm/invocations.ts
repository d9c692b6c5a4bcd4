/** How commands went, server by server. */
import type {
  CommandInvocation,
  GetCommandInvocationCommandInput,
  ListCommandInvocationsCommandInput,
} from '@aws-sdk/client-ssm';
import { toPage } from '../ec2.ts';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';
import type { CommandRecord, InvocationRecord } from './commands.ts';

/** Whoever asks at once hears that there is no such thing. */
const visibleAfterMs = 300;
const pageMax = 50;

export function getCommandInvocation(
  world: World,
  { CommandId = '', InstanceId = '' }: GetCommandInvocationCommandInput,
) {
  const command = world.commands.get(CommandId);
  const invocation = command?.invocations.find(({ serverId }) => serverId === InstanceId);
  // AWS gives no message with it.
  if (!command || !invocation || !isVisible(world, command))
    throw new AwsFault('InvocationDoesNotExist', '');
  const { startedAt, endedAt, exitCode, stderr, stdout } = invocation;
  return {
    ...toCommon(command, invocation),
    PluginName: command.document.plugin,
    ResponseCode: exitCode,
    ExecutionStartDateTime: toIso(startedAt),
    ExecutionElapsedTime: toElapsed(startedAt, endedAt),
    ExecutionEndDateTime: toIso(endedAt),
    StandardOutputContent: stdout,
    StandardErrorContent: stderr,
  };
}

export function listCommandInvocations(
  world: World,
  {
    CommandId,
    InstanceId,
    Details,
    Filters,
    MaxResults,
    NextToken,
  }: ListCommandInvocationsCommandInput,
): { CommandInvocations: CommandInvocation[]; NextToken?: string } {
  if (Filters?.length) throw new AwsFault('InvalidFilterKey', 'Filters are not played here.');
  const all = [...world.commands.values()]
    .filter((command) => !CommandId || command.id === CommandId)
    .filter((command) => isVisible(world, command))
    .flatMap((command) => command.invocations.map((invocation) => ({ command, invocation })))
    .filter(({ invocation }) => !InstanceId || invocation.serverId === InstanceId)
    .reverse();
  const { page, next } = toPage(all, MaxResults ?? pageMax, NextToken);
  return {
    CommandInvocations: page.map(({ command, invocation }) => ({
      ...toCommon(command, invocation),
      RequestedDateTime: new Date(command.requestedAt),
      CommandPlugins: Details ? [toPlugin(command, invocation)] : [],
    })),
    ...(next && { NextToken: next }),
  };
}

function isVisible({ timers }: World, { requestedAt }: CommandRecord): boolean {
  return timers.now - requestedAt >= visibleAfterMs;
}

function toCommon({ id, comment, document }: CommandRecord, invocation: InvocationRecord) {
  return {
    CommandId: id,
    InstanceId: invocation.serverId,
    Comment: comment,
    DocumentName: document.name,
    DocumentVersion: '$DEFAULT',
    Status: invocation.status,
    StatusDetails: invocation.details,
  };
}

function toPlugin({ document }: CommandRecord, invocation: InvocationRecord) {
  const { status: Status, details: StatusDetails, exitCode, startedAt, endedAt } = invocation;
  return {
    Name: document.plugin,
    Status,
    StatusDetails,
    ResponseCode: exitCode,
    ...(startedAt !== null && { ResponseStartDateTime: new Date(startedAt) }),
    ...(endedAt !== null && { ResponseFinishDateTime: new Date(endedAt) }),
    Output: invocation.stderr,
  };
}

function toIso(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString();
}

/** Like PT1.5S. */
function toElapsed(startedAt: number | null, endedAt: number | null): string {
  return startedAt === null || endedAt === null ? '' : `PT${(endedAt - startedAt) / 1_000}S`;
}
