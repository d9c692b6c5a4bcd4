/** What JSON Schemas are put together of. */

export type Schema = Record<string, unknown>;

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** Every property is there, unless it is named as optional. */
export function closed(properties: Record<string, Schema>, optional: string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return {
    type: 'object',
    properties,
    ...(required.length && { required }),
    additionalProperties: false,
  };
}

export function listOf(items: Schema, more: Schema = {}): Schema {
  return { type: 'array', items, ...more };
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}
