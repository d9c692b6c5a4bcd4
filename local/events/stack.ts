/** Reads the rules of a compiled template: what wakes which function. */
import type { LambdaFunction } from '../template.ts';

/** A rule of the default event bus; either of pattern and schedule is null. */
export interface Rule {
  logicalId: string;
  name: string;
  enabled: boolean;
  pattern: unknown;
  schedule: string | null;
  targets: Target[];
}

/** `functionId` is the logical id, or null for a target that is no function; `input` replaces the event. */
interface Target {
  id: string;
  arn: string;
  functionId: string | null;
  input: unknown;
}

type Properties = Record<string, unknown>;

interface Found {
  logicalId: string;
  name: string;
  properties: Properties;
}

type Find = <T>(type: string, to: (found: Found) => T) => T[];

export function readRules(find: Find, functions: LambdaFunction[]): Rule[] {
  return find('AWS::Events::Rule', (found) => toRule(found, functions));
}

function toRule({ logicalId, name, properties }: Found, functions: LambdaFunction[]): Rule {
  const { EventBusName = 'default', State, EventPattern, ScheduleExpression, Targets } = properties;
  if (EventBusName !== 'default') throw new Error(`only the default event bus is known here`);
  if ((EventPattern === undefined) === (ScheduleExpression === undefined))
    throw new Error('a rule has a pattern or a schedule');
  return {
    logicalId,
    name,
    enabled: State !== 'DISABLED',
    pattern: EventPattern ?? null,
    schedule: typeof ScheduleExpression === 'string' ? ScheduleExpression : null,
    targets: ((Targets ?? []) as Properties[]).map((target) => toTarget(target, functions)),
  };
}

function toTarget(target: Properties, functions: LambdaFunction[]): Target {
  const unknown = ['InputPath', 'InputTransformer'].filter((key) => key in target);
  if (unknown.length > 0) throw new Error(`${unknown.join()} of a target is not known here`);
  const arn = String(must(target, 'Arn'));
  const { Input } = target;
  return {
    id: String(must(target, 'Id')),
    arn,
    functionId: functions.find((one) => one.arn === arn)?.logicalId ?? null,
    input: typeof Input === 'string' ? (JSON.parse(Input) as unknown) : undefined,
  };
}

function must(value: Properties, key: string): unknown {
  const found = value[key];
  if (found === undefined || found === null) throw new Error(`it has no ${key}`);
  return found;
}
