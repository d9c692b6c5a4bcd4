/** API Gateway on loopback: what functions are told, what becomes of their answers, and where its limits are. */
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpApi } from '../../local/http-api/stack.ts';
import { type HttpApiOptions, openHttpApi } from '../../local/http-api.ts';

interface Event {
  [key: string]: unknown;
  headers: Record<string, string>;
  requestContext: { [key: string]: unknown; http: Record<string, string> };
}

const route = (key: string, more = {}) => ({
  key,
  functionId: 'Echo',
  timeoutMs: 30_000,
  throttle: null,
  ...more,
});
const toApi = (...routes: HttpApi['routes']): HttpApi => ({
  logicalId: 'HttpApi',
  id: 'abc123',
  routes,
  stageVariables: {},
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (let cleanUp = cleanUps.pop(); cleanUp; cleanUp = cleanUps.pop()) await cleanUp();
});

const done = (value: unknown) => ({ kind: 'done' as const, value, durationMs: 1 });

/** Answers every event with itself, unless the test has another function. */
async function open(api: HttpApi, more: Partial<HttpApiOptions> = {}): Promise<string> {
  const invoke: HttpApiOptions['invoke'] = async (_, event) => done(event);
  const account = '123456789012';
  const door = await openHttpApi({ api, account, region: 'us-east-1', invoke, ...more });
  cleanUps.push(door.close);
  return door.url;
}

async function echo(path: string, init: RequestInit = {}, api = toApi(route('$default'))) {
  const response = await fetch(`${await open(api)}${path}`, init);
  return (await response.json()) as Event;
}

/** As no client would send it. Answers the whole response as it came. */
async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('the event', () => {
  test('has all of payload 2.0', async () => {
    const now = Date.UTC(2026, 10, 22, 5, 4, 3);
    const api = { ...toApi(route('$default')), stageVariables: { colour: 'blue' } };
    const response = await fetch(`${await open(api, { now: () => now })}/a//b?x=1&x=2&y=%C3%A9`, {
      method: 'POST',
      headers: { 'User-Agent': 'test/1', 'Content-Type': 'application/json', Cookie: 'a=1; b=2' },
      body: '{"ä":1}',
    });
    const event = (await response.json()) as Event;
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a//b',
      rawQueryString: 'x=1&x=2&y=%C3%A9',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2', y: 'é' },
      stageVariables: { colour: 'blue' },
      requestContext: {
        accountId: '123456789012',
        apiId: 'abc123',
        domainName: 'abc123.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'abc123',
        http: {
          method: 'POST',
          path: '/a//b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test/1',
        },
        routeKey: '$default',
        stage: '$default',
        time: '22/Nov/2026:05:04:03 +0000',
        timeEpoch: now,
      },
      body: '{"ä":1}',
      isBase64Encoded: false,
    });
    expect(event.headers).toMatchObject({
      'content-length': '8',
      'content-type': 'application/json',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event).not.toHaveProperty('pathParameters');
    expect(response.headers.get('apigw-requestid')).toBe(event.requestContext.requestId);
  });

  test('has no body and no query where there are none', async () => {
    const event = await echo('/');
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
    for (const key of ['body', 'queryStringParameters', 'cookies', 'stageVariables'])
      expect(event).not.toHaveProperty(key);
  });

  test.each([
    ['text/plain', false],
    ['Application/JSON; charset=utf-8', false],
    ['application/problem+json', true],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
  ])('a body of type %s is in base64: %s', async (type, inBase64) => {
    const event = await echo('/', {
      method: 'PUT',
      headers: { 'content-type': type },
      body: 'a=ü',
    });
    const body = inBase64 ? Buffer.from('a=ü').toString('base64') : 'a=ü';
    expect(event).toMatchObject({ body, isBase64Encoded: inBase64 });
  });

  test.each([
    ['/caf%C3%A9/a%2Fb', '/café/a/b'],
    ['/a%3Fb=c', '/a'],
  ])('the path %s comes as %s', async (sent, rawPath) => {
    expect(await echo(sent)).toMatchObject({ rawPath });
  });

  test('repeated headers are joined, names are in small letters, and who forwarded is kept', async () => {
    const url = await open(toApi(route('$default')));
    const answer = await sendRaw(
      url,
      'GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nx-one: 2\r\nAuthorization: Bearer a\r\n' +
        'Authorization: Bearer b\r\nX-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n\r\n',
    );
    const event = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as Event;
    expect(event.headers).toMatchObject({
      'x-one': '1,2',
      authorization: 'Bearer a,Bearer b',
      'x-forwarded-for': '9.9.9.9, 127.0.0.1',
    });
    expect(event.requestContext.http.sourceIp).toBe('127.0.0.1');
    expect(event.headers).not.toHaveProperty('connection');
  });
});

describe('a route', () => {
  const api = toApi(
    route('$default'),
    route('ANY /users/{proxy+}'),
    route('GET /users/{user}/profile'),
    route('POST /users/me/profile'),
  );
  test.each([
    ['GET', '/users/ann/profile', 'GET /users/{user}/profile', { user: 'ann' }],
    ['PUT', '/users/ann/profile', 'ANY /users/{proxy+}', { proxy: 'ann/profile' }],
    ['POST', '/users/me/profile', 'POST /users/me/profile', undefined],
    ['GET', '/users', '$default', undefined],
  ])('%s %s goes by %s', async (method, path, routeKey, pathParameters) => {
    const event = await echo(path, { method }, api);
    expect(event.routeKey).toBe(routeKey);
    expect(event.pathParameters).toEqual(pathParameters);
  });

  test('that is none answers 404', async () => {
    const response = await fetch(`${await open(toApi(route('GET /a')))}/b`);
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
  });
});

describe('the answer', () => {
  test.each<[string, unknown, number, string, string]>([
    ['a text', 'hello', 200, 'application/json', 'hello'],
    ['an object without a status', { a: 1 }, 200, 'application/json', '{"a":1}'],
    ['null', null, 200, 'application/json', 'null'],
    [
      'with status, type and body',
      { statusCode: 201, headers: { 'Content-Type': 'text/html' }, body: '<p>' },
      201,
      'text/html',
      '<p>',
    ],
    ['without a type', { statusCode: '404', body: 'no' }, 404, 'text/plain;charset=utf-8', 'no'],
    [
      'in base64',
      { statusCode: 200, body: Buffer.from('é').toString('base64'), isBase64Encoded: true },
      200,
      'text/plain;charset=utf-8',
      'é',
    ],
    [
      'with a status that is none',
      { statusCode: 42 },
      500,
      'application/json',
      '{"message":"Internal Server Error"}',
    ],
    [
      'with a header that would split the answer',
      { statusCode: 200, headers: { 'x-a': 'b\r\nx-c: d' } },
      500,
      'application/json',
      '{"message":"Internal Server Error"}',
    ],
  ])('%s', async (_, value, status, type, body) => {
    const url = await open(toApi(route('$default')), { invoke: async () => done(value) });
    const response = await fetch(url);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toBe(body);
    expect(response.headers.get('x-c')).toBeNull();
  });

  test('sets each cookie by a header of its own', async () => {
    const value = { statusCode: 204, cookies: ['a=1; Secure', 'b=2'] };
    const url = await open(toApi(route('$default')), { invoke: async () => done(value) });
    expect((await fetch(url)).headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2']);
  });

  test('of a function that fails is 500 and tells nothing', async () => {
    const invoke: HttpApiOptions['invoke'] = async () => ({
      kind: 'failed',
      errorType: 'Error',
      message: 'secret',
      durationMs: 1,
    });
    const response = await fetch(await open(toApi(route('$default')), { invoke }));
    expect([response.status, await response.text()]).toEqual([
      500,
      '{"message":"Internal Server Error"}',
    ]);
  });

  test('that does not come in time is 503', async () => {
    const invoke = () => new Promise<never>(() => {});
    const url = await open(toApi(route('$default', { timeoutMs: 20 })), { invoke });
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([
      503,
      { message: 'Service Unavailable' },
    ]);
  });
});

describe('limits', () => {
  test.each([
    ['a body over 10 MB', 10 * 1024 * 1024 + 1],
    ["a body that fills more than Lambda's 6 MB", 5 * 1024 * 1024],
  ])('%s is 413', async (_, bytes) => {
    const url = await open(toApi(route('$default')));
    const response = await fetch(url, { method: 'POST', body: new Uint8Array(bytes) });
    expect([response.status, await response.json()]).toEqual([
      413,
      { message: 'Request Entity Too Large' },
    ]);
  });

  test('headers over 10,240 bytes are 431', async () => {
    const url = await open(toApi(route('$default')));
    const response = await fetch(url, { headers: { 'x-long': 'a'.repeat(10_240) } });
    expect(response.status).toBe(431);
  });

  test('a path that can not be decoded is 400', async () => {
    const response = await fetch(`${await open(toApi(route('$default')))}/%E0%A4%A`);
    expect(response.status).toBe(400);
  });

  test('so many requests at once, and then so many a second: 429', async () => {
    let ms = 0;
    const throttle = { rate: 2, burst: 3 };
    const api = toApi(route('$default', { throttle }), route('GET /free'));
    const url = await open(api, { now: () => ms });
    const statuses = async (path: string, count: number) => {
      const all = Array.from({ length: count }, () => fetch(`${url}${path}`));
      return (await Promise.all(all)).map(({ status }) => status).toSorted((a, b) => a - b);
    };
    expect(await statuses('/', 5)).toEqual([200, 200, 200, 429, 429]);
    ms += 500;
    expect(await statuses('/', 2)).toEqual([200, 429]);
    ms += 60_000;
    expect(await statuses('/', 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses('/free', 5)).toEqual([200, 200, 200, 200, 200]);
  });

  test('a request that two servers could read in two ways reaches no function', async () => {
    let calls = 0;
    const invoke: HttpApiOptions['invoke'] = async () => done(++calls);
    const url = await open(toApi(route('$default')), { invoke });
    const smuggled =
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n';
    expect(await sendRaw(url, smuggled)).toMatch(/^HTTP\/1\.1 400 /);
    expect(calls).toBe(0);
  });
});
