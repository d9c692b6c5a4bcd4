/** What parameters there are: by their path with their values, or by filters without any value. */
import type {
  DescribeParametersCommandInput,
  GetParametersByPathCommandInput,
  ParameterMetadata,
  ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import { toPage } from '../ec2.ts';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';
import { type ParameterRecord, toArn, toParameter } from './parameters.ts';

const pageMax = 10;
const describedPageMax = 50;
const filterValuesMax = 50;

export function getParametersByPath(world: World, input: GetParametersByPathCommandInput) {
  const { Path = '', Recursive, WithDecryption, MaxResults = pageMax, NextToken } = input;
  if (!Path.startsWith('/'))
    throw new AwsFault('ValidationException', 'The path must begin with a slash.');
  checkSize(MaxResults, pageMax);
  const all = select(world, (name) => isUnder(name, Path, Recursive ?? false));
  const { page, next } = toPage(all, MaxResults, NextToken);
  const Parameters = page.flatMap(([name, record]) => {
    const newest = record.versions.at(-1);
    return newest ? [toParameter(world, name, record, newest, WithDecryption)] : [];
  });
  return { Parameters, ...(next && { NextToken: next }) };
}

export function describeParameters(world: World, input: DescribeParametersCommandInput) {
  const { ParameterFilters = [], MaxResults = describedPageMax, NextToken } = input;
  if (input.Filters)
    throw new AwsFault('ValidationException', 'Filters is deprecated and not played here');
  checkSize(MaxResults, describedPageMax);
  const predicates = ParameterFilters.map(toPredicate);
  const all = select(world, (name) => predicates.every((passes) => passes(name)));
  const { page, next } = toPage(all, MaxResults, NextToken);
  const Parameters = page.map(([name, record]) => toMetadata(world, name, record));
  return { Parameters, ...(next && { NextToken: next }) };
}

function select(
  { parameters }: World,
  passes: (name: string) => boolean,
): [string, ParameterRecord][] {
  return [...parameters]
    .filter(([name]) => passes(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** In AWS's words of validation; a page larger than allowed is refused, not cut. */
function checkSize(size: number, max: number): void {
  if (size >= 1 && size <= max) return;
  const bound = size < 1 ? 'greater than or equal to 1' : `less than or equal to ${max}`;
  throw new AwsFault(
    'ValidationException',
    `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

/** One filter passes what any of its values fits. */
function toPredicate({ Key = '', Option, Values = [] }: ParameterStringFilter) {
  const fits = fitsOf(Key, Option);
  if (Values.length === 0 || Values.length > filterValuesMax)
    throw new AwsFault('InvalidFilterValue', `The filter ${Key} takes 1 to 50 values.`);
  if (Key === 'Path' && !Values.every((value) => /^\/($|[^/])/.test(value)))
    throw new AwsFault('ValidationException', 'The path must begin with a slash.');
  return (name: string) => Values.some((value) => fits(name, value));
}

function fitsOf(key: string, option: string | undefined): (name: string, value: string) => boolean {
  const known = filters[key];
  if (!known)
    throw new AwsFault('InvalidFilterKey', `The filter ${key} is not valid, or not played here.`);
  const fits = known.options[option ?? known.usual];
  if (!fits)
    throw new AwsFault('InvalidFilterOption', `The option ${option} is not valid for ${key}.`);
  return fits;
}

interface KnownFilter {
  usual: string;
  options: Record<string, (name: string, value: string) => boolean>;
}

const filters: Record<string, KnownFilter> = {
  Name: {
    usual: 'Equals',
    options: {
      Equals: (name, value) => name === value,
      BeginsWith: (name, value) => name.startsWith(value),
      Contains: (name, value) => name.includes(value),
    },
  },
  Path: {
    usual: 'OneLevel',
    options: {
      OneLevel: (name, path) => isUnder(name, path, false),
      Recursive: (name, path) => isUnder(name, path, true),
    },
  },
};

function isUnder(name: string, path: string, recursive: boolean): boolean {
  const under = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(under) && (recursive || !name.slice(under.length).includes('/'));
}

/** Everything but the value: nobody needs to be let into a secret to know that it is there. */
function toMetadata(
  world: World,
  name: string,
  { type, versions }: ParameterRecord,
): ParameterMetadata {
  const { version = 0, at = 0, description } = versions.at(-1) ?? {};
  return {
    Name: name,
    ARN: toArn(world, name),
    Type: type,
    ...(type === 'SecureString' && { KeyId: 'alias/aws/ssm' }),
    LastModifiedDate: new Date(at),
    ...(description !== undefined && { Description: description }),
    Version: version,
    Tier: 'Standard',
    DataType: 'text',
  };
}
