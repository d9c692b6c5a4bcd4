/** Resolves the intrinsic functions of a CloudFormation template, as a deployment would. */

export type Template = Record<
  'Parameters' | 'Mappings' | 'Conditions',
  Record<string, unknown> | undefined
> & { Resources: Record<string, Resource> };

export interface Resource {
  Type: string;
  Condition?: string;
  Properties?: Record<string, unknown>;
}

/** What `AWS::Region` and its kin stand for. */
export type Pseudo = Record<
  'Region' | 'AccountId' | 'Partition' | 'URLSuffix' | 'StackName',
  string
>;

/** The value of `Ref` (attribute 'Ref') or of an attribute; undefined if nobody knows. */
export type Lookup = (logicalId: string, attribute: string) => string | undefined;

export interface Resolver {
  /** The value with every intrinsic function in it replaced; `undefined` where AWS::NoValue stood. */
  value: (value: unknown) => unknown;
  condition: (name: string) => boolean;
}

/** Throws an Error that says what can't be resolved. */
export function toResolver(template: Template, lookup: Lookup, pseudo: Pseudo): Resolver {
  const scope = { template, lookup, pseudo };
  return {
    value(value) {
      const resolved = resolve(scope, value);
      return resolved === noValue ? undefined : resolved;
    },
    condition: (name) => judgeNamed(scope, name),
  };
}

interface Scope {
  template: Template;
  lookup: Lookup;
  pseudo: Pseudo;
}

type Intrinsic = (scope: Scope, argument: unknown) => unknown;

/** Stands for a property that is to be left out. */
const noValue = Symbol('AWS::NoValue');

const intrinsics: Record<string, Intrinsic> = {
  Ref: (scope, argument) => ref(scope, toText(argument, 'Ref')),
  'Fn::GetAtt': (scope, argument) => getAtt(scope, argument),
  'Fn::Sub': (scope, argument) => sub(scope, argument),
  'Fn::Join': (scope, argument) => {
    const [glue, parts] = toArray(resolve(scope, argument), 'Fn::Join', 2);
    return toArray(parts, 'Fn::Join').map(toScalar).join(toText(glue, 'Fn::Join'));
  },
  'Fn::If': (scope, argument) => {
    const [name, yes, no] = toArray(argument, 'Fn::If', 3);
    return resolve(scope, judgeNamed(scope, toText(name, 'Fn::If')) ? yes : no);
  },
  'Fn::Select': (scope, argument) => {
    const [index, list] = toArray(resolve(scope, argument), 'Fn::Select', 2);
    const chosen = toArray(list, 'Fn::Select')[Number(index)];
    return chosen ?? fail(`Fn::Select finds nothing at ${toScalar(index)}`);
  },
  'Fn::Split': (scope, argument) => {
    const [glue, text] = toArray(resolve(scope, argument), 'Fn::Split', 2);
    return toText(text, 'Fn::Split').split(toText(glue, 'Fn::Split'));
  },
  'Fn::Base64': (scope, argument) =>
    Buffer.from(toText(resolve(scope, argument), 'Fn::Base64')).toString('base64'),
  'Fn::FindInMap': (scope, argument) => {
    const keys = toArray(resolve(scope, argument), 'Fn::FindInMap', 3).map(toScalar);
    const found = keys.reduce<unknown>(child, scope.template.Mappings);
    return found ?? fail(`Fn::FindInMap finds nothing at ${keys.join('.')}`);
  },
};

function resolve(scope: Scope, value: unknown): unknown {
  if (typeof value === 'string' && value.includes('{{resolve:'))
    return fail(`it has a dynamic reference, which is not known here: ${value}`);
  if (Array.isArray(value))
    return value.map((element) => resolve(scope, element)).filter((element) => element !== noValue);
  if (!isObject(value)) return value;
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
  if (more.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const intrinsic = intrinsics[name] ?? fail(`it uses ${name}, which is not known here`);
    return intrinsic(scope, argument);
  }
  const resolved = Object.entries(value).map(([key, inner]) => [key, resolve(scope, inner)]);
  return Object.fromEntries(resolved.filter(([, inner]) => inner !== noValue));
}

function ref(scope: Scope, name: string): unknown {
  if (name === 'AWS::NoValue') return noValue;
  if (name.startsWith('AWS::'))
    return (
      child(scope.pseudo, name.slice('AWS::'.length)) ??
      fail(`the pseudo parameter ${name} is not known here`)
    );
  return scope.lookup(name, 'Ref') ?? parameter(scope, name) ?? unresolved(scope, name, 'Ref');
}

/** A parameter of an SSM type has a parameter's *name* as its default: that is for the lookup to know. */
function parameter({ template }: Scope, name: string): unknown {
  const { Type, Default } = (template.Parameters?.[name] ?? {}) as Record<string, unknown>;
  return typeof Type === 'string' && !Type.startsWith('AWS::SSM::') ? Default : undefined;
}

/** Both forms: `["Role", "Arn"]` and `"Role.Arn"`. */
function getAtt(scope: Scope, argument: unknown): string {
  const parts =
    typeof argument === 'string' ? argument.split('.') : toArray(argument, 'Fn::GetAtt');
  const [name, ...rest] = parts.map((part) => toText(part, 'Fn::GetAtt'));
  const attribute = rest.join('.');
  if (!name || !attribute) return fail('Fn::GetAtt takes a resource and an attribute');
  return scope.lookup(name, attribute) ?? unresolved(scope, name, attribute);
}

/** `${Name}`, `${Name.Attribute}`, `${AWS::Region}`, a name of its own, and `${!Literal}`. */
function sub(scope: Scope, argument: unknown): string {
  const [text, names = {}] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  const own = resolve(scope, names);
  return toText(text, 'Fn::Sub').replace(/\$\{(!?)([^}]*)\}/g, (_, literal, name: string) => {
    if (literal) return `\${${name}}`;
    return toScalar(
      child(own, name) ?? (name.includes('.') ? getAtt(scope, name) : ref(scope, name)),
    );
  });
}

function unresolved({ template }: Scope, name: string, attribute: string): never {
  const what = template.Resources[name]?.Type ?? 'which the template does not have';
  return fail(`nothing tells ${attribute} of ${name} (${what})`);
}

const conditions: Record<string, (scope: Scope, argument: unknown) => boolean> = {
  Condition: (scope, argument) => judgeNamed(scope, toText(argument, 'Condition')),
  'Fn::Equals': (scope, argument) => {
    const [one, other] = toArray(resolve(scope, argument), 'Fn::Equals', 2);
    return toScalar(one) === toScalar(other);
  },
  'Fn::And': (scope, argument) => toArray(argument, 'Fn::And').every((rule) => judge(scope, rule)),
  'Fn::Or': (scope, argument) => toArray(argument, 'Fn::Or').some((rule) => judge(scope, rule)),
  'Fn::Not': (scope, argument) => !judge(scope, toArray(argument, 'Fn::Not', 1)[0]),
};

function judgeNamed(scope: Scope, name: string): boolean {
  const rule = scope.template.Conditions?.[name];
  return rule === undefined ? fail(`there is no condition ${name}`) : judge(scope, rule);
}

function judge(scope: Scope, rule: unknown): boolean {
  const [[name, argument] = ['', undefined]] = isObject(rule) ? Object.entries(rule) : [];
  const condition = conditions[name] ?? fail(`${JSON.stringify(rule)} is no known condition`);
  return condition(scope, argument);
}

function toText(value: unknown, where: string): string {
  return typeof value === 'string'
    ? value
    : fail(`${where} takes a text, not ${JSON.stringify(value)}`);
}

function toScalar(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value)
    ? String(value)
    : fail(`${JSON.stringify(value)} can't stand in a text`);
}

function toArray(value: unknown, where: string, length?: number): unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length))
    return fail(`${where} takes a list${length ? ` of ${length}` : ''}`);
  return value;
}

function child(map: unknown, key: string): unknown {
  return isObject(map) && Object.hasOwn(map, key) ? map[key] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(why: string): never {
  throw new Error(why);
}
