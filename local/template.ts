/** Reads a compiled CloudFormation template for what runs on a laptop: functions, what calls them, servers, roles. */
import { basename } from 'node:path';
import { readSecurityGroups, type SecurityGroup } from './ec2/stack.ts';
import { type Rule, readRules } from './events/stack.ts';
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
  securityGroups: SecurityGroup[];
  logGroups: { name: string }[];
  /** All that CloudFormation makes, each under the name that follows from the template. */
  resources: { logicalId: string; type: string; name: string }[];
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
  type: string;
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
    rules: readRules(find, functions),
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
    securityGroups: readSecurityGroups(find, resolve),
    logGroups: find('AWS::Logs::LogGroup', ({ name }) => ({ name })),
    resources: find(null, ({ logicalId, type, name }) => ({ logicalId, type, name })),
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

  return <T>(type: string | null, to: (found: Found) => T): T[] =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => type === null || Type === type)
      .filter(([, { Condition }]) => Condition === undefined || resolver.condition(Condition))
      .map(([logicalId, resource]) => {
        try {
          const name = toName(logicalId, resource);
          const arn = toAttributes(logicalId).Arn ?? '';
          return to({
            logicalId,
            type: resource.Type,
            name,
            arn,
            // Only where somebody looks: not all of what is deployed is played here.
            get properties() {
              return resolver.value(resource.Properties ?? {}) as Properties;
            },
          });
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`${logicalId} (${resource.Type}) can't be read: ${why}`, {
            cause: error,
          });
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
