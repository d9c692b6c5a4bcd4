/** docs/configuration.md, made of serverless.yml and of the schemas by which perennial.yml is judged. */
import { parse } from 'yaml';
import { environment as ofBake } from '../../shared/bake/config.ts';
import { environment as ofLoop } from '../../shared/config.ts';
import { environment as ofDyndns } from '../../shared/dyndns/config.ts';
import { environment as ofTelling } from '../../shared/tell/config.ts';
import { logDaysRule } from '../settings-faults.ts';
import { toDefault } from './settings.ts';

interface Service {
  custom: Record<string, string>;
  functions: Record<string, { environment: Record<string, unknown> }>;
  resources: { Parameters: Record<string, Parameter> };
}

interface Parameter {
  Default: string;
  AllowedValues?: string[];
  ConstraintDescription?: string;
}

const head = `# Configuration

What \`perennial.yml\` may have, one line each, like \`cap: 0.004\`. \`npx vpn init\` writes seven of them;
\`npx vpn deploy\` makes changes hold. All faults are said at once, before anything is deployed.

People's wishes (on, off, until when, by the week, which image) are no configuration: they change at any time, and stand in
[\`state/desired\`](state.md).

<!-- made of serverless.yml and the schemas by: npm run docs:configuration -->
`;

export function toConfigurationDocs(text: string): string {
  const service = parse(text, { logLevel: 'silent', merge: true }) as Service;
  const words = readWords(text);
  const rows = Object.entries(service.custom).map(([key, variable]) => {
    const rules = toRules(key, service);
    const { what = '', usual = '' } = words.get(key) ?? {};
    const holds = toDefault(variable);
    if (usual !== holds && !holds.includes('${'))
      throw new Error(`At the head of serverless.yml ${key} is ${usual}, and below ${holds}`);
    return `| \`${key}\` | ${usual && `\`${usual}\``} | ${what} | ${rules.join('; ')} |`;
  });
  return [
    head,
    '| key | without it | what it is | what a wrong one is told |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

interface Words {
  usual: string;
  what: string;
}

/** `#   cap: 0.0052   # the most …`, and what goes on below. */
function readWords(text: string): Map<string, Words> {
  const words = new Map<string, Words>();
  let last: Words | null = null;
  for (const line of text.split('\n')) {
    const [, key, usual = '', what = ''] = /^# {3}(\w+):(?: (\S*))? +# (.*)$/.exec(line) ?? [];
    const [, more] = /^# {20,}# (.*)$/.exec(line) ?? [];
    if (key) {
      last = { usual, what };
      words.set(key, last);
    } else if (more && last) last.what += ` ${more}`;
  }
  return words;
}

/** What a value has to be, in the words of its fault. */
function toRules(key: string, { functions, resources }: Service): string[] {
  const variable = `\${self:custom.${key}}`;
  const names = Object.values(functions).flatMap(({ environment }) =>
    Object.entries(environment)
      .filter(([, value]) => value === variable)
      .map(([name]) => name),
  );
  if (key === 'region') names.push('AWS_REGION');
  const schemas = [ofLoop, ofBake, ofDyndns, ofTelling] as unknown as Schema[];
  const ofFunctions = names.flatMap((name) => schemas.flatMap((one) => toMessages(one, name)));
  const ofTemplate = Object.values(resources.Parameters)
    .filter((parameter) => parameter.Default === variable)
    .flatMap(({ ConstraintDescription }) => ConstraintDescription ?? []);
  const ofOsls = key === 'logRetentionDays' ? [logDaysRule] : [];
  return [...new Set([...ofFunctions, ...ofTemplate, ...ofOsls])];
}

/** Of valibot's schemas and what stands in their pipes: whatever can say what is wrong. */
interface Schema {
  type: string;
  message?: unknown;
  pipe?: Schema[];
  entries?: Record<string, Schema>;
  item?: Schema;
  wrapped?: Schema;
}

/** `name` alone of a schema of variables. */
function toMessages(schema: Schema, name: string): string[] {
  const [object] = [...(schema.pipe ?? []), schema].filter(({ entries }) => entries);
  const found = object?.entries?.[name];
  return found ? collect(found) : [];
}

function collect(schema: Schema): string[] {
  const { message, pipe = [], entries = {}, item, wrapped } = schema;
  const inner = [...pipe.filter((one) => one !== schema), ...Object.values(entries), item, wrapped];
  return [
    ...(typeof message === 'string' ? [message] : []),
    ...inner.flatMap((one) => (one ? collect(one) : [])),
  ];
}
