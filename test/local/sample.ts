/** What an operation may be asked or answer, with a value in every member. */
import type { Shape } from '../../local/wire/schema.ts';

/** A value in every member, but for structures inside of themselves; text like markup, to try escaping. */
export function toSample(shape: Shape, within: Shape[] = []): unknown {
  switch (shape.kind) {
    case 'structure': {
      const members = shape.members.filter((member) => !within.includes(toInner(member.shape)));
      return Object.fromEntries(
        members.map((member) => [member.name, toSample(member.shape, [...within, shape])]),
      );
    }
    case 'list':
      return [toSample(shape.item, within), toSample(shape.item, within)];
    case 'map':
      return { 'a key': toSample(shape.value, within) };
    case 'string':
      return `a&b <c> "d" 'é' +%20`;
    case 'number':
      return 7;
    case 'boolean':
      return within.length % 2 === 0;
    case 'timestamp':
      return new Date('2026-11-22T05:00:00Z');
    case 'blob':
      return new Uint8Array([0, 255, 62]);
    default:
      return shape satisfies never;
  }
}

function toInner(shape: Shape): Shape {
  return shape.kind === 'list' ? toInner(shape.item) : shape;
}
