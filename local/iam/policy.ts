/** Judges one thing that a call asks for by the identity policies of its caller, as IAM does. */
import * as v from 'valibot';

/** An action on a resource, with what IAM knows of the call: lists are the keys that AWS calls multivalued. */
export interface Asked {
  action: string;
  resource: string;
  context: Context;
}

export type Context = Record<string, string | string[]>;

export interface Statement {
  effect: 'Allow' | 'Deny';
  fits: (asked: Asked) => boolean;
}

/** One Deny outweighs every Allow; what nobody allows is denied too, but in other words. */
export type Verdict = 'allowed' | 'denied explicitly' | 'denied implicitly';

export function judge(statements: readonly Statement[], asked: Asked): Verdict {
  const effects = statements.filter(({ fits }) => fits(asked)).map(({ effect }) => effect);
  if (effects.includes('Deny')) return 'denied explicitly';
  return effects.includes('Allow') ? 'allowed' : 'denied implicitly';
}

/** IAM takes one where it takes many. */
const toMany = v.transform((value: unknown) => [value].flat());
const texts = v.pipe(v.unknown(), toMany, v.array(v.string()));
const statementSchema = v.strictObject({
  Sid: v.optional(v.string()),
  Effect: v.picklist(['Allow', 'Deny']),
  Action: v.optional(texts),
  NotAction: v.optional(texts),
  Resource: v.optional(texts),
  NotResource: v.optional(texts),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), texts)), {}),
});
const documentSchema = v.strictObject({
  Version: v.literal('2012-10-17'),
  Statement: v.pipe(v.unknown(), toMany, v.array(statementSchema)),
});

/** Throws an Error on whatever is not judged here: what is not understood must never allow. */
export function readPolicy(document: unknown): Statement[] {
  if (JSON.stringify(document).includes('${')) throw new Error('policy variables are not judged');
  return v.parse(documentSchema, document).Statement.map(toStatement);
}

const trustSchema = v.object({
  Statement: v.pipe(
    v.unknown(),
    toMany,
    v.array(v.looseObject({ Principal: v.strictObject({ Service: texts }) })),
  ),
});

/** The same of who may act as a role: judged as if the action were asked on the service that does. */
export function readTrust(document: unknown): Statement[] {
  const { Statement } = v.parse(trustSchema, document);
  return readPolicy({
    Version: '2012-10-17',
    Statement: Statement.map(({ Principal, ...rest }) => ({
      ...rest,
      Resource: Principal.Service,
    })),
  });
}

function toStatement(statement: v.InferOutput<typeof statementSchema>): Statement {
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const isAction = toSelection(Action, NotAction, (pattern, action) =>
    isLike(pattern.toLowerCase(), action.toLowerCase()),
  );
  const isResource = toSelection(Resource, NotResource, isArnLike);
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => toCondition(operator, key, wanted)),
  );
  return {
    effect: Effect,
    fits: ({ action, resource, context }) =>
      isAction(action) && isResource(resource) && conditions.every((isMet) => isMet(context)),
  };
}

type Same = (pattern: string, value: string) => boolean;

function toSelection(these: string[] | undefined, allBut: string[] | undefined, isSame: Same) {
  const patterns = these ?? allBut;
  if (!patterns || (these && allBut))
    throw new Error('a statement has one of Action and NotAction, and of Resource and NotResource');
  return (value: string) =>
    patterns.some((pattern) => isSame(pattern, value)) === (these !== undefined);
}

/** `ForAllValues:StringNotEqualsIfExists` and its kin; Numeric, Date, Bool, Null, … are in no policy here. */
const operatorForm =
  /^(?:(?<set>ForAllValues|ForAnyValue):)?(?<kind>String|Arn)(?<not>Not)?(?<how>Equals|Like)(?<ifExists>IfExists)?$/;

function toCondition(operator: string, key: string, wanted: string[]) {
  const form = operatorForm.exec(operator)?.groups;
  if (!form) throw new Error(`the condition operator ${operator} is not judged here`);
  const { set, kind, not, how, ifExists } = form;
  const isEqual: Same = (pattern, value) => pattern === value;
  const isSame = kind === 'Arn' ? isArnLike : how === 'Like' ? isLike : isEqual;
  const holds = (value: string) =>
    wanted.some((pattern) => isSame(pattern, value)) === (not === undefined);
  return (context: Context): boolean => {
    const known = find(context, key);
    if (known === undefined) {
      if (ifExists || set === 'ForAllValues') return true;
      return not !== undefined && set === undefined;
    }
    if (Array.isArray(known) && !set)
      throw new Error(`${key} has many values: ${operator} needs ForAllValues or ForAnyValue`);
    const values = [known].flat();
    return set === 'ForAllValues' ? values.every(holds) : values.some(holds);
  };
}

/** The names of keys have no case. An empty list is as good as none. */
function find(context: Context, key: string): string | string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found?.[1].length === 0 ? undefined : found?.[1];
}

/** A wildcard does not reach from one of an ARN's six parts into the next. */
function isArnLike(pattern: string, value: string): boolean {
  if (pattern === '*') return true;
  const [patterns, values] = [toParts(pattern), toParts(value)];
  return (
    patterns.length === values.length &&
    patterns.every((part, index) => isLike(part, values[index] ?? ''))
  );
}

/** The last part may have colons of its own. */
function toParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** `*` stands for any text and `?` for any character; all else for itself. */
function isLike(pattern: string, value: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(value);
}
