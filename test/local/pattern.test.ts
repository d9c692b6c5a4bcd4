/** EventBridge's pattern language, case by case; those marked AWS are from its documentation. */
import { describe, expect, test } from 'vitest';
import { matches } from '../../local/events/pattern.ts';

const ec2 = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: [
    'arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0',
    'arn:aws:autoscaling:us-west-1:123456789012:autoScalingGroup:eb821ace',
  ],
  detail: {
    'instance-id': 'i-1234567890abcdef0',
    state: 'terminated',
    'c-count': 5,
    'x-limit': 301.8,
  },
};
const people = {
  employees: [
    { firstName: 'John', lastName: 'Doe' },
    [{ firstName: 'Anna', lastName: 'Smith', child: [{ name: 'Eve' }] }],
    { firstName: 'Peter', lastName: 'Jones' },
  ],
};
const or = {
  source: ['aws.cloudwatch'],
  $or: [
    { metricName: ['CPUUtilization', 'ReadLatency'] },
    {
      metricType: ['MetricType'],
      namespace: [{ prefix: 'AWS/' }],
      $or: [{ id: [1234] }, { space: [1000] }],
    },
  ],
};
const is = (matcher: unknown) => ({ value: [matcher] });

const cases: [sentence: string, pattern: unknown, event: unknown, expected: boolean][] = [
  ['AWS: an ended instance', { source: ['aws.ec2'], detail: { state: ['terminated'] } }, ec2, true],
  ['a state that is not listed', { detail: { state: ['running', 'stopped'] } }, ec2, false],
  [
    'AWS: resources is an array, one of which is meant',
    { resources: [{ prefix: 'arn:aws:auto' }] },
    ec2,
    true,
  ],
  ['a field that is not there', { detail: { reason: ['x'] } }, ec2, false],
  ['an object where a value is expected', { detail: ['terminated'] }, ec2, false],
  ['a value where an object is expected', { source: { name: ['aws.ec2'] } }, ec2, false],
  ['names are told apart by case', { Source: ['aws.ec2'] }, ec2, false],

  ['AWS: null is a value', is(null), { value: null }, true],
  ['AWS: an empty text is not null', is(null), { value: '' }, false],
  ['AWS: an empty text is a value', is(''), { value: '' }, true],
  ['a missing field is not null', is(null), {}, false],
  ['a text is not a number', is('1'), { value: 1 }, false],
  ['a number however it is written', is(3.018e2), { value: 301.8 }, true],
  ['a large number, as an account is', is(123456789012), { value: 123456789012 }, true],
  ['another large number', is(123456789012), { value: 123456789013 }, false],
  ['true', is(true), { value: true }, true],
  ['true is not "true"', is(true), { value: 'true' }, false],

  ['AWS: begins with', { time: [{ prefix: '2017-12-22' }] }, ec2, true],
  ['begins otherwise', { time: [{ prefix: '2017-12-23' }] }, ec2, false],
  ['a number begins with nothing', is({ prefix: '1' }), { value: 12 }, false],
  [
    'AWS: begins with, whatever the case',
    is({ prefix: { 'equals-ignore-case': 'eventb' } }),
    { value: 'EventBridge' },
    true,
  ],
  ['AWS: ends with', is({ suffix: '.png' }), { value: 'a.png' }, true],
  [
    'AWS: ends with, whatever the case',
    is({ suffix: { 'equals-ignore-case': 'tBridge' } }),
    { value: 'EVENTBRIDGE' },
    true,
  ],
  ['AWS: equal but for the case', is({ 'equals-ignore-case': 'alice' }), { value: 'ALICE' }, true],
  ['longer is not equal', is({ 'equals-ignore-case': 'alice' }), { value: 'alices' }, false],

  ['AWS: anything but', { detail: { state: [{ 'anything-but': 'initializing' }] } }, ec2, true],
  ['AWS: anything but this', { detail: { state: [{ 'anything-but': 'terminated' }] } }, ec2, false],
  [
    'AWS: anything but these',
    { detail: { state: [{ 'anything-but': ['stopped', 'terminated'] }] } },
    ec2,
    false,
  ],
  [
    'AWS: anything but these numbers',
    { detail: { 'c-count': [{ 'anything-but': [100, 200] }] } },
    ec2,
    true,
  ],
  ['a text is anything but a number', is({ 'anything-but': 5 }), { value: '5' }, true],
  ['nothing is not anything', is({ 'anything-but': 'x' }), {}, false],
  ['of several values one differs', is({ 'anything-but': 'x' }), { value: ['x', 'y'] }, true],
  [
    'of several values none differs',
    is({ 'anything-but': ['x', 'y'] }),
    { value: ['x', 'y'] },
    false,
  ],
  [
    'AWS: anything but a beginning',
    { region: [{ 'anything-but': { prefix: 'us-' } }] },
    ec2,
    false,
  ],
  [
    'AWS: anything but an end',
    is({ 'anything-but': { suffix: '.png' } }),
    { value: 'a.gif' },
    true,
  ],
  [
    'AWS: anything but some ends',
    is({ 'anything-but': { suffix: ['.png', '.gif'] } }),
    { value: 'a.gif' },
    false,
  ],
  [
    'AWS: anything but, whatever the case',
    is({ 'anything-but': { 'equals-ignore-case': 'initializing' } }),
    { value: 'INITIALIZING' },
    false,
  ],
  [
    'AWS: anything but two, whatever the case',
    is({ 'anything-but': { 'equals-ignore-case': ['a', 'b'] } }),
    { value: 'B' },
    false,
  ],
  [
    'AWS: anything but a wildcard',
    is({ 'anything-but': { wildcard: '*/lib/*' } }),
    { value: '/usr/lib/x' },
    false,
  ],
  [
    'AWS: anything but a wildcard that fails',
    is({ 'anything-but': { wildcard: '*/lib/*' } }),
    { value: '/usr/bin/x' },
    true,
  ],

  ['AWS: exists', { detail: { 'c-count': [{ exists: true }] } }, ec2, true],
  ['AWS: does not exist', { detail: { 'c-count': [{ exists: false }] } }, ec2, false],
  ['null exists', is({ exists: true }), { value: null }, true],
  ['an empty array does not exist', is({ exists: false }), { value: [] }, true],
  ['AWS: only leaves exist', is({ exists: false }), { value: { inner: 1 } }, true],
  ['absent, or this value', { value: ['a', { exists: false }] }, { value: 'a' }, true],
  ['absent, or another value', { value: ['a', { exists: false }] }, { value: 'b' }, false],
  ['absent below what is absent', { a: { b: { c: [{ exists: false }] } } }, { d: 1 }, true],

  ['AWS: a numeric range', { detail: { 'c-count': [{ numeric: ['>', 0, '<=', 5] }] } }, ec2, true],
  ['AWS: below', { detail: { 'c-count': [{ numeric: ['<', 5] }] } }, ec2, false],
  ['AWS: equal', { detail: { 'x-limit': [{ numeric: ['=', 3.018e2] }] } }, ec2, true],
  ['AWS: at least', { detail: { 'c-count': [{ numeric: ['>=', 5] }] } }, ec2, true],
  ['AWS: a text is no number', is({ numeric: ['=', 5] }), { value: '5' }, false],
  ['beyond five thousand million', is({ numeric: ['>', 0] }), { value: 6e9 }, false],

  ['AWS: an address in a block', is({ cidr: '10.0.0.0/24' }), { value: '10.0.0.33' }, true],
  ['an address outside of it', is({ cidr: '10.0.0.0/24' }), { value: '10.0.1.1' }, false],
  ['an IPv6 block', is({ cidr: '2001:db8::/32' }), { value: '2001:db8:1::1' }, true],
  ['no address', is({ cidr: '10.0.0.0/8' }), { value: '10.0.0' }, false],

  ['AWS: a wildcard', is({ wildcard: 'dir/*.png' }), { value: 'dir/a/b.png' }, true],
  ['a wildcard for nothing', is({ wildcard: 'a*b' }), { value: 'ab' }, true],
  ['the ends may not overlap', is({ wildcard: 'aba*ba' }), { value: 'aba' }, false],
  ['several wildcards', is({ wildcard: '*x*y*' }), { value: 'axbyc' }, true],
  ['several in another order', is({ wildcard: '*x*y*' }), { value: 'aybxc' }, false],
  ['an escaped asterisk', is({ wildcard: 'a\\**' }), { value: 'a*b' }, true],
  ['an escaped asterisk is no wildcard', is({ wildcard: 'a\\*' }), { value: 'ab' }, false],
  ['an escaped backslash', is({ wildcard: 'a\\\\*' }), { value: 'a\\b' }, true],

  ['AWS: $or, the first', or, { source: 'aws.cloudwatch', metricName: 'ReadLatency' }, true],
  [
    'AWS: $or in $or',
    or,
    { source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/ES', space: 1000 },
    true,
  ],
  [
    '$or, the inner one fails',
    or,
    { source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/ES' },
    false,
  ],
  ['$or does not replace the rest', or, { source: 'aws.ec2', metricName: 'ReadLatency' }, false],
  [
    'two $or',
    { $or: [{ a: [1] }, { b: [1] }], d: { $or: [{ x: [1] }, { y: [1] }] } },
    { b: 1, d: { x: 1 } },
    true,
  ],

  ['AWS: arrays are looked through', { employees: { firstName: ['Anna'] } }, people, true],
  [
    'AWS: one element has both',
    { employees: { firstName: ['Anna'], lastName: ['Smith'] } },
    people,
    true,
  ],
  [
    'AWS: two elements have one each',
    { employees: { firstName: ['Anna'], lastName: ['Jones'] } },
    people,
    false,
  ],
  [
    'deeper in the same element',
    { employees: { lastName: ['Smith'], child: { name: ['Eve'] } } },
    people,
    true,
  ],
  [
    'deeper in another element',
    { employees: { lastName: ['Doe'], child: { name: ['Eve'] } } },
    people,
    false,
  ],
  [
    'absent from the element taken',
    { employees: { lastName: ['Doe'], child: { name: [{ exists: false }] } } },
    people,
    true,
  ],
  [
    'absent from the element taken, asked first',
    { employees: { child: { name: [{ exists: false }] }, lastName: ['Doe'] } },
    people,
    true,
  ],
  [
    'not absent from the element taken',
    { employees: { child: { name: [{ exists: false }] }, lastName: ['Smith'] } },
    people,
    false,
  ],
  ['an event that is none', { a: [1] }, 'text', false],
];

const malformed: [sentence: string, pattern: unknown, message: string][] = [
  ['no object', ['aws.ec2'], 'Filter is not an object'],
  ['empty', {}, 'Empty objects'],
  ['a value without its array', { source: 'aws.ec2' }, '"source" must be an object or an array'],
  ['an empty array', { source: [] }, 'Empty arrays'],
  ['an array in an array', { source: [['aws.ec2']] }, 'Match value must be'],
  ['an empty expression', is({}), 'name not found'],
  ['two operators at once', is({ prefix: 'a', suffix: 'b' }), 'Only one key'],
  ['an unknown operator', is({ regex: 'a' }), 'Unrecognized match type regex'],
  ["an object's own method", is({ toString: 'a' }), 'Unrecognized match type'],
  ['a prefix that is no text', is({ prefix: 1 }), 'prefix match pattern must be a string'],
  ['exists what', is({ exists: 'yes' }), 'exists match pattern'],
  ['numeric without numbers', is({ numeric: ['>', '1'] }), 'Value of > must be numeric'],
  ['numeric with a strange sign', is({ numeric: ['!=', 1] }), 'numeric takes'],
  ['numeric the wrong way round', is({ numeric: ['<', 5, '>', 1] }), 'numeric takes'],
  ['a range that is empty', is({ numeric: ['>', 5, '<', 5] }), 'Bottom must be less'],
  ['a number too large', is({ numeric: ['<', 6e9] }), 'Value must be between'],
  ['anything-but of mixed values', is({ 'anything-but': ['a', 1] }), 'anything-but'],
  ['anything-but null', is({ 'anything-but': null }), 'anything-but'],
  ['anything-but cidr', is({ 'anything-but': { cidr: '10.0.0.0/8' } }), 'Unsupported anything-but'],
  ['anything-but an empty prefix', is({ 'anything-but': { prefix: '' } }), 'none of them empty'],
  ['two wildcards side by side', is({ wildcard: 'a**' }), 'Consecutive'],
  ['a strange escape', is({ wildcard: 'a\\b' }), 'Invalid escape'],
  ['an escape of nothing', is({ wildcard: 'a\\' }), 'Invalid escape'],
  ['a block without its bits', is({ cidr: '10.0.0.0' }), 'Malformed CIDR'],
  ['a block with too many bits', is({ cidr: '10.0.0.0/33' }), 'Too many mask bits'],
  ['$or of one', { $or: [{ a: [1] }] }, 'at least two'],
  ['an operator as a field of $or', { $or: [{ prefix: ['a'] }, { b: [1] }] }, 'reserved'],
];

describe('an event pattern', () => {
  test.each(cases)('%s', (_, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });
});

describe('a malformed event pattern is refused', () => {
  test.each(malformed)('%s', (_, pattern, message) => {
    expect(() => matches(pattern, {})).toThrow(message);
  });

  test('with the error of PutRule', () => {
    expect(() => matches({}, {})).toThrow(
      expect.objectContaining({ code: 'InvalidEventPatternException' }),
    );
  });

  test('when its $or multiply', () => {
    const two = (n: number): object => ({
      $or: [{ [`a${n}`]: [1] }, { [`b${n}`]: [1] }],
      ...(n > 1 && { c: two(n - 1) }),
    });
    expect(() => matches(two(9), {})).not.toThrow();
    expect(() => matches(two(10), {})).toThrow('more than 1000');
  });
});
