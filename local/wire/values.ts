/** Turns single values into text and back, and looks for what an input leaves out. */
import type { Member, Scalar, Shape } from './schema.ts';

const numberForm = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** The value that a text stands for; undefined when it stands for none of this kind. */
export function fromText({ kind }: Scalar, text: string): unknown {
  switch (kind) {
    case 'string':
      return text;
    case 'number':
      return numberForm.test(text) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' || (text === 'false' ? false : undefined);
    case 'timestamp':
      return timeForm.test(text) ? toDate(Date.parse(text)) : undefined;
    case 'blob':
      return new Uint8Array(Buffer.from(text, 'base64'));
    default:
      return kind satisfies never;
  }
}

/** Throws an Error, not a fault, when the value is of another kind: then a service of ours is wrong. */
export function toText({ kind }: Scalar, value: unknown, where: string): string {
  if (kind === 'timestamp' && value instanceof Date && !Number.isNaN(value.getTime()))
    return value.toISOString();
  if (kind === 'blob' && value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (kind === 'number' && Number.isFinite(value)) return String(value);
  if ((kind === 'string' || kind === 'boolean') && typeof value === kind) return String(value);
  throw new Error(`${where} should be a ${kind}, but the service answers ${String(value)}`);
}

export function toDate(epochMs: number): Date | undefined {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The members of a structure that an answer has, in the model's order; throws at what the model lacks. */
export function fieldsOf(
  members: readonly Member[],
  value: unknown,
  where: string,
): [Member, unknown][] {
  if (typeof value !== 'object' || value === null)
    throw new Error(`${where} should be an object, but the service answers ${String(value)}`);
  const given = value as Record<string, unknown>;
  const unknown = Object.keys(given).find((key) => !members.some(({ name }) => name === key));
  if (unknown !== undefined)
    throw new Error(`${where}.${unknown} is answered, but AWS's model has no such member`);
  return members
    .filter((member) => isGiven(given[member.name], member, where))
    .map((member) => [member, given[member.name]]);
}

function isGiven(value: unknown, { name, required }: Member, where: string): boolean {
  const given = value !== undefined && value !== null;
  if (required && !given) throw new Error(`${where}.${name} is required, but not answered`);
  return given;
}

/** A member, a place in a list (from 1), or a key of a map. */
export type Step = Member | number | string;

/** The way to every required member that an input leaves out. */
export function findMissing(shape: Shape, value: unknown, path: readonly Step[] = []): Step[][] {
  switch (shape.kind) {
    case 'structure':
      return shape.members.flatMap((member) => {
        const field = (value as Record<string, unknown>)[member.name];
        if (field === undefined) return member.required ? [[...path, member]] : [];
        return findMissing(member.shape, field, [...path, member]);
      });
    case 'list':
      return (value as unknown[]).flatMap((item, index) =>
        findMissing(shape.item, item, [...path, index + 1]),
      );
    case 'map':
      return Object.entries(value as object).flatMap(([key, item]) =>
        findMissing(shape.value, item, [...path, key]),
      );
    default:
      return [];
  }
}
