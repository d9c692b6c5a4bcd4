/** Words of pppd's files: what each line says to pppd. test/clients has pppd itself say it of lines of chance. */
import { expect, it, test } from 'vitest';
import { toRows } from '../../scripts/vpn/adopt/words.ts';

const wordsOf = (text: string) => toRows(text).map(({ words }) => words);

test.each<[why: string, text: string, rows: string[][]]>([
  ['blanks part words', 'a b\tc\n', [['a', 'b', 'c']]],
  ['quotes keep blanks and signs of comments', `"a b" '#c'\n`, [['a b', '#c']]],
  ['quotes may begin anywhere', `a"b c"d'e'\n`, [['ab cde']]],
  ['a quote keeps the other kind', `"it's" 'a"b'\n`, [["it's", 'a"b']]],
  ['escapes hold outside quotes and inside', `a\\ b "c\\"d" 'e\\'f'\n`, [['a b', 'c"d', "e'f"]]],
  ['letters behind a backslash are signs', '"\\a\\b\\f\\n\\r\\s\\t\\z"\n', [['\x07\b\f\n\r \tz']]],
  [
    'numbers behind a backslash are bytes',
    '\\101\\1012 \\x41\\x412 \\x4g\n',
    [['AA2', 'AA2', '\x04g']],
  ],
  ['a number of no digits is the end of a word in C', 'ab\\xzz c\n', [['ab', 'c']]],
  ['an empty word is a word', `a "" b\n`, [['a', '', 'b']]],
  ['a comment ends a word', 'a#b c\nd', [['a'], ['d']]],
  ['an escaped comment does not', 'a\\#b\n', [['a#b']]],
  ['an escaped end of a line ends nothing', 'a \\\nb c\\\nd\n', [['a', 'b', 'cd']]],
  ['empty lines and comments are no lines', '\n  # a b\n\n c \n', [['c']]],
  [
    'carriage returns are blanks',
    'a b\r\nc d\r\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['a line may end with the file', 'a b', [['a', 'b']]],
  ['nothing is nothing', '', []],
])('%s', (_, text, rows) => {
  expect(wordsOf(text)).toEqual(rows);
});

it('tells on which line each began, and whether its quotation ends', () => {
  expect(toRows('a\n\n"b\nc" d\ne "f\ng h\n')).toEqual([
    { line: 1, words: ['a'], isUnclosed: false },
    { line: 3, words: ['b\nc', 'd'], isUnclosed: false },
    { line: 5, words: ['e', 'f\ng h\n'], isUnclosed: true },
  ]);
});

it('cuts what pppd would cut', () => {
  expect(wordsOf(`${'a'.repeat(2_000)} b`)).toEqual([['a'.repeat(1_023), 'b']]);
});
