/** The judge of policies, by the rules of IAM's reference. */
import { describe, expect, test } from 'vitest';
import { type Context, judge, readPolicy, type Verdict } from '../../../local/iam/policy.ts';

const action = 'ssm:GetParameter';
const resource = 'arn:aws:ssm:us-east-1:123456789012:parameter/perennial/home/users/ann';
const all = { Effect: 'Allow', Action: '*', Resource: '*' };

function verdictOf(statements: unknown, context: Context = {}, asked = {}): Verdict {
  const document = { Version: '2012-10-17', Statement: statements };
  return judge(readPolicy(document), { action, resource, context, ...asked });
}

const statements: [sentence: string, statements: unknown, Verdict][] = [
  ['nothing allows nothing', [], 'denied implicitly'],
  ['a statement without a list', all, 'allowed'],
  ['a Deny outweighs an Allow before it', [all, { ...all, Effect: 'Deny' }], 'denied explicitly'],
  ['a Deny outweighs an Allow after it', [{ ...all, Effect: 'Deny' }, all], 'denied explicitly'],
  ['a Deny of something else', [all, { ...all, Effect: 'Deny', Action: 'ec2:*' }], 'allowed'],
  ['actions have no case', { ...all, Action: 'SSM:getparameter' }, 'allowed'],
  ['one of several actions', { ...all, Action: ['ec2:A', 'ssm:Get*'] }, 'allowed'],
  [
    'a question mark is one character',
    { ...all, Action: 'ssm:GetParameter?' },
    'denied implicitly',
  ],
  ['a dot is a dot', { ...all, Action: 'ssm.GetParameter' }, 'denied implicitly'],
  ['NotAction', { Effect: 'Allow', NotAction: 'ec2:*', Resource: '*' }, 'allowed'],
  [
    'NotAction of one of them',
    { Effect: 'Allow', NotAction: ['ec2:*', action], Resource: '*' },
    'denied implicitly',
  ],
  ['resources have a case', { ...all, Resource: resource.toUpperCase() }, 'denied implicitly'],
  ['a slash is no border', { ...all, Resource: resource.replace(/perennial.*/, '*') }, 'allowed'],
  ['a colon is one', { ...all, Resource: 'arn:aws:*:parameter/*' }, 'denied implicitly'],
  [
    'an ARN that ends early',
    { ...all, Resource: 'arn:aws:ssm:us-east-1:123456789012' },
    'denied implicitly',
  ],
  ['NotResource', { Effect: 'Deny', Action: '*', NotResource: 'arn:*' }, 'denied explicitly'],
  ['NotResource of it', [all, { Effect: 'Deny', Action: '*', NotResource: resource }], 'allowed'],
];

test.each(statements)('%s', (_, written, verdict) => {
  expect(verdictOf(written)).toBe(verdict);
});

test('a parameter with its version is in the last part of its ARN, colon and all', () => {
  const journal = { ...all, Resource: `${resource}:*` };
  expect(verdictOf(journal, {}, { resource: `${resource}:3` })).toBe('allowed');
  expect(verdictOf(journal)).toBe('denied implicitly');
});

test('what asks for anything needs leave for anything', () => {
  expect(verdictOf({ ...all, Resource: 'arn:aws:ssm:*:*:*' }, {}, { resource: '*' })).toBe(
    'denied implicitly',
  );
});

type Case = [operator: string, wanted: string | string[], known: Context, isMet: boolean];

const arn = 'arn:aws:ec2:us-east-1:123456789012:launch-template/lt-1';
const conditions: Case[] = [
  ['StringEquals', ['a', 'b'], { k: 'b' }, true],
  ['StringEquals', 'a*', { k: 'ab' }, false],
  ['StringEquals', 'a', { K: 'a' }, true],
  ['StringEquals', 'a', {}, false],
  ['StringEqualsIfExists', 'a', {}, true],
  ['StringEqualsIfExists', 'a', { k: 'b' }, false],
  ['StringNotEquals', ['a', 'b'], { k: 'b' }, false],
  ['StringNotEquals', ['a', 'b'], { k: 'c' }, true],
  ['StringNotEquals', 'a', {}, true],
  ['StringLike', 'a*c?', { k: 'abbcd' }, true],
  ['StringLike', 'a*c?', { k: 'abbc' }, false],
  ['StringNotLike', 'a*', { k: 'ab' }, false],
  ['StringNotLikeIfExists', 'a*', {}, true],
  ['ArnEquals', 'arn:aws:ec2:*:*:launch-template/*', { k: arn }, true],
  ['ArnLike', 'arn:aws:*:launch-template/*', { k: arn }, false],
  ['ArnNotEquals', arn, { k: arn }, false],
  ['ArnNotLike', `${arn}?`, { k: arn }, true],
  ['ForAllValues:StringEquals', ['a', 'b'], { k: ['b', 'a', 'b'] }, true],
  ['ForAllValues:StringEquals', ['a', 'b'], { k: ['b', 'c'] }, false],
  ['ForAllValues:StringEquals', 'a', { k: 'a' }, true],
  ['ForAllValues:StringEquals', 'a', { k: [] }, true],
  ['ForAllValues:StringEquals', 'a', {}, true],
  ['ForAllValues:StringNotEquals', 'a', { k: ['b', 'a'] }, false],
  ['ForAnyValue:StringEquals', 'a', { k: ['b', 'a'] }, true],
  ['ForAnyValue:StringEquals', 'a', { k: ['b'] }, false],
  ['ForAnyValue:StringEquals', 'a', {}, false],
  ['ForAnyValue:StringEqualsIfExists', 'a', {}, true],
  ['ForAnyValue:StringNotEquals', 'a', { k: ['a', 'b'] }, true],
  ['ForAnyValue:StringNotEquals', 'a', {}, false],
];

test.each(conditions)('%s %j of %j: %j', (operator, wanted, known, isMet) => {
  const verdict = verdictOf({ ...all, Condition: { [operator]: { k: wanted } } }, known);
  expect(verdict).toBe(isMet ? 'allowed' : 'denied implicitly');
});

test('all keys of all conditions must be met', () => {
  const Condition = { StringEquals: { a: '1', b: '2' }, StringLike: { c: '3*' } };
  const met = { a: '1', b: '2', c: '33' };
  expect(verdictOf({ ...all, Condition }, met)).toBe('allowed');
  for (const key of ['a', 'b', 'c'])
    expect(verdictOf({ ...all, Condition }, { ...met, [key]: 'x' })).toBe('denied implicitly');
});

describe('what is not judged is refused, and never an allow', () => {
  test.each([
    ['an unknown operator', { ...all, Condition: { NumericEquals: { k: '1' } } }, 'NumericEquals'],
    ['a misspelt one', { ...all, Condition: { StringEqual: { k: '1' } } }, 'StringEqual'],
    ['half a form', { ...all, Condition: { 'ForAll:StringEquals': { k: '1' } } }, 'ForAll'],
    ['a variable', { ...all, Resource: `${resource}/\${aws:userid}` }, 'policy variables'],
    ['a principal', { ...all, Principal: '*' }, 'Principal'],
    ['another effect', { ...all, Effect: 'Maybe' }, 'Maybe'],
    ['no action', { Effect: 'Allow', Resource: '*' }, 'one of Action and NotAction'],
    ['both', { ...all, NotResource: '*' }, 'Resource and NotResource'],
  ])('%s', (_, statement, why) => {
    expect(() => verdictOf(statement)).toThrow(why);
  });

  test('a list of values without a word on how many must fit', () => {
    const Condition = { StringEquals: { k: 'a' } };
    expect(() => verdictOf({ ...all, Condition }, { k: ['a'] })).toThrow('ForAllValues');
  });

  test('another version of the language', () => {
    expect(() => readPolicy({ Version: '2008-10-17', Statement: [all] })).toThrow('2012-10-17');
  });
});
