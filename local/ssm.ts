/** Parameter Store: versioned parameters whose every change is an event. */
import type {
  DeleteParameterCommandInput,
  GetParameterCommandInput,
  GetParameterHistoryCommandInput,
  GetParametersByPathCommandInput,
  GetParametersCommandInput,
  Parameter,
  ParameterType,
  PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { toPage } from './ec2.ts';
import { AwsFault } from './fault.ts';
import type { Operations, World } from './world.ts';

/** Newest last. */
export interface ParameterRecord {
  type: ParameterType;
  versions: { version: number; value: string; at: number }[];
}

const versionsKept = 100;
const bytesMax = 4_096;
const pageMax = 10;

export const ssmOperations: Operations = {
  PutParameter: putParameter,
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  GetParameterHistory: getParameterHistory,
  DeleteParameter: deleteParameter,
};

export function putParameter(world: World, input: PutParameterCommandInput) {
  const { Name: name = '', Value: value = '', Type: type, Overwrite } = input;
  if (!/^(\/[\w.-]+)+$|^[\w.-]+$/.test(name) || name.length > 1_011)
    throw new AwsFault('ValidationException', `Parameter name ${name} is not valid`);
  if (!value || Buffer.byteLength(value) > bytesMax)
    throw new AwsFault(
      'ValidationException',
      'Standard tier parameters support a maximum parameter value of 4096 characters.',
    );
  const known = world.parameters.get(name);
  if (known && !Overwrite)
    throw new AwsFault('ParameterAlreadyExists', 'The parameter already exists.');
  if (!known && !type)
    throw new AwsFault('ValidationException', 'A parameter type is required when you create one.');
  const record = known ?? { type: type ?? 'String', versions: [] };
  const version = (record.versions.at(-1)?.version ?? 0) + 1;
  record.versions.push({ version, value, at: world.timers.now });
  if (record.versions.length > versionsKept) record.versions.shift();
  world.parameters.set(name, record);
  tell(world, name, record, known ? 'Update' : 'Create');
  return { Version: version, Tier: 'Standard' };
}

function getParameter(world: World, { Name = '', WithDecryption }: GetParameterCommandInput) {
  const [, name = '', selector] = /^(.*?)(?::(\d+))?$/.exec(Name) ?? [];
  const record = find(world, name);
  const wanted = selector
    ? record.versions.find(({ version }) => version === Number(selector))
    : record.versions.at(-1);
  if (!wanted)
    throw new AwsFault(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${selector} of ${name}.`,
    );
  return { Parameter: toParameter(world, name, record, wanted, WithDecryption) };
}

function getParameters(world: World, { Names = [], WithDecryption }: GetParametersCommandInput) {
  const there = Names.filter((name) => world.parameters.has(name));
  return {
    Parameters: there.map((Name) => getParameter(world, { Name, WithDecryption }).Parameter),
    InvalidParameters: Names.filter((name) => !world.parameters.has(name)),
  };
}

function getParametersByPath(world: World, input: GetParametersByPathCommandInput) {
  const { Path = '', Recursive, WithDecryption, MaxResults = pageMax, NextToken } = input;
  if (!Path.startsWith('/'))
    throw new AwsFault('ValidationException', 'The path must begin with a slash.');
  if (MaxResults < 1 || MaxResults > pageMax)
    throw new AwsFault('ValidationException', `MaxResults is between 1 and ${pageMax}.`);
  const under = Path.endsWith('/') ? Path : `${Path}/`;
  const all = [...world.parameters]
    .filter(([name]) => name.startsWith(under))
    .filter(([name]) => Recursive || !name.slice(under.length).includes('/'))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { page, next } = toPage(all, MaxResults, NextToken);
  const Parameters = page.flatMap(([name, record]) => {
    const newest = record.versions.at(-1);
    return newest ? [toParameter(world, name, record, newest, WithDecryption)] : [];
  });
  return { Parameters, ...(next && { NextToken: next }) };
}

function getParameterHistory(world: World, input: GetParameterHistoryCommandInput) {
  const { Name: name = '', MaxResults = 50, NextToken, WithDecryption } = input;
  const record = find(world, name);
  const { page, next } = toPage(record.versions, MaxResults, NextToken);
  const Parameters = page.map((version) => {
    const { ARN: _, ...rest } = toParameter(world, name, record, version, WithDecryption);
    return { ...rest, Tier: 'Standard' };
  });
  return { Parameters, ...(next && { NextToken: next }) };
}

function deleteParameter(world: World, { Name: name = '' }: DeleteParameterCommandInput): object {
  const record = find(world, name);
  world.parameters.delete(name);
  tell(world, name, record, 'Delete');
  return {};
}

function toParameter(
  { region, account }: World,
  name: string,
  { type }: ParameterRecord,
  { version, value, at }: ParameterRecord['versions'][number],
  decrypt: boolean | undefined,
): Parameter {
  const sealed = type === 'SecureString' && !decrypt;
  return {
    Name: name,
    Type: type,
    // The wrong key, on purpose: what was not decrypted must not look like the secret.
    Value: sealed ? `sealed:${version}` : value,
    Version: version,
    LastModifiedDate: new Date(at),
    ARN: `arn:aws:ssm:${region}:${account}:parameter${name}`,
    DataType: 'text',
  };
}

function find({ parameters }: World, name: string): ParameterRecord {
  const record = parameters.get(name);
  if (record) return record;
  throw new AwsFault('ParameterNotFound', `Parameter ${name} not found.`);
}

function tell(world: World, name: string, { type }: ParameterRecord, operation: string): void {
  const arn = `arn:aws:ssm:${world.region}:${world.account}:parameter${name}`;
  world.emit('aws.ssm', 'Parameter Store Change', [arn], { operation, name, type });
}
