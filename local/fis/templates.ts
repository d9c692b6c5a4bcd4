/** Experiment templates: what is to be done to which spot instances, by which role. */
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';

/** As the wire has it; the client of this service is not installed. */
export interface Plan {
  description: string;
  roleArn: string;
  stopConditions: { source: string }[];
  targets: Record<string, Target>;
  actions: Record<string, Action>;
  tags: Record<string, string>;
}

interface Target {
  resourceType: string;
  selectionMode: string;
  resourceArns?: string[];
  resourceTags?: Record<string, string>;
}

interface Action {
  actionId: string;
  description?: string;
  parameters?: Record<string, string>;
  targets?: Record<string, string>;
}

export interface TemplateRecord extends Plan {
  id: string;
  arn: string;
  creationTime: Date;
  lastUpdateTime: Date;
}

interface Asked extends Omit<Plan, 'targets' | 'tags'>, Partial<Pick<Plan, 'targets' | 'tags'>> {
  clientToken: string;
}

const interruption = 'aws:ec2:send-spot-instance-interruptions';
/** AWS's quota, and its bounds of the time. */
const targetsMax = 5;
const minutes = { min: 2, max: 15 };

export function getAction({ region, account }: World, { id }: { id: string }) {
  if (id !== interruption)
    throw new AwsFault('ResourceNotFoundException', 'Action not found.', 404);
  const arn = `arn:aws:fis:${region}:${account}:action/${id}`;
  return { action: { id, arn, description: 'Send a Spot Instance Interruption.' } };
}

/** Who asks again with the same token gets the same one. */
export function createExperimentTemplate(world: World, { clientToken, ...asked }: Asked) {
  const { fis, random, region, account, timers } = world;
  const known = fis.templates.get(fis.tokens.get(clientToken) ?? '');
  if (known) return { experimentTemplate: known };
  const plan: Plan = { ...asked, targets: asked.targets ?? {}, tags: asked.tags ?? {} };
  const fault = findFault(plan);
  if (fault) throw new AwsFault('ValidationException', fault);
  const id = `EXT${random.hex(14)}`;
  const arn = `arn:aws:fis:${region}:${account}:experiment-template/${id}`;
  const now = new Date(timers.now);
  fis.tokens.set(clientToken, id);
  fis.templates.set(id, { ...plan, id, arn, creationTime: now, lastUpdateTime: now });
  return { experimentTemplate: fis.templates.get(id) };
}

export function listExperimentTemplates({ fis }: World) {
  return {
    experimentTemplates: [...fis.templates.values()].map(
      ({ id, arn, description, creationTime, lastUpdateTime, tags }) => ({
        id,
        arn,
        description,
        creationTime,
        lastUpdateTime,
        tags,
      }),
    ),
  };
}

/** Experiments that run by it go on: they have a copy. */
export function deleteExperimentTemplate(world: World, { id }: { id: string }) {
  const experimentTemplate = findTemplate(world, id);
  world.fis.templates.delete(id);
  return { experimentTemplate };
}

export function findTemplate({ fis }: World, id: string): TemplateRecord {
  const template = fis.templates.get(id);
  if (template) return template;
  throw new AwsFault('ResourceNotFoundException', `Experiment template ${id} not found.`, 404);
}

/** What is wrong with it, or nothing. */
function findFault({ roleArn, stopConditions, targets, actions }: Plan): string | undefined {
  const named = Object.entries(actions);
  const all = [
    [/^arn:aws:iam::\d{12}:role\/\S+$/.test(roleArn), `${roleArn} is not a role.`],
    [stopConditions.length === 1 && stopConditions[0]?.source === 'none', stopsAreNotPlayed],
    [named.length > 0, 'At least one action is required.'],
    ...named.flatMap(([name, action]) => toChecks(name, action, targets)),
    ...Object.entries(targets).flatMap(([name, target]) => toTargetChecks(name, target)),
  ] as [isGood: boolean, says: string][];
  return all.find(([isGood]) => !isGood)?.[1];
}

const stopsAreNotPlayed = 'Stop conditions must be one of source none: alarms are not played here.';

function toChecks(name: string, action: Action, targets: Plan['targets']): [boolean, string][] {
  const { actionId, parameters = {}, targets: wanted = {} } = action;
  const { durationBeforeInterruption = '', ...others } = parameters;
  return [
    [actionId === interruption, `Action ${name}: ${actionId} is unknown.`],
    [!Object.keys(others).length, `Action ${name} has an unknown parameter.`],
    [toDelayMs(durationBeforeInterruption) !== null, `Action ${name}: invalid duration.`],
    [Object.keys(wanted).join() === 'SpotInstances', `Action ${name} requires SpotInstances.`],
    [Object.hasOwn(targets, wanted.SpotInstances ?? ''), `Action ${name}: no such target.`],
  ];
}

function toTargetChecks(name: string, target: Target): [boolean, string][] {
  const { resourceType, selectionMode, resourceArns = [], resourceTags } = target;
  return [
    [resourceType === 'aws:ec2:spot-instance', `Target ${name}: ${resourceType} is unknown.`],
    [selectionMode === 'ALL', `Target ${name}: only the selection mode ALL is played here.`],
    [!resourceTags, `Target ${name}: targets by tags are not played here.`],
    [
      resourceArns.length >= 1 && resourceArns.length <= targetsMax,
      `Target ${name} has none, or more than ${targetsMax}.`,
    ],
  ];
}

/** From the action's start to the notice, which is two minutes long; null for what AWS does not take. */
export function toDelayMs(duration: string): number | null {
  const [, amount = '', unit] = /^PT(\d{1,4})([MS])$/.exec(duration) ?? [];
  const seconds = Number(amount) * (unit === 'M' ? 60 : 1);
  const isGood = seconds >= minutes.min * 60 && seconds <= minutes.max * 60;
  return isGood ? (seconds - minutes.min * 60) * 1_000 : null;
}
