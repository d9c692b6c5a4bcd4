/** Holds answers against the API's contract, and the contract against what was tried. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openapi } from '../../shared/http/openapi.ts';

interface Described {
  $ref?: string;
  content?: Record<string, { schema: object }>;
  headers?: Record<string, { required?: boolean; schema: object }>;
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  open: boolean;
  responses: Record<string, Described>;
}

/** What came back; `body` is read from JSON, if it is JSON. */
export interface Came {
  status: number;
  headers: Headers;
  body: unknown;
}

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

type PathItem = Partial<
  Record<(typeof methods)[number], { operationId: string; security?: []; responses: object }>
>;

export const operations: Operation[] = Object.entries(openapi.paths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const operation = (item as PathItem)[method];
    if (!operation) return [];
    const { operationId: id, security, responses } = operation;
    const open = security?.length === 0;
    const described = responses as Operation['responses'];
    return [{ id, method: method.toUpperCase(), path, open, responses: described }];
  }),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'contract', ...openapi });

/** What an answer has that the contract does not, in sentences. */
export function toBreaches(operation: Operation, { status, headers, body }: Came): string[] {
  const where = `${operation.id} answers ${status}`;
  const described = operation.responses[String(status)];
  if (!described) return [`${where}, which it does not say`];
  const { content = {}, headers: wanted = {} } = resolve(described);
  const type = headers.get('content-type')?.split(';')[0] ?? null;
  const schema = type === null ? undefined : content[type]?.schema;
  const ofHeaders = Object.entries(wanted).flatMap(([name, header]) => {
    const value = headers.get(name);
    if (value === null) return header.required ? [`${where} without ${name}`] : [];
    return check(header.schema, /^\d+$/.test(value) ? Number(value) : value, `${where}: ${name}`);
  });
  if (type === null)
    return Object.keys(content).length ? [`${where} without a body`, ...ofHeaders] : ofHeaders;
  if (!schema) return [`${where} as ${type}, which it does not say`];
  return [...check(schema, body, where), ...ofHeaders];
}

function resolve(described: Described): Described {
  const name = described.$ref?.split('/').at(-1);
  return name
    ? ((openapi.components.responses as Record<string, Described>)[name] ?? {})
    : described;
}

function check(schema: object, value: unknown, where: string): string[] {
  const inDocument = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')) as object;
  const validate = ajv.compile(inDocument);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${where}: ${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
