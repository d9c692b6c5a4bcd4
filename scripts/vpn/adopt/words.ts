/** Words as pppd reads them out of its files: blanks, quotes, escapes and comments (`getword` in its options.c). */

export interface Row {
  /** From 1. */
  line: number;
  words: string[];
  /** Whether a quotation in it runs to the end of the file, with all that stands below. */
  isUnclosed: boolean;
}

/** pppd cuts what is longer (its MAXWORDLEN). */
const wordCharsMax = 1_023;

const escapes: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  s: ' ',
  t: '\t',
};

interface Source {
  text: string;
  at: number;
  line: number;
}

/** The words of each line that has any. `text` has a character for each byte. */
export function toRows(text: string): Row[] {
  const source: Source = { text, at: 0, line: 1 };
  const rows: Row[] = [];
  for (;;) {
    const isNew = skip(source);
    const { line } = source;
    const { word, isUnclosed } = readWord(source);
    if (word === null) return rows;
    const row = rows.at(-1);
    if (isNew || !row) rows.push({ line, words: [word], isUnclosed });
    else {
      row.words.push(word);
      row.isUnclosed ||= isUnclosed;
    }
  }
}

/** Over blanks, comments and escaped ends of lines. Answers whether a line began on the way. */
function skip(source: Source): boolean {
  let isNew = false;
  let isComment = false;
  for (let char = peek(source); char !== undefined; char = peek(source)) {
    if (char === '\n') {
      isNew = true;
      isComment = false;
    } else if (!isComment) {
      if (char === '#') isComment = true;
      else if (char === '\\' && source.text[source.at + 1] === '\n') take(source);
      else if (!isSpace(char)) return isNew;
    }
    take(source);
  }
  return isNew;
}

/** Null at the end of the file, where an empty word counts as none. */
function readWord(source: Source): { word: string | null; isUnclosed: boolean } {
  let word = '';
  let quote: string | null = null;
  for (let char = peek(source); char !== undefined; char = peek(source)) {
    if (!quote && (isSpace(char) || char === '#')) return { word: toWord(word), isUnclosed: false };
    take(source);
    if (char === '\\') word += readEscape(source);
    else if (char === quote) quote = null;
    else if (!quote && (char === '"' || char === "'")) quote = char;
    else word += char;
  }
  return { word: word === '' ? null : toWord(word), isUnclosed: quote !== null };
}

function readEscape(source: Source): string {
  const char = peek(source);
  if (char !== undefined && /[0-7]/.test(char)) return readNumber(source, /[0-7]/, 3, 8);
  take(source);
  if (char === undefined || char === '\n') return '';
  if (char === 'x') return readNumber(source, /[0-9a-f]/i, 2, 16);
  return escapes[char] ?? char;
}

function readNumber(source: Source, digit: RegExp, digitsMax: number, base: number): string {
  let digits = '';
  for (let char = peek(source); digits.length < digitsMax; char = peek(source)) {
    if (char === undefined || !digit.test(char)) break;
    digits += char;
    take(source);
  }
  return String.fromCharCode(Number.parseInt(digits || '0', base) & 0xff);
}

/** In C a text ends at its first NUL. */
function toWord(text: string): string {
  return (text.split('\0')[0] ?? '').slice(0, wordCharsMax);
}

function peek({ text, at }: Source): string | undefined {
  return text[at];
}

function take(source: Source): void {
  if (source.text[source.at] === '\n') source.line += 1;
  source.at += 1;
}

function isSpace(char: string): boolean {
  return /[ \t\n\v\f\r]/.test(char);
}
