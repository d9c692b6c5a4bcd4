/** The played Parameter Store: versions with their descriptions, lists without values, and writers that meet. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { World } from '../../../local/world.ts';
import { setStage } from '../../stage.ts';

let world: World;
beforeEach(() => {
  world = setStage().world;
});

// biome-ignore lint/suspicious/noExplicitAny: every operation has an answer of its own
const ask = (operation: string, input: object): any => world.call('ssm', operation, input);
const put = (Name: string, more: object = {}) =>
  ask('PutParameter', { Name, Value: 'secret', Type: 'SecureString', ...more });
const namesOf = ({ Parameters }: { Parameters: { Name: string }[] }) =>
  Parameters.map(({ Name }) => Name);
const refusalOf = (run: () => void) => {
  try {
    run();
  } catch (error) {
    return (error as Error).name;
  }
  return null;
};

describe('a description', () => {
  test('belongs to its version, and goes when the next one has none', () => {
    put('/a', { Description: 'first' });
    put('/a', { Description: 'second', Overwrite: true });
    const described = () => ask('DescribeParameters', {}).Parameters[0];
    expect(described()).toEqual({
      Name: '/a',
      ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/a',
      Type: 'SecureString',
      KeyId: 'alias/aws/ssm',
      LastModifiedDate: new Date(world.timers.now),
      Description: 'second',
      Version: 2,
      Tier: 'Standard',
      DataType: 'text',
    });
    put('/a', { Overwrite: true });
    expect(described()).not.toHaveProperty('Description');
    expect(ask('GetParameterHistory', { Name: '/a' }).Parameters).toMatchObject([
      { Version: 1, Description: 'first' },
      { Version: 2, Description: 'second' },
      { Version: 3 },
    ]);
  });

  test('has a limit', () => {
    expect(refusalOf(() => put('/a', { Description: 'x'.repeat(1_025) }))).toBe(
      'ValidationException',
    );
    expect(put('/a', { Description: 'x'.repeat(1_024) })).toMatchObject({ Version: 1 });
  });
});

describe('DescribeParameters', () => {
  beforeEach(() => {
    for (const name of ['/p/users/bob', '/p/users/ann', '/p/users/ann/old', '/p/keys/wg', '/q'])
      put(name);
  });
  const filtered = (Key: string, Option: string | undefined, ...Values: string[]) =>
    namesOf(ask('DescribeParameters', { ParameterFilters: [{ Key, Option, Values }] }));

  test.each([
    ['Path', 'OneLevel', ['/p/users', '/p/keys'], ['/p/keys/wg', '/p/users/ann', '/p/users/bob']],
    ['Path', undefined, ['/p/users/'], ['/p/users/ann', '/p/users/bob']],
    ['Path', 'Recursive', ['/p/users'], ['/p/users/ann', '/p/users/ann/old', '/p/users/bob']],
    ['Path', 'OneLevel', ['/p'], []],
    ['Name', 'Equals', ['/q', '/none'], ['/q']],
    ['Name', undefined, ['/p/users/ann'], ['/p/users/ann']],
    ['Name', 'BeginsWith', ['/p/users/a', '/q'], ['/p/users/ann', '/p/users/ann/old', '/q']],
  ])('by %s %s %j', (key, option, values, expected) => {
    expect(filtered(key, option, ...values)).toEqual(expected);
  });

  test.each([
    ['Color', 'Equals', ['x'], 'InvalidFilterKey'],
    ['Path', 'BeginsWith', ['/p'], 'InvalidFilterOption'],
    ['Name', 'OneLevel', ['/p'], 'InvalidFilterOption'],
    ['Path', 'OneLevel', [], 'InvalidFilterValue'],
    ['Path', 'OneLevel', ['p'], 'ValidationException'],
  ])('refuses %s %s %j', (key, option, values, code) => {
    expect(refusalOf(() => filtered(key, option, ...values))).toBe(code);
  });

  test('goes page by page, and never tells a value', () => {
    const first = ask('DescribeParameters', { MaxResults: 3 });
    const second = ask('DescribeParameters', { MaxResults: 3, NextToken: first.NextToken });
    expect([...namesOf(first), ...namesOf(second)]).toHaveLength(5);
    expect(second).not.toHaveProperty('NextToken');
    expect(JSON.stringify([first, second])).not.toContain('secret');
  });

  test.each([0, 51])('has no pages of %i', (MaxResults) => {
    expect(refusalOf(() => ask('DescribeParameters', { MaxResults }))).toBe('ValidationException');
  });
});

describe('PutParameter', () => {
  test('without a type keeps it, and makes nothing anew', () => {
    put('/a');
    const again = { Name: '/a', Value: 'other', Overwrite: true };
    expect(ask('PutParameter', again)).toMatchObject({ Version: 2 });
    expect(ask('GetParameter', { Name: '/a' }).Parameter).toMatchObject({ Type: 'SecureString' });
    ask('DeleteParameter', { Name: '/a' });
    expect(refusalOf(() => ask('PutParameter', again))).toBe('ValidationException');
    expect(namesOf(ask('DescribeParameters', {}))).toEqual([]);
  });

  test.each([
    ['what is there without leave to overwrite', {}, 'ParameterAlreadyExists'],
    ['another type', { Type: 'String', Overwrite: true }, 'HierarchyTypeMismatchException'],
  ])('refuses %s', (_, more, code) => {
    put('/a');
    expect(refusalOf(() => put('/a', more))).toBe(code);
  });

  test('refuses a second write while the first is under way', () => {
    world = setStage({ times: { writeMs: () => 40 } }).world;
    const again = () => put('/a', { Overwrite: true });
    again();
    world.timers.advance(world.timers.now + 39);
    expect(refusalOf(again)).toBe('TooManyUpdates');
    expect(put('/b')).toMatchObject({ Version: 1 });
    world.timers.advance(world.timers.now + 1);
    expect(again()).toMatchObject({ Version: 2 });
  });
});

test('an old version is there by its number, with a secret only for who asks for it', () => {
  put('/a', { Value: 'one' });
  put('/a', { Value: 'two', Overwrite: true });
  const get = (Name: string, WithDecryption: boolean) =>
    ask('GetParameter', { Name, WithDecryption }).Parameter;
  expect(get('/a:1', true)).toMatchObject({ Name: '/a', Version: 1, Value: 'one' });
  expect(get('/a:1', false).Value).not.toContain('one');
  expect(refusalOf(() => get('/a:3', true))).toBe('ParameterVersionNotFound');
});

test('DeleteParameters says which there were', () => {
  put('/a');
  put('/b');
  expect(ask('DeleteParameters', { Names: ['/a', '/c'] })).toEqual({
    DeletedParameters: ['/a'],
    InvalidParameters: ['/c'],
  });
  expect(namesOf(ask('DescribeParameters', {}))).toEqual(['/b']);
});
