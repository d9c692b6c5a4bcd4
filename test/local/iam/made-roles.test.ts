/** Roles that somebody makes by hand, as IAM makes and removes them. */
import { beforeEach, expect, test } from 'vitest';
import type { World } from '../../../local/world.ts';
import { setStage } from '../../stage.ts';

let world: World;
const Version = '2012-10-17';
const trust = { Effect: 'Allow', Principal: { Service: 'fis.amazonaws.com' }, Action: 'sts:*' };

beforeEach(() => {
  world = setStage().world;
  expect(
    code('CreateRole', { AssumeRolePolicyDocument: JSON.stringify({ Version, Statement: trust }) }),
  ).toBeNull();
  expect(
    code('PutRolePolicy', { PolicyDocument: JSON.stringify({ Version, Statement: [] }) }),
  ).toBeNull();
});

/** How AWS refuses it; null if it does not. */
function code(operation: string, more: object = {}): string | null {
  try {
    world.call('iam', operation, { RoleName: 'drill', PolicyName: 'own', ...more });
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('one is made once, has to be empty to go, and is gone then', () => {
  expect(code('CreateRole', { AssumeRolePolicyDocument: '{}' })).toBe('EntityAlreadyExists');
  expect(code('GetRole')).toBeNull();
  expect(code('DeleteRole')).toBe('DeleteConflict');
  expect(code('DeleteRolePolicy')).toBeNull();
  expect(code('DeleteRolePolicy')).toBe('NoSuchEntity');
  expect(code('DeleteRole')).toBeNull();
  expect(code('DeleteRole')).toBe('NoSuchEntity');
  expect(code('GetRole')).toBe('NoSuchEntity');
  expect(code('PutRolePolicy', { PolicyDocument: '{}' })).toBe('NoSuchEntity');
});

test.each(['', '{', '{}', '{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}'])(
  'none takes a document like "%s"',
  (PolicyDocument) => {
    expect(code('PutRolePolicy', { PolicyDocument })).toBe('MalformedPolicyDocument');
    const other = { RoleName: 'other', AssumeRolePolicyDocument: PolicyDocument };
    expect(code('CreateRole', other)).toBe('MalformedPolicyDocument');
  },
);
