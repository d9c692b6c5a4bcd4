/** The XML that AWS speaks: a small strict parser, and a writer of answers. */
import type { AwsFault } from '../fault.ts';
import type { Shape } from './schema.ts';
import { fieldsOf, toText } from './values.ts';

export interface Element {
  name: string;
  children: Element[];
  text: string;
}

export const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

const comment = /<!--[\s\S]*?-->/;
// The only attributes in requests to AWS are namespaces; a DTD or CDATA is never sent, and refused.
const tag =
  /<(?<end>\/?)(?<name>[A-Za-z_][\w.-]*)(\s+xmlns(:\w+)?\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>/;
const token = new RegExp(`${comment.source}|${tag.source}|(?<text>[^<]+)`, 'y');
const prolog = /^\s*(<\?xml[^?]*\?>)?/;
const entity = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));|&/g;
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const named = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The root element, or null when the text is not one well-formed document. */
export function parseXml(xml: string): Element | null {
  const top: Element = { name: '', children: [], text: '' };
  const open = [top];
  token.lastIndex = prolog.exec(xml)?.[0].length ?? 0;
  while (token.lastIndex < xml.length) {
    const match = token.exec(xml);
    if (!match || !take(match.groups ?? {}, open)) return null;
  }
  const [root] = top.children;
  return root && open.length === 1 && top.children.length === 1 && !top.text.trim() ? root : null;
}

/** Takes one token; false when it can't stand here. */
function take(groups: Record<string, string | undefined>, open: Element[]): boolean {
  const { end, name, empty, text } = groups;
  const parent = open.at(-1);
  if (!parent) return false;
  if (text !== undefined) {
    const plain = toPlain(text);
    parent.text += plain ?? '';
    return plain !== null;
  }
  if (name === undefined) return true; // a comment
  if (end) return !empty && open.pop()?.name === name;
  const element = { name, children: [], text: '' };
  parent.children.push(element);
  if (!empty) open.push(element);
  return true;
}

function toPlain(text: string): string | null {
  if (text.search(notXml) >= 0) return null;
  let sound = true;
  const plain = text.replace(/\r\n?/g, '\n').replace(entity, (_, hex, decimal, name) => {
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    const numbered = code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    const character = name ? named.get(name) : numbered;
    sound &&= character !== undefined && character.search(notXml) < 0;
    return character ?? '';
  });
  return sound ? plain : null;
}

const names = new Map([...named].map(([name, character]) => [character, name]));
// Line ends too: a parser would make \n of \r.
const escapes = /[&<>"'\r\n\u0085\u2028]/g;

/** Characters that XML can't carry at all become U+FFFD, or no client could read the answer. */
export function escapeXml(text: string): string {
  return text.replace(notXml, '\uFFFD').replace(escapes, (character) => {
    const name = names.get(character) ?? `#x${character.charCodeAt(0).toString(16)}`;
    return `&${name};`;
  });
}

/** What stands between an element's tags for a value of this shape; members that headers carry stay out. */
export function toXml(shape: Shape, value: unknown, where: string): string {
  switch (shape.kind) {
    case 'structure':
      return fieldsOf(shape.members, value, where)
        .filter(([member]) => member.place.kind === 'body')
        .map(([{ name, xmlName, shape: inner }, field]) =>
          element(xmlName, toXml(inner, field, `${where}.${name}`)),
        )
        .join('');
    case 'list':
      if (!Array.isArray(value)) throw new Error(`${where} should be a list`);
      return value
        .map((item, index) => element(shape.itemName, toXml(shape.item, item, `${where}.${index}`)))
        .join('');
    case 'map':
      return Object.entries(value as object)
        .map(([key, item]) => {
          const inner = toXml(shape.value, item, `${where}.${key}`);
          return element('entry', element('key', escapeXml(key)) + element('value', inner));
        })
        .join('');
    default:
      return escapeXml(toText(shape, value, where));
  }
}

/** As all of them but EC2 and S3 say what went wrong. */
export function toErrorXml({ code, message, status }: AwsFault): string {
  const type = element('Type', status < 500 ? 'Sender' : 'Receiver');
  const why = element('Code', escapeXml(code)) + element('Message', escapeXml(message));
  return element('Error', type + why);
}

/** The content is XML already. */
export function element(name: string, content: string, namespace?: string): string {
  const start = namespace ? `${name} xmlns="${namespace}"` : name;
  return content === '' ? `<${start}/>` : `<${start}>${content}</${name}>`;
}
