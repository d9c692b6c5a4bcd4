/** The packaged functions behind API Gateway as played here: what a person does with curl, and what a crook sends. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { isAlive } from '../../local/ec2/instances.ts';
import { makeToken, setPower } from '../../local/world-route.ts';
import { packageDir } from '../../scripts/package-dir.ts';
import { slackSecret, toCommand } from '../http/slack.ts';

let aws: LocalAws;
let token: string;
const lines: string[] = [];
/** So long Slack waits for what a slash command says. */
const slackMaxMs = 3_000;

beforeAll(async () => {
  aws = await startLocalAws({
    packageDir,
    speed: 30,
    port: 0,
    seed: 1,
    onLog: (line) => lines.push(line),
    onFailed: ({ responsePayload }) => lines.push(`local: ${responsePayload.errorMessage}`),
  });
  token = aws.pump.change(() => {
    setPower(aws.world, aws.config, 'off');
    return makeToken(aws.world, aws.config);
  });
});

afterAll(() => aws.stop());

const ask = (path: string, init: RequestInit = {}) => {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return fetch(`${aws.api.url}${path}`, { ...init, headers });
};

/** Word for word, as no client would send it; answers all that came back. */
async function sendRaw(head: string[], body = ''): Promise<string> {
  const { hostname, port } = new URL(aws.api.url);
  const socket = connect(Number(port), hostname);
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('a person starts it and waits until it serves', async () => {
  const started = await ask('/start', { method: 'POST' });
  expect([started.status, await started.json()]).toMatchObject([202, { state: 'starting' }]);
  let status = { state: '' };
  for (let polls = 0; status.state !== 'serving' && polls < 60; polls++)
    status = (await (await ask('/status?wait=20')).json()) as typeof status;
  expect(status).toMatchObject({ state: 'serving', server: { serving: true } });
});

test('a user is added, and the server lets them in', async () => {
  const added = await ask('/users', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'add-alice-1' },
    body: JSON.stringify({ name: 'alice' }),
  });
  expect(added.status).toBe(201);
  const { password } = (await added.json()) as { password: string };
  let isApplied = false;
  const deadline = aws.world.timers.now + 5 * 60_000;
  while (!isApplied && aws.world.timers.now < deadline) {
    const { users } = (await (await ask('/users')).json()) as { users: { applied: boolean }[] };
    isApplied = users[0]?.applied ?? false;
  }
  expect(isApplied).toBe(true);
  const profile = await ask('/users/alice/profile?for=ubuntu');
  expect(await profile.text()).toContain(password);
  expect(lines.join()).not.toContain(password);
  expect(lines.join()).not.toContain(token);
});

test('a slash command is answered before Slack gives up, once', async () => {
  aws.pump.change(() =>
    aws.world.call('ssm', 'PutParameter', {
      Name: '/perennial/home/slack-signing',
      Type: 'SecureString',
      Value: slackSecret,
    }),
  );
  const command = { method: 'POST', ...toCommand({ text: 'status', at: aws.clock.now() }) };
  const send = () =>
    fetch(`${aws.api.url}/slack/command`, { ...command, signal: AbortSignal.timeout(slackMaxMs) });
  const answer = await send();
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      response_type: 'ephemeral',
      text: expect.stringMatching(/^\*vpn\.example\.org is on, and serves\*\nt3a?\.\w+ in /),
    },
  ]);
  expect((await send()).status).toBe(409);
});

test('who guesses tokens is told of in Slack, once', async () => {
  const told = () => aws.slack.messages.filter(({ text }) => text.includes('wrong tokens'));
  const first = new Promise<void>((resolve) => {
    aws.slack.onMessage(({ text }) => text.includes('wrong tokens') && resolve());
  });
  // From another address, so that the tests' own is not slowed down.
  const guess = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: 'Bearer a-guess' };
      request(`${aws.api.url}/users`, { localAddress: '127.0.0.2', headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end();
    });
  const statuses = new Set<number | undefined>();
  for (let count = 0; count < 12; count++) statuses.add(await guess());
  expect(statuses).toEqual(new Set([401, 429]));
  await first;
  expect(told().map(({ text }) => text)).toEqual([
    expect.stringMatching(/^vpn\.example\.org: .*\n\d+ since .*, from 127\.0\.0\.2\n/),
  ]);
});

test('it turns itself off once nobody has used it, though somebody stays connected', async () => {
  const { sessions } = (await (await ask('/status')).json()) as { sessions: number };
  expect(sessions).toBe(1);
  const asked = await ask('/stop', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ afterIdleMinutes: 5 }),
  });
  expect([asked.status, await asked.json()]).toMatchObject([
    202,
    { power: { wanted: 'on', idleMinutes: 5 } },
  ]);
  const alive = () => [...aws.world.instances.values()].filter(isAlive).length;
  await expect.poll(alive, { interval: 200, timeout: 50_000 }).toBe(0);
  expect(await (await ask('/status?wait=20')).json()).toMatchObject({
    state: 'off',
    power: { wanted: 'off', why: 'Nobody used it' },
  });
  const { entries } = (await (await ask('/journal')).json()) as { entries: { kind: string }[] };
  expect(entries.map(({ kind }) => kind)).toContain('idling');
});

describe('a crook', () => {
  const head = (...more: string[]) => ['GET /users HTTP/1.1', 'Host: a', ...more];
  const bearer = () => `Authorization: Bearer ${token}`;
  const post = 'POST /stop HTTP/1.1';

  test.each<[string, () => string[], string, string]>([
    ['two tokens', () => head(bearer(), 'Authorization: Bearer x', 'Connection: close'), '', '401'],
    [
      'a token hidden in another header',
      () => head(`X-Auth: ${token}`, 'Connection: close'),
      '',
      '401',
    ],
    ['a header folded onto two lines', () => head('Authorization: Bearer', ` ${token}`), '', '400'],
    ['a header name with a blank', () => head('Authorization : Bearer x'), '', '400'],
    ['a bare line feed in a header', () => head(`X: a\nAuthorization: Bearer ${token}`), '', '400'],
    ['a null byte in a header', () => head('X: a\u0000b'), '', '400'],
    [
      'two lengths',
      () => [post, 'Host: a', bearer(), 'Content-Length: 0', 'Content-Length: 5'],
      'hello',
      '400',
    ],
    [
      'a length and chunks',
      () => [post, 'Host: a', bearer(), 'Content-Length: 5', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n',
      '400',
    ],
    [
      'chunks of a kind',
      () => [post, 'Host: a', bearer(), 'Transfer-Encoding: xchunked'],
      '0\r\n\r\n',
      '400',
    ],
    [
      'a path that climbs',
      () => ['GET /users/../status HTTP/1.1', 'Host: a', bearer(), 'Connection: close'],
      '',
      '404',
    ],
    [
      'a path with its climb encoded',
      () => ['GET /users/%2e%2e%2fstatus HTTP/1.1', 'Host: a', bearer(), 'Connection: close'],
      '',
      '404',
    ],
    [
      'a path that ends in a null byte',
      () => ['GET /status%00 HTTP/1.1', 'Host: a', bearer(), 'Connection: close'],
      '',
      '404',
    ],
    [
      'a path in broken UTF-8',
      () => ['GET /%ff HTTP/1.1', 'Host: a', 'Connection: close'],
      '',
      '400',
    ],
    [
      'another method by a header',
      () => head(bearer(), 'X-HTTP-Method-Override: DELETE', 'Connection: close'),
      '',
      '200',
    ],
  ])('who sends %s', async (_, toHead, body, status) => {
    const power = aws.world.parameters.get('/perennial/home/state/desired')?.versions.at(-1)?.value;
    const answer = await sendRaw(toHead(), body);
    expect(answer.split(' ')[1]).toBe(status);
    expect(aws.world.parameters.get('/perennial/home/state/desired')?.versions.at(-1)?.value).toBe(
      power,
    );
  });

  test('who replays what he has recorded has no second secret', async () => {
    const again = await ask('/users', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'add-alice-1' },
      body: JSON.stringify({ name: 'alice' }),
    });
    expect(again.status).toBe(409);
    expect(await again.text()).not.toMatch(/password|privateKey/);
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded', 'name=eve', 415],
    ['UTF-16', 'application/json', Buffer.from('{"name":"eve"}', 'utf16le'), 400],
    ['Latin-1', 'application/json', Buffer.from('{"name":"é"}', 'latin1'), 422],
    ['a megabyte', 'application/json', Buffer.alloc(1_000_000, ' '), 413],
    ['seven megabytes', 'application/json', Buffer.alloc(7_000_000, ' '), 413],
    ['brackets without end', 'application/json', '['.repeat(10_000), 400],
  ])('who posts %s', async (_, type, body, status) => {
    const init = { method: 'POST', headers: { 'content-type': type }, body };
    expect((await ask('/users', init)).status).toBe(status);
  });
});

test('no function has failed on any of it', () => {
  expect(aws.slack.messages.filter(({ text }) => text.includes('wrong tokens'))).toHaveLength(1);
  expect(lines.filter((line) => /"level":"error"|Invoke Error|^local:/.test(line))).toEqual([]);
});
