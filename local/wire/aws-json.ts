/** The JSON protocol of SSM, EventBridge and others: the operation in a header, times as seconds since 1970. */
import { AwsFault } from '../fault.ts';
import type { Service } from './messages.ts';
import type { Protocol } from './protocol.ts';
import {
  type Member,
  type Operation,
  operationsOf,
  type Scalar,
  type Shape,
  type Structure,
} from './schema.ts';
import { fieldsOf, findMissing, fromText, type Step, toDate, toText } from './values.ts';

const contentType = 'application/x-amz-json-1.1';

/** `target` is the service's name in the header X-Amz-Target. */
export function toAwsJson(service: Service, target: string): Protocol {
  return {
    decode(request, body) {
      const [prefix, name = ''] = (request.headers['x-amz-target'] ?? '').split('.');
      const operation = operationsOf(service).get(name);
      if (prefix !== target || !operation) throw new AwsFault('UnknownOperationException', '');
      const input = readJson(operation.input, body);
      refuseLacking(operation.input, input);
      return { operation, input };
    },

    encode(operation, output) {
      const body = encodeJson(operation, output);
      return { status: 200, headers: { 'content-type': contentType }, body };
    },

    encodeFault({ code, message, status }) {
      return {
        status,
        headers: { 'content-type': contentType, 'x-amzn-errortype': code },
        body: JSON.stringify({ __type: code, message }),
      };
    },
  };
}

export function encodeJson({ name, output: shape }: Operation, output: object): string {
  return JSON.stringify(write(shape, output, name));
}

export function readJson(shape: Structure, body: string): object {
  return read(shape, parse(body)) as object;
}

export function refuseLacking(shape: Structure, input: object): void {
  const missing = findMissing(shape, input);
  if (missing.length > 0) throw lacking(missing);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsFault('SerializationException', 'The request body is not JSON.');
  }
}

/** Members that the model does not have are passed over, as AWS does; null is as good as absent. */
function read(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'structure': {
      const given = toEntries(value);
      const fields = shape.members.flatMap(({ name, shape: inner }) =>
        given.has(name) ? [[name, read(inner, given.get(name))]] : [],
      );
      return Object.fromEntries(fields);
    }
    case 'list':
      if (!Array.isArray(value)) throw unexpected(value, 'List');
      return value.map((item) => read(shape.item, item));
    case 'map':
      return Object.fromEntries(
        [...toEntries(value)].map(([key, item]) => [key, read(shape.value, item)]),
      );
    default:
      return readScalar(shape, value);
  }
}

function toEntries(value: unknown): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unexpected(value, 'Map');
  return new Map(Object.entries(value).filter(([, field]) => field !== null));
}

function readScalar(shape: Scalar, value: unknown): unknown {
  const read = toScalar(shape, value);
  if (read === undefined) throw unexpected(value, capitalized(shape.kind));
  return read;
}

function toScalar(shape: Scalar, value: unknown): unknown {
  switch (shape.kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === shape.kind ? value : undefined;
    case 'timestamp':
      return typeof value === 'number' ? toDate(Math.round(value * 1000)) : undefined;
    case 'blob':
      return typeof value === 'string' ? fromText(shape, value) : undefined;
    default:
      return shape.kind satisfies never;
  }
}

function capitalized(kind: string): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

function unexpected(value: unknown, wanted: string): AwsFault {
  const found = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
  const message = `${found.toUpperCase()}_VALUE can not be converted to a ${wanted}`;
  return new AwsFault('SerializationException', message);
}

/** All at once, in the words of AWS's validation: `parameterFilters.1.member.key`. */
function lacking(missing: Step[][]): AwsFault {
  const each = missing.map(
    (path) =>
      `Value null at '${toPath(path)}' failed to satisfy constraint: Member must not be null`,
  );
  const count = `${each.length} validation error${each.length > 1 ? 's' : ''} detected`;
  return new AwsFault('ValidationException', `${count}: ${each.join('; ')}`);
}

function toPath(path: Step[]): string {
  const toWord = ({ name }: Member) => name.charAt(0).toLowerCase() + name.slice(1);
  return path.map((step) => (typeof step === 'object' ? toWord(step) : `${step}.member`)).join('.');
}

function write(shape: Shape, value: unknown, where: string): unknown {
  switch (shape.kind) {
    case 'structure':
      return Object.fromEntries(
        fieldsOf(shape.members, value, where).map(([{ name, shape: inner }, field]) => [
          name,
          write(inner, field, `${where}.${name}`),
        ]),
      );
    case 'list':
      if (!Array.isArray(value)) throw new Error(`${where} should be a list`);
      return value.map((item, index) => write(shape.item, item, `${where}.${index}`));
    case 'map':
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [
          key,
          write(shape.value, item, `${where}.${key}`),
        ]),
      );
    default:
      return writeScalar(shape, value, where);
  }
}

function writeScalar(shape: Scalar, value: unknown, where: string): unknown {
  const text = toText(shape, value, where);
  if (shape.kind === 'timestamp') return (value as Date).getTime() / 1000;
  return shape.kind === 'blob' ? text : value;
}
