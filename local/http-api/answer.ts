/** What API Gateway makes of a function's answer, in the forms that payload format 2.0 allows. */

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
}

/** An answer of API Gateway's own. */
export function toGatewayAnswer(status: number, message: string): HttpAnswer {
  return toJson(status, JSON.stringify({ message }));
}

/** `value` is what the function returned, read from its JSON. */
export function toHttpAnswer(value: unknown): HttpAnswer {
  if (!isObject(value) || value.statusCode === undefined)
    return toJson(200, typeof value === 'string' ? value : JSON.stringify(value ?? null));
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded } = value;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return malformed;
  if (!isObject(headers) || !Array.isArray(cookies) || typeof body !== 'string') return malformed;
  const named = Object.entries(headers).map(([name, one]) => [name.toLowerCase(), String(one)]);
  return {
    status,
    headers: {
      'content-type': 'text/plain;charset=utf-8',
      ...Object.fromEntries(named.filter(([name = '']) => !ownHeaders.has(name))),
    },
    cookies: cookies.map(String),
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

/** They are the gateway's to set. */
const ownHeaders = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

const malformed = toGatewayAnswer(500, 'Internal Server Error');

function toJson(status: number, body: string): HttpAnswer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, cookies: [], body: Buffer.from(body) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
