/** What every request meets: routes, the token, bounds on bodies, keys for doing things once. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { type HttpStage, setHttpStage } from './stage.ts';

let stage: HttpStage;
beforeEach(() => {
  stage = setHttpStage();
});
const wait = (ms: number) => stage.world.timers.advance(stage.world.timers.now + ms);
const statusOf = async (...asked: Parameters<HttpStage['ask']>) =>
  (await stage.ask(...asked)).status;

describe('a route', () => {
  test.each([
    ['GET', '/nowhere', 404, null],
    ['GET', '/status/', 404, null],
    ['GET', '//status', 404, null],
    ['GET', '/Status', 404, null],
    ['GET', '/users//rotate', 404, null],
    ['POST', '/status', 405, 'GET, HEAD'],
    ['PATCH', '/schedule', 405, 'GET, PUT, DELETE, HEAD'],
    ['TRACE', '/users', 405, 'GET, POST, HEAD'],
    ['OPTIONS', '/start', 405, 'POST'],
    ['GET', '/users/__proto__', 405, 'DELETE'],
  ])('%s %s is %i', async (method, path, status, allow) => {
    const came = await stage.ask(method, path);
    expect([came.status, came.headers.get('allow')]).toEqual([status, allow]);
  });

  test('answers HEAD like GET, without its body', async () => {
    const head = await stage.ask('HEAD', '/status');
    expect([head.status, head.body]).toEqual([200, undefined]);
  });

  test('lets no page of elsewhere do anything with an answer', async () => {
    for (const path of ['/health', '/nowhere']) {
      const { headers } = await stage.ask('GET', path, {
        headers: { origin: 'https://evil.example' },
      });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('the token', () => {
  test.each([
    ['none', {}],
    ['an empty one', { authorization: '' }],
  ])('%s costs nothing and is told what to send', async (_, headers) => {
    const came = await stage.ask('GET', '/status', { token: null, headers });
    expect(came.status).toBe(401);
    expect(came.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(stage.asked).toEqual([]);
  });

  test.each([
    ['another', () => 'Bearer QUxMIFlPVVIgQkFTRSBBUkUgQkVMT05HIFRPIFVTIQ'],
    ['the right one and more', (token: string) => `Bearer ${token}x`],
    ['the right one, cut off', (token: string) => `Bearer ${token.slice(0, -1)}`],
    ['two, joined by a gateway', (token: string) => `Bearer ${token},Bearer ${token}`],
    ['the right one as a password', (token: string) => `Basic ${btoa(`me:${token}`)}`],
    ['what is stored of it', () => `Bearer ${JSON.parse(stage.parameter('api/token') ?? '').hash}`],
    ['one that would be a huge text', () => `Bearer ${'a'.repeat(5_000)}`],
  ])('%s is wrong, and noted', async (_, toHeader) => {
    const headers = { authorization: toHeader(stage.token) };
    expect(await statusOf('GET', '/status', { headers })).toBe(401);
    expect(JSON.parse(stage.parameter('api/attempts') ?? '')).toMatchObject({
      all: { count: 1 },
      sources: { '198.51.100.9': { count: 1 } },
    });
    expect(stage.lines.join()).not.toContain(stage.token);
  });

  test('counts in any case of its scheme', async () => {
    const headers = { authorization: `bearer ${stage.token}` };
    expect(await statusOf('GET', '/users', { headers })).toBe(200);
  });

  test('does not count while none was made', async () => {
    stage.world.parameters.delete('/perennial/home/api/token');
    expect(await statusOf('GET', '/status')).toBe(401);
  });

  test('does not count once another was made', async () => {
    stage.world.call('ssm', 'PutParameter', {
      Name: '/perennial/home/api/token',
      Overwrite: true,
      Value: JSON.stringify({ salt: 'a'.repeat(22), hash: 'b'.repeat(43) }),
    });
    expect(await statusOf('GET', '/status')).toBe(401);
  });
});

describe('wrong tokens', () => {
  const guess = (sourceIp: string) =>
    stage.ask('GET', '/users', { token: 'A'.repeat(43), sourceIp });

  test('slow their source down, each twice as long, and nobody else', async () => {
    const waits: number[] = [];
    for (let round = 0; round < 15; round++) {
      expect((await guess('203.0.113.5')).status).toBe(401);
      const came = await stage.ask('GET', '/users', { sourceIp: '203.0.113.5' });
      const seconds = Number(came.headers.get('retry-after'));
      expect(came.status).toBe(seconds ? 429 : 200);
      waits.push(seconds);
      wait(seconds * 1_000);
    }
    expect(waits).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    expect(await statusOf('GET', '/users', { sourceIp: '203.0.113.6' })).toBe(200);
  });

  test('of many sources slow all guessing down, but not who has the right one', async () => {
    const statuses: number[] = [];
    for (let host = 1; host <= 40; host++) statuses.push((await guess(`203.0.113.${host}`)).status);
    expect(statuses.slice(0, 21)).toEqual(Array(21).fill(401));
    expect(statuses.slice(21)).toEqual(Array(19).fill(429));
    expect(await statusOf('GET', '/users', { sourceIp: '198.51.100.7' })).toBe(200);
    // What is refused unseen costs no write.
    const writes = stage.asked.filter(({ operation }) => operation === 'PutParameter');
    expect(writes).toHaveLength(21);
  });

  test('from whole networks of IPv6 are one source', async () => {
    for (let host = 1; host <= 4; host++) await guess(`2001:db8:1:2:${host}::1`);
    expect((await guess('2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await guess('2001:db8:1:3::1')).status).toBe(401);
  });

  test('are forgotten after a quiet hour', async () => {
    for (let round = 0; round < 3; round++) await guess('203.0.113.5');
    wait(61 * 60_000);
    await guess('203.0.113.5');
    expect(JSON.parse(stage.parameter('api/attempts') ?? '')).toMatchObject({ all: { count: 1 } });
  });

  test('fit into their parameter, however many addresses they come from', async () => {
    for (let host = 0; host < 300; host++) {
      await guess(`2001:db8:${host.toString(16)}:ffff:ffff:ffff:ffff:ffff`);
      wait(16 * 60_000 - 1);
    }
    expect(Buffer.byteLength(stage.parameter('api/attempts') ?? '')).toBeLessThan(4_096);
  });

  test('are counted anew where somebody has spoilt the count', async () => {
    stage.world.call('ssm', 'PutParameter', {
      Name: '/perennial/home/api/attempts',
      Type: 'String',
      Value: '{"all":7}',
    });
    expect((await guess('203.0.113.5')).status).toBe(401);
    expect(await statusOf('GET', '/users')).toBe(200);
  });
});

describe('a body', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const json = 'application/json';
  test.each<[string, number, string, Record<string, string>?]>([
    ['that is too large', 413, `"${'a'.repeat(16 * 1024)}"`],
    ['of another type', 415, '{}', { 'content-type': 'text/plain' }],
    ['without a type', 415, '{}', { 'content-type': '' }],
    ['of a type that only begins like JSON', 415, '{}', { 'content-type': `${json}x` }],
    ['in Latin-1, as it says', 415, '{}', { 'content-type': `${json}; charset=latin1` }],
    ['in UTF-16, as it says', 415, '{}', { 'content-type': `${json}; charset=utf-16` }],
    ['that is compressed', 415, '{}', { 'content-encoding': 'gzip' }],
    ['cut off', 400, '{"name":'],
    ['with two values', 400, '{} {}'],
    ['with a comma too many', 400, '{"a":1,}'],
    ['with a byte order mark', 400, '\ufeff{}'],
    ['that is blank', 400, '   '],
    ['of NaN', 400, 'NaN'],
    ['nested deeply', 400, deep(9)],
    ['nested absurdly deeply', 400, deep(8_000)],
    ['with a prototype', 400, '{"__proto__":{"admin":true}}'],
    ['with a prototype inside', 400, '{"on":[{"__proto__":null}]}'],
    ['with a constructor', 422, '{"constructor":{"prototype":{"admin":true}}}'],
    ['that is a number', 422, '1'],
    ['that begins many texts and ends none', 400, `"${'\\"'.repeat(8_000)}`],
    ['with brackets in a text, which are no nesting', 422, `"\\"${'['.repeat(20)}"`],
  ])('%s is %i', async (_, status, body, headers = {}) => {
    expect(await statusOf('POST', '/users', { body, headers })).toBe(status);
    expect({}).not.toHaveProperty('admin');
  });

  test.each([json, 'application/json;charset=utf-8', 'Application/JSON; charset="UTF-8"'])(
    'may be of type %s',
    async (type) => {
      const sent = { body: '{"name":"alice"}', headers: { 'content-type': type } };
      expect(await statusOf('POST', '/users', sent)).toBe(201);
    },
  );

  test('may be anything without the API falling over', async () => {
    const paths = ['/users', '/start', '/stop', '/drill', '/rotate', '/users/alice/rotate'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.jsonValue().map(String)),
        async (path, body) => {
          expect(await statusOf('POST', path, { body })).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what somebody has put in the wrong place stands in no log', () => {
  const secret = 'k7mq-x2np-9tzr-hw4c-e8ys-vb3d';
  test.each<[where: string, method: string, path: string, body?: unknown]>([
    ['a path', 'GET', `/${secret}`],
    ["a user's name in a path", 'DELETE', `/users/${secret}`],
    ['the name of a parameter', 'GET', `/status?${secret}=1`],
    ['one that is there twice', 'GET', `/status?${secret}=1&${secret}=2`],
    ['a body that is a text', 'POST', '/users', `"${secret}"`],
    ['the name of a field', 'POST', '/users', { [secret]: true }],
    ['a field', 'POST', '/users', { name: 'ann', publicKey: secret }],
  ])('%s', async (_, method, path, body) => {
    expect(await statusOf(method, path, { body })).toBeLessThan(500);
    expect(stage.lines).toHaveLength(1);
    expect(stage.lines.join()).not.toContain(secret);
  });

  test('but whose user it was does', async () => {
    await statusOf('DELETE', '/users/twenty-letters-name2');
    expect(stage.lines.join()).toContain('DELETE /users/twenty-letters-name2');
  });
});

describe('a failure', () => {
  test.each([
    ['ThrottlingException', 400, 503],
    ['InternalServerError', 500, 503],
    ['AccessDeniedException', 400, 500],
  ])(
    '%s of AWS is %i for us and %i for the caller, who learns nothing of it',
    async (code, s, status) => {
      stage.world.setFaults((_, operation) =>
        operation === 'DescribeInstances' ? new AwsFault(code, 'arn:aws:secret', s) : null,
      );
      const came = await stage.ask('GET', '/status');
      expect(came.status).toBe(status);
      expect(JSON.stringify(came.body)).not.toContain('arn:aws');
      expect(stage.lines.join()).toContain('"level":"error"');
    },
  );

  test('of a document that a person has spoilt is told in the log', async () => {
    stage.world.call('ssm', 'PutParameter', {
      Name: '/perennial/home/state/desired',
      Type: 'String',
      Value: '{"power":"maybe"}',
    });
    expect(await statusOf('GET', '/status')).toBe(500);
    expect(stage.lines.join()).toContain('power is');
  });
});
