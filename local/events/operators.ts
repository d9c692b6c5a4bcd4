/** The comparison operators of an EventBridge event pattern: each makes a matcher of one value. */
import { BlockList, isIP } from 'node:net';

export type Matcher =
  | { kind: 'value'; passes: (value: unknown) => boolean }
  /** Matches a field that is not there. */
  | { kind: 'absent' };

type Refuse = (reason: string) => never;
type Test = (text: string) => boolean;

/** EventBridge compares numbers within this bound only, to six digits after the point. */
const numberMax = 5e9;
const digits = 1e6;

/** Each key that may stand alone in `{...}`, with what it makes of its argument. */
const operators: Record<string, (argument: unknown, refuse: Refuse) => Matcher> = {
  prefix: (argument, refuse) => onText(toAffix('prefix', argument, refuse)),
  suffix: (argument, refuse) => onText(toAffix('suffix', argument, refuse)),
  'equals-ignore-case': (argument, refuse) =>
    onText(textTests['equals-ignore-case'](toText('equals-ignore-case', argument, refuse), refuse)),
  wildcard: (argument, refuse) =>
    onText(textTests.wildcard(toText('wildcard', argument, refuse), refuse)),
  'anything-but': toAnythingBut,
  numeric: toNumeric,
  cidr: toCidr,
  exists: toExists,
};

/** Tests of a text by another, which `anything-but` can turn around. */
const textTests = {
  prefix:
    (start: string): Test =>
    (text) =>
      text.startsWith(start),
  suffix:
    (end: string): Test =>
    (text) =>
      text.endsWith(end),
  'equals-ignore-case':
    (other: string, _refuse: Refuse): Test =>
    (text) =>
      text.toLowerCase() === other.toLowerCase(),
  wildcard: toGlob,
};

/** Names that can't be fields inside `$or`, so that an operator put there by mistake is noticed. */
export const reservedNames: ReadonlySet<string> = new Set([
  ...Object.keys(operators),
  'exactly',
  '=',
  '<',
  '<=',
  '>',
  '>=',
  'regex',
]);

export function toMatcher(value: unknown, refuse: Refuse): Matcher {
  if (Array.isArray(value))
    return refuse('Match value must be String, number, true, false, or null');
  if (typeof value !== 'object' || value === null) return toExact(value);
  const [[name, argument] = refuse('Match expression name not found'), ...more] =
    Object.entries(value);
  if (more.length > 0) refuse('Only one key allowed in match expression');
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  return operator ? operator(argument, refuse) : refuse(`Unrecognized match type ${name}`);
}

function toExact(expected: unknown): Matcher {
  return { kind: 'value', passes: (value) => same(value, expected) };
}

function same(value: unknown, expected: unknown): boolean {
  if (typeof value !== 'number' || typeof expected !== 'number') return value === expected;
  const [one, other] = [toComparable(value), toComparable(expected)];
  // Numbers out of bounds, such as an account's, are compared as they are written.
  return one === null || other === null ? value === expected : one === other;
}

function toComparable(value: number): number | null {
  return Math.abs(value) <= numberMax ? Math.trunc(digits * (numberMax + value)) : null;
}

function onText(test: Test): Matcher {
  return { kind: 'value', passes: (value) => typeof value === 'string' && test(value) };
}

function toAffix(name: 'prefix' | 'suffix', argument: unknown, refuse: Refuse): Test {
  const inner = argument as { 'equals-ignore-case'?: unknown } | null;
  if (typeof inner !== 'object' || !inner || Object.keys(inner).join() !== 'equals-ignore-case')
    return textTests[name](toText(name, argument, refuse));
  const affix = toText(`${name} equals-ignore-case`, inner['equals-ignore-case'], refuse);
  const test = textTests[name](affix.toLowerCase());
  return (text) => test(text.toLowerCase());
}

function toText(name: string, argument: unknown, refuse: Refuse): string {
  return typeof argument === 'string' ? argument : refuse(`${name} match pattern must be a string`);
}

/** `*` is any run of characters; `\*` and `\\` are the characters themselves. */
function toGlob(pattern: string, refuse: Refuse): Test {
  const tokens = pattern.match(/\\?./gs) ?? [];
  const parts = [''];
  for (const [index, token] of tokens.entries()) {
    if (token === '*' && tokens[index - 1] === '*')
      refuse('Consecutive wildcard characters are not allowed');
    if (token === '\\' || (token.length > 1 && token !== '\\*' && token !== '\\\\'))
      refuse(`Invalid escape character in wildcard ${pattern}`);
    if (token === '*') parts.push('');
    else parts[parts.length - 1] += token.slice(-1);
  }
  return (text) => globFits(parts, text);
}

/** The first part starts the text, the last ends it, the others follow each other, each as early as it can. */
function globFits(parts: string[], text: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

function toAnythingBut(argument: unknown, refuse: Refuse): Matcher {
  if (typeof argument === 'object' && argument !== null && !Array.isArray(argument))
    return toAnythingButText(argument, refuse);
  const values: unknown[] = Array.isArray(argument) ? argument : [argument];
  const [kind] = values.map((value) => typeof value);
  if ((kind !== 'string' && kind !== 'number') || values.some((value) => typeof value !== kind))
    refuse('Value of anything-but must be strings only or numbers only, at least one');
  return { kind: 'value', passes: (value) => !values.some((other) => same(value, other)) };
}

function toAnythingButText(argument: object, refuse: Refuse): Matcher {
  const [[name, value] = refuse('Anything-But expression name not found'), ...more] =
    Object.entries(argument) as [string, unknown][];
  if (more.length > 0) refuse('Only one key allowed in match expression');
  if (!Object.hasOwn(textTests, name)) refuse(`Unsupported anything-but pattern: ${name}`);
  const texts = Array.isArray(value) ? value : [value];
  if (texts.length === 0 || texts.some((text) => typeof text !== 'string' || text === ''))
    refuse(`anything-but ${name} must be a string or strings, none of them empty`);
  const tests = texts.map((text) => textTests[name as keyof typeof textTests](text, refuse));
  const passes = (value: unknown) =>
    typeof value !== 'string' || !tests.some((test) => test(value));
  return { kind: 'value', passes };
}

function toNumeric(argument: unknown, refuse: Refuse): Matcher {
  if (!Array.isArray(argument)) return refuse('Value of numeric must be an array.');
  const signs = argument.filter((_, index) => index % 2 === 0).join(' ');
  if (!/^(=|<=?|>=?|>=? <=?)$/.test(signs) || argument.length % 2 !== 0)
    refuse('numeric takes one comparison (=, <, <=, >, >=) with a number, or a lower and an upper');
  const tests = signs
    .split(' ')
    .map((sign, index) => toComparison(sign, argument[index * 2 + 1], refuse));
  const [low = 0, high] = argument.filter((_, index) => index % 2 === 1);
  if (high !== undefined && low >= high) refuse('Bottom must be less than top');
  const passes = (value: unknown) => {
    const number = typeof value === 'number' ? toComparable(value) : null;
    return number !== null && tests.every((test) => test(number));
  };
  return { kind: 'value', passes };
}

function toComparison(sign: string, bound: unknown, refuse: Refuse): (value: number) => boolean {
  if (typeof bound !== 'number') return refuse(`Value of ${sign} must be numeric`);
  const limit =
    toComparable(bound) ??
    refuse(`Value must be between -${numberMax} and ${numberMax}, inclusive`);
  if (sign === '=') return (value) => value === limit;
  if (sign === '<') return (value) => value < limit;
  if (sign === '<=') return (value) => value <= limit;
  if (sign === '>') return (value) => value > limit;
  return (value) => value >= limit;
}

function toCidr(argument: unknown, refuse: Refuse): Matcher {
  const [, address = '', bits = ''] =
    /^([^/]*)\/(\d{1,3})$/.exec(toText('cidr', argument, refuse)) ??
    refuse('Malformed CIDR, one / and a number of mask bits required');
  const family = isIP(address);
  if (family === 0) refuse(`Invalid IP address: ${address}`);
  if (Number(bits) > (family === 4 ? 32 : 128)) refuse(`Too many mask bits: ${bits}`);
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return onText(
    (text) => isIP(text) === family && block.check(text, family === 4 ? 'ipv4' : 'ipv6'),
  );
}

function toExists(argument: unknown, refuse: Refuse): Matcher {
  if (argument === true) return { kind: 'value', passes: () => true };
  if (argument === false) return { kind: 'absent' };
  return refuse('exists match pattern must be either true or false.');
}
