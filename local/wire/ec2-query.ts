/** EC2's own protocol: form-encoded calls with dotted keys (`Filter.1.Value.1`), answered in XML. */
import { AwsFault } from '../fault.ts';
import type { WireRequest } from './messages.ts';
import type { Protocol } from './protocol.ts';
import { type List, nothing, operationsOf, type Shape, type Structure } from './schema.ts';
import { findMissing, fromText, type Step } from './values.ts';
import { declaration, element, escapeXml, toXml } from './xml.ts';

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const headers = { 'content-type': 'text/xml;charset=UTF-8' };

export const ec2Query: Protocol = {
  decode(request, body) {
    const parameters = toParameters(request, body);
    const operation = toOperation(parameters.get('Action'));
    parameters.delete('Action');
    parameters.delete('Version');
    const input = readStructure(operation.input, toTree(parameters), '');
    const [missing] = findMissing(operation.input, input);
    if (missing) throw lacking(toKey(missing));
    return { operation, input };
  },

  encode({ name, output: shape }, output, requestId) {
    const content = shape === nothing ? '<return>true</return>' : toXml(shape, output, name);
    const id = element('requestId', requestId);
    return {
      status: 200,
      headers,
      body: declaration + element(`${name}Response`, id + content, namespace),
    };
  },

  encodeFault({ code, message, status }, requestId) {
    const error = element('Code', escapeXml(code)) + element('Message', escapeXml(message));
    const errors = element('Errors', element('Error', error));
    return {
      status,
      headers,
      body: declaration + element('Response', errors + element('RequestID', requestId)),
    };
  },
};

/** EC2 takes its parameters from the URL as well as from the body. */
function toParameters(request: WireRequest, body: string): Map<string, string> {
  return new Map([...request.query, ...new URLSearchParams(body)]);
}

function toOperation(action: string | undefined) {
  if (!action) throw new AwsFault('MissingAction', 'The request must contain the parameter Action');
  const operation = operationsOf('ec2').get(action);
  if (operation) return operation;
  throw new AwsFault('InvalidAction', `The action ${action} is not valid for this web service.`);
}

interface Node {
  text?: string;
  children: Map<string, Node>;
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

function read(shape: Shape, node: Node, key: string): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, node, key);
    case 'list':
      return readList(shape, node, key);
    case 'map':
      throw new Error(`${key} is a map, which EC2 does not have`);
    default: {
      if (node.text === undefined || node.children.size > 0) throw unrecognized(key);
      const value = fromText(shape, node.text);
      if (value !== undefined) return value;
      const why = `Value (${node.text}) for parameter ${key} is invalid. Expecting a ${shape.kind}.`;
      throw new AwsFault('InvalidParameterValue', why);
    }
  }
}

function readStructure(shape: Structure, node: Node, key: string): object {
  if (node.text !== undefined) throw unrecognized(key);
  const fields = [...node.children].map(([part, child]) => {
    const inner = key ? `${key}.${part}` : part;
    const member = shape.members.find(({ queryName }) => queryName === part);
    if (!member) throw unrecognized(inner);
    return [member.name, read(member.shape, child, inner)];
  });
  return Object.fromEntries(fields);
}

/** Items come in the order of their numbers, whatever numbers are left out. */
function readList(shape: List, node: Node, key: string): unknown[] {
  const parts = [...node.children.keys()];
  const odd = parts.find((part) => !/^[1-9]\d*$/.test(part));
  if (node.text !== undefined || odd !== undefined) throw unrecognized(key);
  return [...node.children]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([part, child]) => read(shape.item, child, `${key}.${part}`));
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
