/** Decides whether an event matches an EventBridge event pattern, and refuses a malformed pattern as PutRule does. */
import { AwsFault } from '../fault.ts';
import { type Matcher, reservedNames, toMatcher } from './operators.ts';

/** AWS's limit on what the `$or`s of one pattern may multiply to. */
const alternativesMax = 1_000;

/** One way to match: every field, by its dotted path, has to pass one of its matchers. */
type Alternative = Map<string, Matcher[]>;

/** One value of an event that is not an object or an array, and the array elements that it lies in. */
interface Leaf {
  path: string;
  value: unknown;
  elements: Elements;
}

/** For each array on the way to a value (by its place in the event), the index of the element taken. */
type Elements = ReadonlyMap<string, number>;

/** Throws AwsFault InvalidEventPatternException if the pattern is malformed. */
export function matches(pattern: unknown, event: unknown): boolean {
  return toPredicate(pattern)(event);
}

/** The same for a pattern that is asked often: the fault comes now, the events later. */
export function toPredicate(pattern: unknown): (event: unknown) => boolean {
  if (!isObject(pattern)) return refuse('Filter is not an object');
  const alternatives = addObject([new Map()], pattern, '', false).map(absentLast);
  return (event) => {
    if (!isObject(event)) return false;
    const leaves = Map.groupBy(toLeaves(event), ({ path }) => path);
    return alternatives.some((alternative) => fits(alternative, leaves, new Map()));
  };
}

/** What must be absent is looked for last, in the array elements that the other fields have taken. */
function absentLast(alternative: Alternative): [string, Matcher[]][] {
  const mayBeAbsent = (matchers: Matcher[]) => matchers.some(({ kind }) => kind === 'absent');
  return [...alternative].sort(([, a], [, b]) => Number(mayBeAbsent(a)) - Number(mayBeAbsent(b)));
}

function addObject(
  alternatives: Alternative[],
  pattern: Record<string, unknown>,
  path: string,
  insideOr: boolean,
): Alternative[] {
  const fields = Object.entries(pattern);
  if (fields.length === 0) refuse('Empty objects are not allowed');
  let all = alternatives;
  for (const [name, value] of fields) {
    if (name !== '$or' && insideOr && reservedNames.has(name))
      refuse(`"${name}" is a reserved name, which cannot be a field inside "$or"`);
    if (name === '$or') all = addOr(all, value, path);
    else if (Array.isArray(value)) all = addField(all, join(path, name), value);
    else if (isObject(value)) all = addObject(all, value, join(path, name), insideOr);
    else refuse(`"${name}" must be an object or an array`);
  }
  return all;
}

function addOr(alternatives: Alternative[], branches: unknown, path: string): Alternative[] {
  if (!Array.isArray(branches) || !branches.every(isObject) || branches.length < 2)
    return refuse('"$or" must be an array of at least two objects');
  const all = branches.flatMap((branch) => addObject(alternatives, branch, path, true));
  if (all.length > alternativesMax)
    refuse(`"$or" makes more than ${alternativesMax} combinations of rules`);
  return all;
}

function addField(alternatives: Alternative[], path: string, values: unknown[]): Alternative[] {
  if (values.length === 0) refuse('Empty arrays are not allowed');
  const matchers = values.map((value) => toMatcher(value, refuse));
  return alternatives.map((alternative) => new Map([...alternative, [path, matchers]]));
}

/**
 * Fields in different elements of one array don't match together: having taken a value for one field, the search
 * for the others keeps to the same elements.
 */
function fits(
  fields: [string, Matcher[]][],
  leaves: Map<string, Leaf[]>,
  taken: Elements,
): boolean {
  const [field, ...rest] = fields;
  if (!field) return true;
  const [path, matchers] = field;
  const near = (leaves.get(path) ?? []).filter(({ elements }) => agree(elements, taken));
  if (near.length === 0 && matchers.some(({ kind }) => kind === 'absent'))
    return fits(rest, leaves, taken);
  return near.some(
    ({ value, elements }) =>
      matchers.some((matcher) => matcher.kind === 'value' && matcher.passes(value)) &&
      fits(rest, leaves, new Map([...taken, ...elements])),
  );
}

function agree(one: Elements, other: Elements): boolean {
  return [...one].every(([array, index]) => (other.get(array) ?? index) === index);
}

/** Arrays are looked through: each element counts as the field's value. An empty one is no value at all. */
function toLeaves(node: unknown, path = '', place = '', elements: Elements = new Map()): Leaf[] {
  if (Array.isArray(node))
    return node.flatMap((element, index) =>
      toLeaves(element, path, `${place}[${index}]`, new Map([...elements, [place, index]])),
    );
  if (isObject(node))
    return Object.entries(node).flatMap(([name, value]) =>
      toLeaves(value, join(path, name), `${place}.${name}`, elements),
    );
  return [{ path, value: node, elements }];
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(reason: string): never {
  throw new AwsFault(
    'InvalidEventPatternException',
    `Event pattern is not valid. Reason: ${reason}`,
  );
}
