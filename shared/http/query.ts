/** Checks what a request says: its query and its body, against what is asked for. */
import * as v from 'valibot';
import { type Fault, Problem } from './problem.ts';

type Entries = v.ObjectEntries;

/** Throws a Problem that names every parameter that is unknown, repeated or wrong. */
export function readQuery<const E extends Entries>(
  rawQueryString: string,
  entries: E,
): v.InferOutput<v.StrictObjectSchema<E, undefined>> {
  const pairs = [...new URLSearchParams(rawQueryString)];
  const twice = pairs.find(([key], index) => pairs.findIndex(([other]) => other === key) < index);
  if (twice) {
    const errors = [{ at: `?${twice[0]}`, detail: 'is given once' }];
    throw new Problem(400, toDetail('query', errors), { errors });
  }
  const parsed = v.safeParse(v.strictObject(entries), Object.fromEntries(pairs));
  if (parsed.success) return parsed.output;
  const errors = toFaults(parsed.issues, '?');
  throw new Problem(400, toDetail('query', errors), { errors });
}

/** Throws a Problem that names every field that is unknown or wrong. */
export function checkBody<S extends v.GenericSchema>(body: unknown, schema: S): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const errors = toFaults(parsed.issues, '/');
  throw new Problem(422, toDetail('body', errors), { errors });
}

function toFaults(issues: v.BaseIssue<unknown>[], prefix: string): Fault[] {
  return issues.map((issue) => ({
    at: prefix + (issue.path ?? []).map(({ key }) => String(key)).join('/'),
    detail: toWords(issue),
  }));
}

/** The library's own words are for programmers. */
function toWords({ message, expected, received }: v.BaseIssue<unknown>): string {
  if (!message.startsWith('Invalid ')) return message;
  if (expected === 'never') return 'is not asked for here';
  if (received === 'undefined') return 'is missing';
  return expected === 'Array' ? 'is a list' : 'is an object';
}

function toDetail(what: string, errors: Fault[]): string {
  const faults = errors.map(({ at, detail }) => `${at}: ${detail}`).join('; ');
  return `Mend the ${what}: ${faults.slice(0, 500)}`;
}
