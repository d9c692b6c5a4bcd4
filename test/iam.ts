/** Judges a request by a role's policies as IAM does, for the kinds of statements that ours are made of. */
import type { Resolved } from './compiled-template.ts';

export interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** One resource that a call asks for, with what IAM knows of the call. Most calls ask for one, a launch for many. */
export interface Asked {
  action: string;
  resource: string;
  context?: Record<string, string | string[]>;
}

type Operator = (known: string[], wanted: string[]) => boolean;

const operators: Record<string, Operator> = {
  StringEquals: (known, wanted) => known.some((value) => wanted.includes(value)),
  StringNotEquals: (known, wanted) => !known.some((value) => wanted.includes(value)),
  ArnEquals: (known, wanted) => known.some((value) => matchesAny(wanted, value)),
  ArnLike: (known, wanted) => known.some((value) => matchesAny(wanted, value)),
  // True, too, of a key that the call does not have.
  'ForAllValues:StringEquals': (known, wanted) => known.every((value) => wanted.includes(value)),
};

/** Throws if a role is made in a way that this file does not judge. */
export function toStatements({ properties }: Resolved): Statement[] {
  const { ManagedPolicyArns, Policies } = properties;
  if (ManagedPolicyArns) throw new Error('a managed policy is not judged here');
  return (Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
}

export function toList(value: string | string[]): string[] {
  return Array.isArray(value) ? value : [value];
}

export function allows(statements: Statement[], asked: Asked): boolean {
  return statements.some((statement) => {
    if (statement.Effect !== 'Allow') throw new Error(`${statement.Sid}: ${statement.Effect}`);
    return (
      matchesAny(toList(statement.Action), asked.action) &&
      matchesAny(toList(statement.Resource), asked.resource) &&
      meets(statement, asked.context ?? {})
    );
  });
}

function meets({ Sid, Condition = {} }: Statement, context: Record<string, string | string[]>) {
  return Object.entries(Condition).every(([name, keys]) => {
    const operator = operators[name];
    if (!operator) throw new Error(`${Sid}: ${name} is not judged here`);
    return Object.entries(keys).every(([key, wanted]) =>
      operator(toList(context[key] ?? []), toList(wanted)),
    );
  });
}

/** `*` stands for any text and `?` for any character; all else for itself. */
function matchesAny(patterns: string[], value: string): boolean {
  return patterns.some((pattern) => {
    const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(value);
  });
}
