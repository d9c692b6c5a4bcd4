/** What API Gateway makes of a request: the event of payload format 2.0. */
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export interface EventContext {
  account: string;
  region: string;
  apiId: string;
  routeKey: string;
  pathParameters: Record<string, string>;
  stageVariables: Record<string, string>;
  requestId: string;
  /** Epoch milliseconds. */
  now: number;
}

/**
 * The path as a function sees it: decoded, and cut off at a question mark that was hidden in it (seen on AWS:
 * github.com/middleapi/standard-server/pull/93). Null if it can't be decoded.
 */
export function toRawPath(target: string): string | null {
  const [path = ''] = target.split('?');
  try {
    return decodeURIComponent(path).split('?')[0] || '/';
  } catch {
    return null;
  }
}

export function toHttpEvent(
  incoming: IncomingMessage,
  body: Buffer,
  rawPath: string,
  context: EventContext,
): APIGatewayProxyEventV2 {
  const { headers, cookies } = toHeaders(incoming, body.byteLength);
  const rawQueryString = (incoming.url ?? '').split('?').slice(1).join('?');
  const { pathParameters, stageVariables, routeKey } = context;
  const isText = isTextual(headers['content-type']);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length && { cookies }),
    headers,
    ...(rawQueryString && { queryStringParameters: toQuery(rawQueryString) }),
    ...(Object.keys(pathParameters).length && { pathParameters }),
    ...(Object.keys(stageVariables).length && { stageVariables }),
    requestContext: toRequestContext(incoming, rawPath, context, headers['user-agent']),
    ...(body.byteLength && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.byteLength > 0 && !isText,
  };
}

/** Small letters, repeated ones joined; cookies apart; and what API Gateway adds itself. */
function toHeaders(incoming: IncomingMessage, bytes: number) {
  const { cookie, ...distinct } = incoming.headersDistinct;
  const sent = Object.fromEntries(
    Object.entries(distinct)
      .filter(([name]) => !hopByHop.has(name))
      .map(([name, values]) => [name, (values ?? []).join(',')]),
  );
  const forwarded = sent['x-forwarded-for'];
  const ip = toSourceIp(incoming);
  return {
    cookies: (cookie ?? []).flatMap((one) => one.split(/; */)).filter(Boolean),
    headers: {
      ...sent,
      'content-length': String(bytes),
      'x-forwarded-for': forwarded ? `${forwarded}, ${ip}` : ip,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    } as Record<string, string>,
  };
}

/** They are between a client and the next machine, and end there. */
const hopByHop = new Set(['connection', 'keep-alive', 'te', 'transfer-encoding', 'upgrade']);

function toSourceIp({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

/** All else comes in base64, a form and a body without a type too (github.com/ministackorg/ministack/pull/766). */
function isTextual(contentType = ''): boolean {
  return /^(text\/.*|application\/(json|xml|javascript))$/.test(
    (contentType.split(';')[0] ?? '').trim().toLowerCase(),
  );
}

function toQuery(rawQueryString: string): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(rawQueryString)) {
    const before = joined.get(key);
    joined.set(key, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

function toRequestContext(
  incoming: IncomingMessage,
  path: string,
  { account, region, apiId, routeKey, requestId, now }: EventContext,
  userAgent = '',
): APIGatewayProxyEventV2['requestContext'] {
  return {
    accountId: account,
    apiId,
    domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
    domainPrefix: apiId,
    http: {
      method: incoming.method ?? 'GET',
      path,
      protocol: `HTTP/${incoming.httpVersion}`,
      sourceIp: toSourceIp(incoming),
      userAgent,
    },
    requestId,
    routeKey,
    stage: '$default',
    time: toLogTime(now),
    timeEpoch: now,
  };
}

/** 12/Mar/2020:19:03:58 +0000 */
function toLogTime(at: number): string {
  const [, day, month, year, time] = new Date(at).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
