/** Experiments: their life from pending to an end, and how they act as their role. */
import { recommendRebalance } from '../ec2/instances.ts';
import { AwsFault } from '../fault.ts';
import { assume } from '../iam/made-roles.ts';
import type { World } from '../world.ts';
import { findTemplate, type Plan, toDelayMs } from './templates.ts';

type Status =
  | 'pending'
  | 'initiating'
  | 'running'
  | 'completed'
  | 'stopping'
  | 'stopped'
  | 'failed';

export interface ExperimentRecord extends Plan {
  id: string;
  arn: string;
  experimentTemplateId: string;
  creationTime: Date;
  startTime: Date;
  /** When its actions began, if they have. */
  actedAt: Date | null;
  endTime: Date | null;
  status: Status;
  /** Of the one that failed. */
  error: { code: string; reason: string } | null;
}

/** Until it looks at its targets, and from then until it acts; nobody has published how long AWS takes. */
const initiatingMs = 1_000;
const resolvingMs = 3_000;
const stoppingMs = 1_000;

interface Asked {
  clientToken: string;
  experimentTemplateId: string;
  tags?: Plan['tags'];
}

/** Who asks again with the same token gets the same one. */
export function startExperiment(
  world: World,
  { clientToken, experimentTemplateId, tags = {} }: Asked,
) {
  const { fis, random, region, account, timers } = world;
  const known = fis.experiments.get(fis.tokens.get(clientToken) ?? '');
  if (known) return { experiment: describe(world, known) };
  const { description, roleArn, stopConditions, targets, actions } = findTemplate(
    world,
    experimentTemplateId,
  );
  const id = `EXP${random.hex(14)}`;
  const now = new Date(timers.now);
  const record: ExperimentRecord = {
    ...structuredClone({ description, roleArn, stopConditions, targets, actions }),
    id,
    arn: `arn:aws:fis:${region}:${account}:experiment/${id}`,
    experimentTemplateId,
    tags,
    creationTime: now,
    startTime: now,
    actedAt: null,
    endTime: null,
    status: 'pending',
    error: null,
  };
  fis.tokens.set(clientToken, id);
  fis.experiments.set(id, record);
  const enter = (delayMs: number, from: Status, run: () => void) =>
    timers.after(delayMs, () => {
      if (record.status === from) run();
    });
  enter(initiatingMs, 'pending', () => {
    record.status = 'initiating';
    enter(resolvingMs, 'initiating', () => begin(world, record));
  });
  return { experiment: describe(world, record) };
}

export function getExperiment(world: World, { id }: { id: string }) {
  return { experiment: describe(world, find(world, id)) };
}

/** What has not begun never does; a notice that AWS has given it does not take back. */
export function stopExperiment(world: World, { id }: { id: string }) {
  const record = find(world, id);
  if (record.endTime) throw new AwsFault('ValidationException', `Experiment ${id} has ended.`);
  record.status = 'stopping';
  world.timers.after(stoppingMs, () => end(world, record, 'stopped'));
  return { experiment: describe(world, record) };
}

function find({ fis }: World, id: string): ExperimentRecord {
  const record = fis.experiments.get(id);
  if (record) return record;
  throw new AwsFault('ResourceNotFoundException', `Experiment ${id} not found.`, 404);
}

function end({ timers }: World, record: ExperimentRecord, status: Status): void {
  record.status = status;
  record.endTime = new Date(timers.now);
}

/** As the role, with whatever that may. */
function begin(world: World, record: ExperimentRecord): void {
  const { account, timers } = world;
  try {
    const key = assume(world, record.roleArn, 'fis.amazonaws.com', record.id, {
      'aws:SourceAccount': account,
      'aws:SourceArn': record.arn,
    });
    const actions = Object.values(record.actions).map(({ parameters, targets }) => ({
      InstanceIds: resolve(world, record, targets?.SpotInstances ?? '', key),
      delayMs: toDelayMs(parameters?.durationBeforeInterruption ?? '') ?? 0,
    }));
    record.status = 'running';
    record.actedAt = new Date(timers.now);
    for (const { InstanceIds, delayMs } of actions) {
      for (const id of InstanceIds) {
        const instance = world.instances.get(id);
        if (instance) recommendRebalance(world, instance);
      }
      timers.after(delayMs, () => send(world, record, InstanceIds, key));
    }
  } catch (error) {
    fail(world, record, error);
  }
}

/** The last of its actions ends it. */
function send(world: World, record: ExperimentRecord, InstanceIds: string[], key: string): void {
  if (record.status !== 'running') return;
  try {
    world.call('ec2', 'SendSpotInstanceInterruptions', { InstanceIds }, key);
    end(world, record, 'completed');
  } catch (error) {
    fail(world, record, error);
  }
}

function fail(world: World, record: ExperimentRecord, error: unknown): void {
  if (!(error instanceof AwsFault)) throw error;
  const isRefused = /^(AccessDenied|UnauthorizedOperation)/.test(error.code);
  const code = isRefused ? 'AuthorizationFailure' : 'InvalidTarget';
  record.error = { code, reason: error.message };
  end(world, record, 'failed');
}

/** The ids of the spot instances that it means. */
function resolve(world: World, { targets }: Plan, name: string, key: string): string[] {
  const arns = targets[name]?.resourceArns ?? [];
  const ids = arns.map((arn) => arn.split('/').at(-1) ?? '');
  world.call('ec2', 'DescribeInstances', { InstanceIds: ids }, key);
  const isSpot = (id: string) => world.instances.get(id)?.market === 'spot';
  if (ids.length && ids.every(isSpot)) return ids;
  throw new AwsFault('InvalidTarget', 'Target resolution returned empty set');
}

function describe(world: World, record: ExperimentRecord) {
  const { status, error, actedAt, endTime, actions, description: _, ...rest } = record;
  const reason = error && { reason: error.reason };
  const times = { ...(actedAt && { startTime: actedAt }), ...(actedAt && endTime && { endTime }) };
  const failed = error && { accountId: world.account, code: error.code, location: 'unknown' };
  return {
    ...rest,
    ...(endTime && { endTime }),
    state: { status, ...reason, ...(failed && { error: failed }) },
    actions: Object.fromEntries(
      Object.entries(actions).map(([name, action]) => [
        name,
        { ...action, state: { status, ...reason }, ...times },
      ]),
    ),
  };
}
