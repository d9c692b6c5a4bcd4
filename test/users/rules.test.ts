/** Which names, passwords and keys are taken, and what a person is told of the others. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../../shared/users/errors.ts';
import {
  checkExpiry,
  checkGrace,
  checkName,
  checkPassword,
  checkPublicKey,
} from '../../shared/users/rules.ts';

const refusal = (run: () => void): UserError | null => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  return null;
};
const toText = (length: number) => 'x'.repeat(length);

describe('a name', () => {
  test.each(['a', 'ann', 'ann.smith', 'ann_2', 'a-b-c', toText(20)])('may be %j', (name) => {
    expect(refusal(() => checkName(name))).toBeNull();
  });

  test.each([
    '',
    'Ann',
    '1ann',
    '.ann',
    '-ann',
    'ann smith',
    'ann/old',
    'ann:3',
    'änn',
    'ann\n',
    '*',
    '"ann"',
    toText(21),
  ])('may not be %j', (name) => {
    expect(refusal(() => checkName(name))).toMatchObject({ code: 'invalid', says: /1 to 20/ });
  });
});

describe('a password', () => {
  test.each([
    toText(8),
    toText(63),
    'with blanks in it',
    `a"b'c\\d#e`,
    '@ sign first',
    '~!@#$%^&*()_+`-={}|[]:;<>?,./',
    'k7mq-x2np-9tzr-hw4c-e8ys-vb3d',
  ])('may be %j', (password) => {
    expect(refusal(() => checkPassword(password))).toBeNull();
  });

  test.each([
    ['', '8 to 63'],
    [toText(7), '8 to 63'],
    [toText(64), '8 to 63'],
    ['pässword', 'US keyboard'],
    ['tab\tinside', 'US keyboard'],
    ['line\ninside', 'US keyboard'],
    ['carriage\r', 'US keyboard'],
    ['nul\0inside', 'US keyboard'],
    ['delete\x7f!', 'US keyboard'],
    ['@/etc/shadow', '@/'],
    [' in front', 'blank'],
    ['behind it ', 'blank'],
  ])('may not be %j', (password, why) => {
    const error = refusal(() => checkPassword(password));
    expect(error?.says).toContain(why);
    // Not even a refused one is repeated.
    if (password) expect(error?.message).not.toContain(password);
  });
});

describe('a public key', () => {
  // RFC 7748, section 6.1.
  const alice = 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=';
  test('may be what wg prints', () => {
    expect(refusal(() => checkPublicKey(alice, [null, 'another']))).toBeNull();
  });

  test.each([
    '',
    alice.slice(1),
    alice.replace('=', ''),
    `${alice}\n`,
    alice.replace('/', '_'),
    // One bit too many: no 32 bytes are written like that.
    alice.replace('o=', 'p='),
    `${'A'.repeat(43)}=`,
  ])('may not be %j', (key) => {
    expect(refusal(() => checkPublicKey(key, []))?.says).toContain('44 characters');
  });

  test("may not be another's", () => {
    expect(refusal(() => checkPublicKey(alice, [alice]))?.says).toContain('taken');
  });
});

test.each([
  [null, null],
  [1_001, null],
  [1_000, 'future'],
  [0, 'future'],
  [Number.NaN, 'future'],
])('at 1000 an expiry may be %j unless: %j', (expiresAt, why) => {
  const error = refusal(() => checkExpiry(expiresAt, 1_000));
  if (why) expect(error?.says).toContain(why);
  else expect(error).toBeNull();
});

test.each([
  [0, true],
  [60, true],
  [10_080, true],
  [10_081, false],
  [-1, false],
  [1.5, false],
  [Number.NaN, false],
])('an old password may go on for %j minutes: %j', (minutes, may) => {
  expect(refusal(() => checkGrace(minutes)) === null).toBe(may);
});
