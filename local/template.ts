/** Reads a compiled CloudFormation template for what runs on a laptop: functions, what calls them, servers, roles. */
import { basename } from 'node:path';
import { type HttpApi, readHttpApis } from './http-api/stack.ts';
import {
  type Lookup,
  type Pseudo,
  type Resource,
  type Template,
  toResolver,
} from './intrinsics.ts';
import { attributesOf, madeUpName, nameKeyOf } from './physical.ts';

export interface Stack {
  functions: LambdaFunction[];
  rules: Rule[];
  httpApis: HttpApi[];
  launchTemplates: { logicalId: string; name: string; data: Record<string, unknown> }[];
  documents: { name: string; content: unknown }[];
  roles: Role[];
}

/** A Lambda function; `zip` is the file's name without its folder. */
export interface LambdaFunction {
  logicalId: string;
  name: string;
  arn: string;
  roleArn: string;
  handler: string;
  zip: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
  asynchronous: AsyncConfig;
}

/** What happens to an event that the function fails on. `onFailure` is the ARN it goes to in the end. */
interface AsyncConfig {
  retriesMax: number;
  ageMaxSeconds: number;
  onFailure: string | null;
}

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

/** `profileArns` are the instance profiles that hand it out. */
export interface Role {
  logicalId: string;
  name: string;
  arn: string;
  profileArns: string[];
  managedPolicies: string[];
  policies: { name: string; document: unknown }[];
}

type Properties = Record<string, unknown>;

/** Lambda's own defaults. */
const lambdaDefaults = { timeoutSeconds: 3, memoryMb: 128, retriesMax: 2, ageMaxSeconds: 6 * 3600 };

/** A resource with its properties resolved, under the name and the ARN that AWS would give it. */
interface Found {
  logicalId: string;
  name: string;
  arn: string;
  properties: Properties;
}

/**
 * `resolve` tells what only a deployment knows, such as the id of a launch template (attribute 'Ref') or its
 * LatestVersionNumber; names and ARNs that follow from the template are known without it.
 * Throws an Error naming the resource whose properties can't be read.
 */
export function readTemplate(template: unknown, resolve: Lookup, pseudo: Pseudo): Stack {
  const find = toFinder(toTemplate(template), resolve, pseudo);
  const invokeConfigs = find('AWS::Lambda::EventInvokeConfig', ({ properties }) => properties);
  const functions = find('AWS::Lambda::Function', (found) => toFunction(found, invokeConfigs));
  const policies = find('AWS::IAM::Policy', ({ properties }) => properties);
  const profiles = find('AWS::IAM::InstanceProfile', (found) => found);
  return {
    functions,
    rules: find('AWS::Events::Rule', (found) => toRule(found, functions)),
    httpApis: readHttpApis(find, functions),
    launchTemplates: find('AWS::EC2::LaunchTemplate', ({ logicalId, name, properties }) => ({
      logicalId,
      name,
      data: must(properties, 'LaunchTemplateData') as Properties,
    })),
    documents: find('AWS::SSM::Document', ({ name, properties }) => ({
      name,
      content: must(properties, 'Content'),
    })),
    roles: find('AWS::IAM::Role', (found) => toRole(found, policies, profiles)),
  };
}

function toTemplate(template: unknown): Template {
  const { Resources } = (template ?? {}) as Partial<Template>;
  if (typeof Resources !== 'object') throw new Error('The template has no Resources');
  return template as Template;
}

/** Finds all resources of a type that their condition lets be, and says of which one a fault is. */
function toFinder(template: Template, resolve: Lookup, pseudo: Pseudo) {
  const lookup: Lookup = (logicalId, attribute) =>
    resolve(logicalId, attribute) ?? toAttributes(logicalId)[attribute];
  const resolver = toResolver(template, lookup, pseudo);

  function toAttributes(logicalId: string): Record<string, string> {
    const resource = template.Resources[logicalId];
    return resource ? attributesOf(resource, toName(logicalId, resource), pseudo) : {};
  }

  function toName(logicalId: string, resource: Resource): string {
    const given = resource.Properties?.[nameKeyOf(resource) ?? ''];
    return given === undefined ? madeUpName(logicalId, pseudo) : String(resolver.value(given));
  }

  return <T>(type: string, to: (found: Found) => T): T[] =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === type)
      .filter(([, { Condition }]) => Condition === undefined || resolver.condition(Condition))
      .map(([logicalId, resource]) => {
        try {
          const name = toName(logicalId, resource);
          const arn = toAttributes(logicalId).Arn ?? '';
          const properties = resolver.value(resource.Properties ?? {}) as Properties;
          return to({ logicalId, name, arn, properties });
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`${logicalId} (${type}) can't be read: ${why}`, { cause: error });
        }
      });
}

function toFunction(found: Found, invokeConfigs: Properties[]): LambdaFunction {
  const { logicalId, name, arn, properties } = found;
  const variables = at(properties, 'Environment', 'Variables') ?? {};
  return {
    logicalId,
    name,
    arn,
    roleArn: String(must(properties, 'Role')),
    handler: String(must(properties, 'Handler')),
    zip: basename(String(must(properties, 'Code', 'S3Key'))),
    environment: Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, String(value)]),
    ),
    timeoutSeconds: Number(at(properties, 'Timeout') ?? lambdaDefaults.timeoutSeconds),
    memoryMb: Number(at(properties, 'MemorySize') ?? lambdaDefaults.memoryMb),
    asynchronous: toAsyncConfig(
      properties,
      invokeConfigs.find(({ FunctionName }) => FunctionName === name || FunctionName === arn) ?? {},
    ),
  };
}

/** A dead-letter queue and a destination differ in what they are sent; here both are where a failure ends. */
function toAsyncConfig(properties: Properties, config: Properties): AsyncConfig {
  const onFailure =
    at(config, 'DestinationConfig', 'OnFailure', 'Destination') ??
    at(properties, 'DeadLetterConfig', 'TargetArn');
  return {
    retriesMax: Number(at(config, 'MaximumRetryAttempts') ?? lambdaDefaults.retriesMax),
    ageMaxSeconds: Number(at(config, 'MaximumEventAgeInSeconds') ?? lambdaDefaults.ageMaxSeconds),
    onFailure: toTextOrNull(onFailure),
  };
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
    schedule: toTextOrNull(ScheduleExpression),
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

function toRole(found: Found, policies: Properties[], profiles: Found[]): Role {
  const { logicalId, name, arn, properties } = found;
  const { Policies, ManagedPolicyArns } = properties;
  const isOurs = ({ Roles }: Properties) => Array.isArray(Roles) && Roles.includes(name);
  const attached = policies.filter(isOurs);
  return {
    logicalId,
    name,
    arn,
    profileArns: profiles.filter((one) => isOurs(one.properties)).map((one) => one.arn),
    managedPolicies: (ManagedPolicyArns ?? []) as string[],
    policies: [...((Policies ?? []) as Properties[]), ...attached].map((policy) => ({
      name: String(policy.PolicyName),
      document: policy.PolicyDocument,
    })),
  };
}

function toTextOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Properties | undefined)?.[key], value);
}

function must(value: Properties, ...path: string[]): unknown {
  const found = at(value, ...path);
  if (found === undefined || found === null) throw new Error(`it has no ${path.join('.')}`);
  return found;
}
