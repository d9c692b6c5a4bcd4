/** What the agent writes into chap-secrets is what pppd reads; and what pppd would misread is refused. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { askPython } from './python.ts';

const toLines = (users: [string, string][]) =>
  askPython<string[]>(
    `
from server.protocols.pptp import to_known, to_line
lines = [to_line(user, password) for user, password in asked]
from server.protocols.pptp import HEAD
assert to_known(HEAD + ''.join(lines)) == {line.split('"')[1]: line for line in lines}
answer = lines
`,
    users,
  );

/** Whether each is taken; else why not. */
const check = (passwords: unknown[]) =>
  askPython<(string | null)[]>(
    `
from server import users
def why(password):
    try:
        users.to_secret(json.dumps({'password': password}))
    except users.Faulty as fault:
        return str(fault)
answer = [why(password) for password in asked]
`,
    passwords,
  );

const letter = fc.constantFrom(
  '\t',
  ...Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)),
);
const password = fc
  .array(letter, { minLength: 1, maxLength: 255 })
  .map((letters) => letters.join(''))
  .filter((text) => !text.startsWith('@/'));

test('every password that is taken comes back', () => {
  const passwords = fc.sample(password, 1_000);
  expect(check(passwords)).toEqual(passwords.map(() => null));
  const lines = toLines(passwords.map((text, index) => [`user${index}`, text]));
  expect(lines.map(readWords)).toEqual(
    passwords.map((text, index) => [`user${index}`, 'pptpd', text, '*']),
  );
});

test("the how-to's own, and those that bite", () => {
  expect(
    toLines([
      ['user01', 'osvCylQX'],
      ['bob', 'a"b\\'],
      ['eve', '#x @/etc/passwd \'"'],
    ]),
  ).toEqual([
    '"user01" pptpd "osvCylQX" *\n',
    '"bob" pptpd "a\\"b\\\\" *\n',
    '"eve" pptpd "#x @/etc/passwd \'\\"" *\n',
  ]);
});

test.each([
  ['', 'its password is not 1 to 255 letters of ASCII'],
  ['a'.repeat(256), 'its password is not 1 to 255 letters of ASCII'],
  ['a\nb', 'its password is not 1 to 255 letters of ASCII'],
  ['a\r', 'its password is not 1 to 255 letters of ASCII'],
  ['a\n', 'its password is not 1 to 255 letters of ASCII'],
  ['a\0b', 'its password is not 1 to 255 letters of ASCII'],
  ['pässword', 'its password is not 1 to 255 letters of ASCII'],
  ['@/etc/passwd', 'its password begins with @/'],
  [null, 'its password is not 1 to 255 letters of ASCII'],
  [5, 'its password is not 1 to 255 letters of ASCII'],
])('%j is refused', (refused, why) => {
  expect(check([refused])).toEqual([why]);
});

/**
 * As pppd's getword() reads a line: words end at blanks, and at a # outside of quotes. A backslash takes a backslash or
 * a quote as it is, inside of quotes too; before other letters it has C's meanings, which are never meant here.
 */
function readWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at);
    if (letter === '\\') {
      at += 1;
      if (!['\\', '"'].includes(line.charAt(at)))
        throw new Error(`\\${line.charAt(at)} in ${line}`);
      word = (word ?? '') + line.charAt(at);
    } else if (quote) {
      if (letter === quote) quote = '';
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (letter === '#') {
      break;
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + letter;
    }
  }
  return words;
}
