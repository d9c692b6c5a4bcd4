/** Reads the body of a request, within bounds: nothing of it is looked at before it is known to be harmless. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from './problem.ts';

/** The longest sensible request, a schedule of fourteen windows, has 2 KB. */
const bytesMax = 16 * 1024;
/** A schedule is four deep. */
const depthMax = 8;

/** Undefined if there is none. */
export function readJson(event: APIGatewayProxyEventV2): unknown {
  const bytes = readBytes(event);
  if (!bytes.byteLength) return undefined;
  checkType(event, 'application/json');
  const text = toText(bytes);
  if (toDepth(text) > depthMax)
    throw new Problem(400, `Nest at most ${depthMax} objects and lists into each other.`);
  try {
    return JSON.parse(text, refuseProto) as unknown;
  } catch {
    throw new Problem(400, 'The body is not JSON: mend it, or leave it out if none is asked for.');
  }
}

/** Every byte as it was sent: that is what a signature is of. */
export function readForm(event: APIGatewayProxyEventV2): Buffer {
  const bytes = readBytes(event);
  checkType(event, 'application/x-www-form-urlencoded');
  return bytes;
}

/** API Gateway hands JSON on as text, and a form in base64. */
function readBytes({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > bytesMax)
    throw new Problem(413, `Send at most ${bytesMax} bytes; these are ${bytes.byteLength}.`);
  return bytes;
}

function checkType({ headers }: APIGatewayProxyEventV2, wanted: string): void {
  const [type = '', charset = 'charset=utf-8', ...more] = (headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const isUtf8 = /^charset="?utf-8"?$/.test(charset) && !more.length;
  if (type !== wanted || !isUtf8 || headers['content-encoding'] !== undefined)
    throw new Problem(415, `Send ${wanted} in UTF-8, not compressed.`);
}

function toText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem(415, 'The body is not UTF-8.');
  }
}

/** A text of JSON's, though it has no end: or each quote in it would be searched for its own once more. */
const quoted = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)/g;

/** How deep brackets are nested; those in texts don't count. */
function toDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.replace(quoted, '').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Nobody sends such a key in earnest. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Error('__proto__ is no key');
  return value;
}
