/** Form-encoded calls with dotted keys (`Filter.1.Value.1`), as EC2 and AWS's older services take them. */
import { AwsFault } from '../fault.ts';
import type { WireRequest } from './messages.ts';
import type { Decoded } from './protocol.ts';
import type { List, Operation, Shape, Structure } from './schema.ts';
import { findMissing, fromText, type Step } from './values.ts';

/** `itemKey` stands between a list and the numbers of its items; EC2 has none. Throws an AwsFault. */
export function decodeQuery(
  request: WireRequest,
  body: string,
  operations: ReadonlyMap<string, Operation>,
  itemKey: string | null,
): Decoded {
  const parameters = toParameters(request, body);
  const operation = toOperation(operations, parameters.get('Action'));
  parameters.delete('Action');
  parameters.delete('Version');
  const reader = { itemKey };
  const input = readStructure(reader, operation.input, toTree(parameters), '');
  const [missing] = findMissing(operation.input, input);
  if (missing) throw lacking(toKey(missing));
  return { operation, input };
}

/** They take their parameters from the URL as well as from the body. */
function toParameters(request: WireRequest, body: string): Map<string, string> {
  return new Map([...request.query, ...new URLSearchParams(body)]);
}

function toOperation(operations: ReadonlyMap<string, Operation>, action: string | undefined) {
  if (!action) throw new AwsFault('MissingAction', 'The request must contain the parameter Action');
  const operation = operations.get(action);
  if (operation) return operation;
  throw new AwsFault('InvalidAction', `The action ${action} is not valid for this web service.`);
}

interface Node {
  text?: string;
  children: Map<string, Node>;
}

interface Reader {
  itemKey: string | null;
}

/** Hangs every value at its dotted key. */
function toTree(parameters: Map<string, string>): Node {
  const root: Node = { children: new Map() };
  for (const [key, text] of parameters) {
    let node = root;
    for (const part of key.split('.')) {
      const next = node.children.get(part) ?? { children: new Map() };
      node.children.set(part, next);
      node = next;
    }
    node.text = text;
  }
  return root;
}

function read(reader: Reader, shape: Shape, node: Node, key: string): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(reader, shape, node, key);
    case 'list':
      return readList(reader, shape, node, key);
    case 'map':
      throw new Error(`${key} is a map, which no call here has`);
    default: {
      if (node.text === undefined || node.children.size > 0) throw unrecognized(key);
      const value = fromText(shape, node.text);
      if (value !== undefined) return value;
      const why = `Value (${node.text}) for parameter ${key} is invalid. Expecting a ${shape.kind}.`;
      throw new AwsFault('InvalidParameterValue', why);
    }
  }
}

function readStructure(reader: Reader, shape: Structure, node: Node, key: string): object {
  if (node.text !== undefined) throw unrecognized(key);
  const fields = [...node.children].map(([part, child]) => {
    const inner = key ? `${key}.${part}` : part;
    const member = shape.members.find(({ queryName }) => queryName === part);
    if (!member) throw unrecognized(inner);
    return [member.name, read(reader, member.shape, child, inner)];
  });
  return Object.fromEntries(fields);
}

/** Items come in the order of their numbers, whatever numbers are left out. */
function readList(reader: Reader, shape: List, list: Node, key: string): unknown[] {
  const { itemKey } = reader;
  const node = itemKey === null ? list : (list.children.get(itemKey) ?? list);
  const parts = [...node.children.keys()];
  const odd = parts.find((part) => !/^[1-9]\d*$/.test(part));
  if (node.text !== undefined || odd !== undefined) throw unrecognized(key);
  return [...node.children]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([part, child]) => read(reader, shape.item, child, `${key}.${part}`));
}

function toKey(path: Step[]): string {
  return path.map((step) => (typeof step === 'object' ? step.queryName : step)).join('.');
}

function lacking(key: string): AwsFault {
  return new AwsFault('MissingParameter', `The request must contain the parameter ${key}`);
}

function unrecognized(key: string): AwsFault {
  return new AwsFault('UnknownParameter', `The parameter ${key} is not recognized`);
}
