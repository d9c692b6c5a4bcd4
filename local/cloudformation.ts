/** CloudFormation as far as people meet it after a deployment: what a stack is made of, and its removal. */
import type {
  DeleteStackCommandInput,
  DescribeStackEventsCommandInput,
  DescribeStackResourceCommandInput,
  DescribeStacksCommandInput,
  StackEvent,
} from '@aws-sdk/client-cloudformation';
import { toState } from './ec2/instances.ts';
import { AwsFault } from './fault.ts';
import type { Operations, World } from './world.ts';

export interface StackRecord {
  name: string;
  status: 'CREATE_COMPLETE' | 'DELETE_IN_PROGRESS' | 'DELETE_FAILED';
  madeAt: number;
  resources: StackResource[];
  outputs: Record<string, string>;
  /** Oldest first. */
  events: StackEvent[];
}

interface StackResource {
  logicalId: string;
  type: string;
  /** What AWS calls it, or its id. */
  name: string;
}

export const cloudFormationOperations: Operations = {
  DescribeStacks: describeStacks,
  DescribeStackResource: describeStackResource,
  DescribeStackEvents: describeStackEvents,
  DeleteStack: deleteStack,
};

/** Deleting some functions, rules and roles; a user pool or a distribution would take longer. */
const deletionMs = 20_000;
const stackType = 'AWS::CloudFormation::Stack';

export function addStack(
  world: World,
  stack: Pick<StackRecord, 'name' | 'resources' | 'outputs'>,
): void {
  const madeAt = world.timers.now;
  const record: StackRecord = { ...stack, status: 'CREATE_COMPLETE', madeAt, events: [] };
  world.stacks.set(stack.name, record);
  tell(
    world,
    record,
    { logicalId: stack.name, type: stackType, name: toArn(world, record) },
    record.status,
  );
}

function describeStacks(world: World, { StackName }: DescribeStacksCommandInput) {
  const chosen = StackName ? [find(world, StackName)] : [...world.stacks.values()];
  return {
    Stacks: chosen.map((stack) => ({
      StackId: toArn(world, stack),
      StackName: stack.name,
      StackStatus: stack.status,
      CreationTime: new Date(stack.madeAt),
      Outputs: Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => ({
        OutputKey,
        OutputValue,
      })),
    })),
  };
}

function describeStackResource(
  world: World,
  { StackName = '', LogicalResourceId }: DescribeStackResourceCommandInput,
) {
  const stack = find(world, StackName);
  const found = stack.resources.find(({ logicalId }) => logicalId === LogicalResourceId);
  if (!found)
    throw new AwsFault(
      'ValidationError',
      `Resource ${LogicalResourceId} does not exist for stack ${StackName}`,
    );
  return {
    StackResourceDetail: {
      StackName,
      LogicalResourceId: found.logicalId,
      PhysicalResourceId: found.name,
      ResourceType: found.type,
      LastUpdatedTimestamp: new Date(stack.madeAt),
      ResourceStatus: 'CREATE_COMPLETE',
    },
  };
}

/** Newest first. */
function describeStackEvents(world: World, { StackName = '' }: DescribeStackEventsCommandInput) {
  return { StackEvents: find(world, StackName).events.toReversed() };
}

/** One that is not there is as good as deleted. */
function deleteStack(world: World, { StackName = '' }: DeleteStackCommandInput): object {
  const stack = world.stacks.get(StackName);
  if (!stack || stack.status === 'DELETE_IN_PROGRESS') return {};
  stack.status = 'DELETE_IN_PROGRESS';
  const itself = { logicalId: stack.name, type: stackType, name: toArn(world, stack) };
  tell(world, stack, itself, 'DELETE_IN_PROGRESS');
  world.timers.after(deletionMs, () => {
    const held = stack.resources.find(({ name }) => isInUse(world, name));
    if (held) {
      stack.status = 'DELETE_FAILED';
      tell(world, stack, held, 'DELETE_FAILED', `resource ${held.name} has a dependent object`);
      return tell(world, stack, itself, 'DELETE_FAILED', `could not delete: [${held.logicalId}]`);
    }
    world.stacks.delete(stack.name);
    for (const { name } of stack.resources) remove(world, name);
    world.tell({ kind: 'undeployed', stack: stack.name });
  });
  return {};
}

/** A security group can't go while a machine has it. */
function isInUse({ securityGroups, instances }: World, id: string): boolean {
  return (
    securityGroups.has(id) &&
    [...instances.values()].some(
      (one) => toState(one) !== 'terminated' && one.groupIds.includes(id),
    )
  );
}

function remove(world: World, id: string): void {
  const { templates, documents, roles, securityGroups, logGroups } = world;
  for (const all of [templates, documents, roles, securityGroups, logGroups]) all.delete(id);
}

function tell(
  world: World,
  stack: StackRecord,
  { logicalId, type, name }: StackResource,
  status: NonNullable<StackEvent['ResourceStatus']>,
  why?: string,
): void {
  stack.events.push({
    StackId: toArn(world, stack),
    StackName: stack.name,
    EventId: `${logicalId}-${stack.events.length}`,
    LogicalResourceId: logicalId,
    PhysicalResourceId: name,
    ResourceType: type,
    Timestamp: new Date(world.timers.now),
    ResourceStatus: status,
    ...(why && { ResourceStatusReason: why }),
  });
}

function find({ stacks }: World, name: string): StackRecord {
  const stack = stacks.get(name);
  if (stack) return stack;
  throw new AwsFault('ValidationError', `Stack with id ${name} does not exist`);
}

function toArn({ region, account }: World, { name }: Pick<StackRecord, 'name'>): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${name}/local`;
}
