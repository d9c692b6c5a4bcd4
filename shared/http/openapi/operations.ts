/** How operations are described: what each takes and answers, and what all of them may refuse. */
import type { refusals } from './refusals.ts';
import { userName } from './schemas.ts';
import { ref } from './shapes.ts';

type Json = Record<string, unknown>;

export const refuse = (name: keyof typeof refusals) => ({ $ref: `#/components/responses/${name}` });

/** What any operation that asks for a token may answer besides its own. */
export const always = {
  400: refuse('Malformed'),
  401: refuse('Unauthorized'),
  429: refuse('TooMany'),
  500: refuse('Broken'),
  503: refuse('Unavailable'),
};
export const withBody = {
  413: refuse('TooLarge'),
  415: refuse('WrongType'),
  422: refuse('NotAsked'),
};
export const noUser = { 404: refuse('NoUser') };
export const conflict = { 409: refuse('InTheWay') };

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same request with the same key is done once within 24 hours.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$' },
};
export const user = { name: 'user', in: 'path', required: true, schema: userName };
export const query = (name: string, schema: Json, description: string) => ({
  name,
  in: 'query',
  description,
  schema,
});

/** A header that Slack sends. */
export function signed(name: string, pattern: string) {
  return { name, in: 'header', required: true, schema: { type: 'string', pattern } };
}

/** What can be done with the user that an answer tells of. */
export function toUserLinks(operations: string[]) {
  const parameters = { user: '$response.body#/user' };
  return Object.fromEntries(
    operations.map((operationId) => [operationId, { operationId, parameters }]),
  );
}

export function answer(schema: string, description: string) {
  return { description, content: { 'application/json': { schema: ref(schema) } } };
}

/** An answer with secrets in it, which nobody may keep on the way. */
export function shown(schema: string, headers: Json = {}) {
  const cacheControl = { schema: { const: 'no-store' }, required: true };
  const description = 'Done. Keep the secrets: they are not shown again.';
  return { ...answer(schema, description), headers: { 'Cache-Control': cacheControl, ...headers } };
}

export function read(
  operationId: string,
  summary: string,
  schema: string,
  { parameters, more = {} }: { parameters?: Json[]; more?: Json } = {},
) {
  const responses = { 200: answer(schema, 'As it is now.'), ...more, ...always };
  return { operationId, summary, ...(parameters && { parameters }), responses };
}

export function act(
  operationId: string,
  summary: string,
  schema: string | null,
  responses: Json,
  required = false,
) {
  return {
    operationId,
    summary,
    parameters: [idempotencyKey],
    ...(schema && { requestBody: body(schema, required) }),
    responses: { ...responses, ...always, ...withBody, ...conflict },
  };
}

export function body(schema: string, required: boolean) {
  return { required, content: { 'application/json': { schema: ref(schema) } } };
}

/** An operation that needs no token. */
export function open(operationId: string, summary: string, ok: Json) {
  return { operationId, summary, security: [], responses: { 200: ok, 500: refuse('Broken') } };
}
