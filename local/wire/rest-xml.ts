/** Route 53's protocol: the operation in method and path, XML in both directions. */
import { AwsFault } from '../fault.ts';
import { readBindings } from './bindings.ts';
import type { Protocol } from './protocol.ts';
import { findRoute } from './routes.ts';
import type { List, Member, Operation, Scalar, Shape, Structure } from './schema.ts';
import { fieldsOf, findMissing, fromText, type Step, toText } from './values.ts';
import { declaration, type Element, element, parseXml, toErrorXml, toXml } from './xml.ts';

const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/';
const headers = { 'content-type': 'text/xml' };

export const restXml: Protocol = {
  decode(request, body) {
    const found = findRoute('route53', request.method, request.path);
    if (!found) throw new AwsFault('UnknownOperationException', '', 404);
    const { operation, labels } = found;
    const input = {
      ...readBody(operation, body),
      ...readBindings(operation, request, labels, readScalar),
    };
    const [missing] = findMissing(operation.input, input);
    if (missing) throw incomplete(missing, operation.input.name);
    return { operation, input };
  },

  encode({ name, output: shape, route }, output) {
    const content = toXml(shape, output, name);
    return {
      status: route?.status ?? 200,
      headers: { ...headers, ...toHeaders(shape, output) },
      body: declaration + element(shape.name, content, namespace),
    };
  },

  /** InvalidChangeBatch too: recorded answers have it in this form, whatever the model says. */
  encodeFault(fault, requestId) {
    const body = toErrorXml(fault) + element('RequestId', requestId);
    return {
      status: fault.status,
      headers,
      body: declaration + element('ErrorResponse', body, namespace),
    };
  },
};

function toHeaders(shape: Structure, output: object): Record<string, string> {
  const bound = fieldsOf(shape.members, output, shape.name).flatMap(([member, value]) =>
    member.place.kind === 'header'
      ? [[member.place.key, toText(member.shape as Scalar, value, member.name)]]
      : [],
  );
  return Object.fromEntries(bound);
}

/** An empty body counts as one that says nothing: clients send none when every member is optional. */
function readBody({ input }: Operation, body: string): object {
  const members = input.members.filter(({ place }) => place.kind === 'body');
  if (members.length === 0 || body === '') return {};
  const root = parseXml(body);
  if (!root) throw malformed('Could not parse XML');
  if (root.name !== input.name)
    throw malformed(`${root.name} is not valid, expected ${input.name}`);
  return readStructure(members, root);
}

function read(shape: Shape, source: Element): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape.members, source);
    case 'list':
      return readList(shape, source);
    case 'map':
      throw new Error(`${source.name} is a map, which Route 53 does not have`);
    default:
      if (source.children[0]) throw unexpected(source.children[0], []);
      return readScalar(shape, source.text, source.name);
  }
}

function readStructure(members: readonly Member[], source: Element): object {
  if (source.text.trim()) throw malformed('Unexpected text');
  const fields = source.children.map((child, index) => {
    const member = members.find(({ xmlName }) => xmlName === child.name);
    const again = source.children.findIndex(({ name }) => name === child.name) < index;
    if (!member || again) throw unexpected(child, members);
    return [member.name, read(member.shape, child)];
  });
  return Object.fromEntries(fields);
}

/** An empty list is refused, as by Route 53. */
function readList({ item, itemName }: List, source: Element): unknown[] {
  if (source.text.trim()) throw malformed('Unexpected text');
  if (source.children.length === 0) throw malformed('Unexpected list element termination');
  return source.children.map((child) => {
    if (child.name !== itemName) throw unexpected(child, [{ xmlName: itemName }]);
    return read(item, child);
  });
}

function readScalar(shape: Shape, text: string, name: string): unknown {
  const value = fromText(shape as Scalar, text);
  if (value !== undefined) return value;
  const why = `'${text}' is not a valid value of ${name}, expected a ${shape.kind}`;
  throw invalid(`cvc-datatype-valid.1.2.1: ${why}.`);
}

type Named = Pick<Member, 'xmlName'>;

function unexpected({ name }: Element, wanted: readonly Named[]): AwsFault {
  const why = `Invalid content was found starting with element '${name}'.`;
  return invalid(`cvc-complex-type.2.4.a: ${why} ${oneOf(wanted)}`);
}

function incomplete(path: Step[], root: string): AwsFault {
  const [missing, ...within] = path.toReversed();
  const why = `The content of element '${toElementName(within, root)}' is not complete.`;
  return invalid(`cvc-complex-type.2.4.b: ${why} ${oneOf([missing as Member])}`);
}

/** Innermost step first: an item of a list is called as the list says. */
function toElementName([step, outer]: Step[], root: string): string {
  if (typeof step === 'object') return step.xmlName;
  return typeof outer === 'object' && outer.shape.kind === 'list' ? outer.shape.itemName : root;
}

function oneOf(wanted: readonly Named[]): string {
  const names = wanted.map(({ xmlName }) => `"${namespace}":${xmlName}`);
  return `One of '{${names.join(', ')}}' is expected.`;
}

function invalid(why: string): AwsFault {
  return new AwsFault('InvalidInput', `Invalid XML ; ${why}`);
}

function malformed(why: string): AwsFault {
  return new AwsFault('MalformedInput', why);
}
