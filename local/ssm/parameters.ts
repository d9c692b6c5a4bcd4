/** Parameter Store: versioned parameters whose every change is an event. */
import type {
  DeleteParameterCommandInput,
  DeleteParametersCommandInput,
  GetParameterCommandInput,
  GetParameterHistoryCommandInput,
  GetParametersCommandInput,
  Parameter,
  ParameterType,
  PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { toPage } from '../ec2.ts';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';

export interface ParameterRecord {
  type: ParameterType;
  /** Newest last. */
  versions: ParameterVersion[];
  /** Until then the newest write keeps others out. */
  busyUntil: number;
}

export interface ParameterVersion {
  version: number;
  value: string;
  description: string | undefined;
  at: number;
}

const versionsKept = 100;
const bytesMax = 4_096;
const descriptionMax = 1_024;
const historyPageMax = 50;

export function putParameter(world: World, input: PutParameterCommandInput) {
  const { Name: name = '', Value: value = '', Type: type, Description, Overwrite } = input;
  check(input);
  const known = world.parameters.get(name);
  if (known && !Overwrite)
    throw new AwsFault(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  if (!known && !type)
    throw new AwsFault(
      'ValidationException',
      'A parameter type is required when you create a parameter.',
    );
  if (known && type && type !== known.type)
    throw new AwsFault(
      'HierarchyTypeMismatchException',
      `The parameter ${name} is of type ${known.type}, and can't become ${type}.`,
    );
  const { now } = world.timers;
  if (known && now < known.busyUntil)
    throw new AwsFault('TooManyUpdates', 'There are concurrent updates for a resource.');
  const record = known ?? { type: type ?? 'String', versions: [], busyUntil: now };
  const version = (record.versions.at(-1)?.version ?? 0) + 1;
  record.versions.push({ version, value, description: Description, at: now });
  if (record.versions.length > versionsKept) record.versions.shift();
  record.busyUntil = now + world.times.writeMs();
  world.parameters.set(name, record);
  tell(world, name, record, known ? 'Update' : 'Create');
  return { Version: version, Tier: 'Standard' };
}

function check({ Name = '', Value = '', Description = '' }: PutParameterCommandInput): void {
  if (!/^(\/[\w.-]+)+$|^[\w.-]+$/.test(Name) || Name.length > 1_011)
    throw new AwsFault('ValidationException', `Parameter name ${Name} is not valid`);
  if (!Value || Buffer.byteLength(Value) > bytesMax)
    throw new AwsFault(
      'ValidationException',
      'Standard tier parameters support a maximum parameter value of 4096 characters.',
    );
  if (Description.length > descriptionMax)
    throw new AwsFault(
      'ValidationException',
      `1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to ${descriptionMax}`,
    );
}

export function getParameter(
  world: World,
  { Name = '', WithDecryption }: GetParameterCommandInput,
): { Parameter: Parameter } {
  const [, name = '', selector] = /^(.*?)(?::(\d+))?$/.exec(Name) ?? [];
  const record = world.published.get(name) ?? find(world, name);
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

export function getParameters(
  world: World,
  { Names = [], WithDecryption }: GetParametersCommandInput,
) {
  const there = Names.filter((name) => world.parameters.has(name));
  return {
    Parameters: there.map((Name) => getParameter(world, { Name, WithDecryption }).Parameter),
    InvalidParameters: Names.filter((name) => !world.parameters.has(name)),
  };
}

export function getParameterHistory(world: World, input: GetParameterHistoryCommandInput) {
  const { Name: name = '', MaxResults = historyPageMax, NextToken, WithDecryption } = input;
  const record = find(world, name);
  const { page, next } = toPage(record.versions, MaxResults, NextToken);
  const Parameters = page.map((version) => {
    const { ARN: _, ...rest } = toParameter(world, name, record, version, WithDecryption);
    const { description: Description } = version;
    return { ...rest, ...(Description !== undefined && { Description }), Tier: 'Standard' };
  });
  return { Parameters, ...(next && { NextToken: next }) };
}

export function deleteParameter(
  world: World,
  { Name: name = '' }: DeleteParameterCommandInput,
): object {
  const record = find(world, name);
  world.parameters.delete(name);
  tell(world, name, record, 'Delete');
  return {};
}

export function deleteParameters(world: World, { Names = [] }: DeleteParametersCommandInput) {
  const there = Names.filter((name) => world.parameters.has(name));
  for (const Name of there) deleteParameter(world, { Name });
  return {
    DeletedParameters: there,
    InvalidParameters: Names.filter((name) => !there.includes(name)),
  };
}

export function toParameter(
  world: World,
  name: string,
  { type }: ParameterRecord,
  { version, value, at }: ParameterVersion,
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
    ARN: toArn(world, name),
    DataType: 'text',
  };
}

export function toArn({ region, account }: World, name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}

function find({ parameters }: World, name: string): ParameterRecord {
  const record = parameters.get(name);
  if (record) return record;
  throw new AwsFault('ParameterNotFound', `Parameter ${name} not found.`);
}

function tell(world: World, name: string, { type }: ParameterRecord, operation: string): void {
  const detail = { operation, name, type };
  world.emit('aws.ssm', 'Parameter Store Change', [toArn(world, name)], detail);
}
