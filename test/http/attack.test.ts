/** What somebody tries who has read the source: to look like another, to write lines of the log, to be kept by a cache. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { tellStory } from '../telling.ts';
import { operations } from './contract.ts';
import { type HttpStage, setHttpStage } from './stage.ts';

let stage: HttpStage;
beforeEach(() => {
  stage = setHttpStage();
});

const evil = 'evil.example';
/** Where proxies say whom they speak for, and what they were asked for. */
const claims = {
  host: evil,
  'x-forwarded-host': evil,
  'x-original-url': `https://${evil}/users`,
  'x-rewrite-url': '/users',
  'x-http-method-override': 'DELETE',
  forwarded: `for=127.0.0.1;host=${evil}`,
  'x-forwarded-proto': 'http',
};

test('no answer repeats a host that a request claims, or does what its headers claim', async () => {
  stage = setHttpStage(await tellStory());
  await stage.ask('POST', '/users', { body: { name: 'alice' }, headers: claims });
  for (const { method, path } of operations.filter((one) => one.method === 'GET')) {
    const target = path.replace('{user}', 'alice').replace(/profile$/, 'profile?for=ios');
    const { status, headers, body } = await stage.ask(method, target, { headers: claims });
    expect(JSON.stringify([...headers, body])).not.toContain(evil);
    expect([200, 404], `${method} ${target}`).toContain(status);
  }
  const { users } = (await stage.ask('GET', '/users')).body as { users: object[] };
  expect(users).toHaveLength(1);
});

test('guesses count for the address that they come from, whatever address they claim', async () => {
  const guess = (count: number) =>
    stage.ask('GET', '/users', {
      token: 'A'.repeat(43),
      sourceIp: '203.0.113.5',
      headers: { 'x-forwarded-for': `198.51.100.${count}`, 'x-real-ip': `198.51.100.${count}` },
    });
  const statuses = [];
  for (let count = 1; count <= 5; count++) statuses.push((await guess(count)).status);
  expect(statuses).toEqual([401, 401, 401, 401, 429]);
  const { sources } = JSON.parse(stage.parameter('api/attempts') ?? '') as { sources: object };
  expect(Object.keys(sources)).toEqual(['203.0.113.5']);
});

test('how long a wrong token is, or how much of it is right, makes no other call and no other answer', async () => {
  const { token } = stage;
  const wrong = [
    'a',
    token.slice(0, -1),
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    'b'.repeat(200),
    'c'.repeat(5_000),
  ];
  const answers = new Set<string>();
  const calls = new Set<string>();
  for (const [index, one] of wrong.entries()) {
    stage.asked.length = 0;
    // Each from an address of its own, since all are counted.
    const came = await stage.ask('GET', '/users', { token: one, sourceIp: `203.0.113.${index}` });
    answers.add(JSON.stringify([came.status, [...came.headers], came.body]));
    calls.add(stage.asked.map(({ operation }) => operation).join());
  }
  expect(answers.size).toBe(1);
  expect(calls.size).toBe(1);
});

describe('the log', () => {
  const paths = [
    '/a\n{"level":"error"}',
    '/\r\nINFO: all is well',
    '/\u2028x',
    '/\u001b[2J',
    '/"},{"a":"',
    '/\\',
  ];
  test.each(paths)('has one line for %j, and that is JSON', async (path) => {
    await stage.ask('GET', path);
    expect(stage.lines).toHaveLength(1);
    const [line = ''] = stage.lines;
    expect(line.split(/[\r\n]/)).toHaveLength(1);
    expect(JSON.parse(line)).toMatchObject({ level: 'info', status: 404 });
  });

  test('is well-formed whatever is asked for', async () => {
    const path = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => `/${text}`);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'G\nET'), path, async (method, target) => {
        stage.lines.length = 0;
        const { status } = await stage.ask(method, target);
        expect(status).toBeLessThan(500);
        expect(stage.lines.join('').split(/\p{Cc}/u)).toHaveLength(1);
        expect(JSON.parse(stage.lines.join(''))).toMatchObject({ status });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a cache on the way', () => {
  test('keeps no answer but the contract and the page', async () => {
    stage = setHttpStage(await tellStory());
    await stage.ask('POST', '/users', { body: { name: 'alice' } });
    for (const { method, path, open } of operations) {
      const target = path.replace('{user}', 'alice').replace(/profile$/, 'profile?for=ios');
      for (const token of [stage.token, null]) {
        const { headers } = await stage.ask(method, target, { token });
        const kept = open && path === '/openapi.json' ? 'public, max-age=300' : 'no-store';
        expect(headers.get('cache-control'), `${method} ${path}`).toBe(kept);
      }
    }
  });

  test('is not told to keep what is wrong', async () => {
    for (const path of ['/nowhere', '/status?wait=x', '/openapi.json/x'])
      expect((await stage.ask('GET', path)).headers.get('cache-control')).toBe('no-store');
  });
});

describe('a name', () => {
  test.each([
    ['of letters that look like others', '\u0430lice'],
    ['with a mark that joins', 'alice\u0301'],
    ['with a blank of no width', 'ali\u200bce'],
    ['written from right to left', '\u202ealice'],
    ['in wide letters', '\uff41lice'],
    ['with half a character', 'alice\ud800'],
    ['with a null byte', 'alice\u0000'],
    ['with a line feed at its end', 'alice\n'],
    ['that grows in small letters', '\u0130'],
  ])('%s is none', async (_, name) => {
    expect((await stage.ask('POST', '/users', { body: { name } })).status).toBe(422);
    const asked = `/users/${encodeURIComponent(name.toWellFormed())}`;
    for (const target of [`/users/${name}`, asked])
      expect((await stage.ask('DELETE', target)).status).toBe(404);
    expect([...stage.world.parameters.keys()].filter((key) => key.includes('/users/'))).toEqual([]);
  });
});

test('what is wrong is said in words for people', async () => {
  const cases: [string, string, unknown, string][] = [
    ['POST', '/users', {}, '/name: is missing'],
    ['POST', '/users', [], '/name: is missing'],
    ['POST', '/users', 1, '/: is an object'],
    ['POST', '/users', { name: 'ann', admin: true }, '/admin: is not asked for here'],
    ['PUT', '/schedule', { timeZone: 'UTC', on: 'always' }, '/on: is a list'],
    ['GET', '/status?wiat=5', undefined, '?wiat: is not asked for here'],
    ['GET', '/status?wait=5&wait=6', undefined, '?wait: is given once'],
    ['GET', '/status?__proto__=1', undefined, '?__proto__: is not asked for here'],
    ['GET', '/users/alice/profile', undefined, '?for: is missing'],
  ];
  for (const [method, path, body, says] of cases) {
    const came = await stage.ask(method, path, { body });
    expect((came.body as { detail: string }).detail).toContain(says);
  }
});
