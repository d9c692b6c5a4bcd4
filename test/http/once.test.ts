/** Requests with an Idempotency-Key: done once, however often and in whatever order they come. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { bakedImageId } from '../../local/world.ts';
import { toRequests } from '../../shared/adapters/access.ts';
import { once } from '../../shared/http/once.ts';
import { desire, setStage } from '../stage.ts';
import { tellStory } from '../telling.ts';
import { operations } from './contract.ts';
import { type HttpStage, setHttpStage } from './stage.ts';

const headers = { 'idempotency-key': 'a-key-of-my-own' };
const dayMs = 24 * 60 * 60_000;

let stage: HttpStage;
beforeEach(() => {
  stage = setHttpStage();
  desire(stage.world, { power: 'off', imageId: bakedImageId });
});
const wait = (ms: number) => stage.world.timers.advance(stage.world.timers.now + ms);
const version = async () =>
  ((await stage.ask('GET', '/users')).body as { users: { version: number }[] }).users[0]?.version;
const keys = () =>
  [...stage.world.parameters.keys()].filter((name) => name.includes('/api/requests/'));

test('a user is added once, and the secrets are not shown again', async () => {
  const sent = { headers, body: { name: 'alice' } };
  const first = await stage.ask('POST', '/users', sent);
  const second = await stage.ask('POST', '/users', sent);
  expect([first.status, second.status]).toEqual([201, 409]);
  expect(JSON.stringify(second.body)).toMatch(/done at .*not shown again.*rotate/);
  const { password } = first.body as { password: string };
  expect(
    JSON.stringify([...stage.world.parameters].filter(([name]) => name.includes('/api/'))),
  ).not.toContain(password);
});

test('a rotation is done once', async () => {
  await stage.ask('POST', '/users', { body: { name: 'alice' } });
  for (const status of [200, 409, 409])
    expect((await stage.ask('POST', '/users/alice/rotate', { headers })).status).toBe(status);
  expect(await version()).toBe(2);
});

test('a start that comes again late does not undo the stop in between', async () => {
  await stage.ask('POST', '/start', { headers });
  await stage.ask('POST', '/stop');
  const again = await stage.ask('POST', '/start', { headers });
  expect(again).toMatchObject({ status: 202, body: { power: { wanted: 'off' } } });
});

test('a key stands for one request only', async () => {
  await stage.ask('POST', '/start', { headers });
  expect((await stage.ask('POST', '/stop', { headers })).status).toBe(422);
  const body = { until: '2027-01-01T00:00:00Z' };
  expect((await stage.ask('POST', '/start', { headers, body })).status).toBe(422);
});

test('a day later it may stand for another', async () => {
  await stage.ask('POST', '/start', { headers });
  wait(dayMs - 1);
  expect((await stage.ask('POST', '/stop', { headers })).status).toBe(422);
  wait(1);
  expect((await stage.ask('POST', '/stop', { headers })).status).toBe(202);
});

test('what was refused may be tried again with the same key', async () => {
  const bad = { headers, body: { name: 'Alice' } };
  expect((await stage.ask('POST', '/users', bad)).status).toBe(422);
  expect(keys()).toEqual([]);
  const good = { headers, body: { name: 'alice' } };
  expect((await stage.ask('POST', '/users', good)).status).toBe(201);
});

test('what has died on the way may be tried again after a minute', async () => {
  await stage.ask('POST', '/start', { headers });
  const [name = ''] = keys();
  const record = stage.world.parameters.get(name)?.versions.at(-1);
  if (record) record.value = record.value.replace('true', 'false');
  const early = await stage.ask('POST', '/start', { headers });
  expect(early.status).toBe(409);
  expect(Number(early.headers.get('retry-after'))).toBe(60);
  wait(60_000);
  expect((await stage.ask('POST', '/start', { headers })).status).toBe(202);
});

test('every POST but Slack’s takes one, and then is done once', async () => {
  stage = setHttpStage(await tellStory());
  const posts = operations.filter(({ method, open, path }) => {
    return method === 'POST' && !open && path !== '/slack/command';
  });
  expect(posts.length).toBeGreaterThan(5);
  const bodies: Record<string, object> = { '/users': { name: 'alice' } };
  // Whoever is rotated has to be there first, and a server that is drilled before it is stopped.
  const rank = ({ path }: { path: string }) => ['/users', '/drill'].toReversed().indexOf(path);
  const inOrder = posts.toSorted((a, b) => rank(b) - rank(a));
  for (const { path } of inOrder) {
    const key = `once-${path.replace(/\W/g, '-')}-1`;
    const sent = { headers: { 'idempotency-key': key }, body: bodies[path] };
    const target = path.replace('{user}', 'alice');
    const first = await stage.ask('POST', target, sent);
    expect(first.status, path).toBeLessThan(300);
    const writes = () => stage.asked.filter(({ operation }) => operation === 'PutParameter').length;
    const before = writes();
    const again = await stage.ask('POST', target, sent);
    expect([202, 409], path).toContain(again.status);
    // The claim that it does not get.
    expect(writes() - before, path).toBe(1);
  }
});

test('old keys are swept away by new ones', async () => {
  await stage.ask('POST', '/start', { headers });
  wait(dayMs + 1);
  await stage.ask('POST', '/stop', { headers: { 'idempotency-key': 'another-key' } });
  expect(keys()).toHaveLength(1);
});

test.each(['short', 'with blanks in it', 'a'.repeat(65), '../../token', 'a,b,c,d,e', ''])(
  'is not %j',
  async (key) => {
    const sent = { headers: { 'idempotency-key': key } };
    expect((await stage.ask('POST', '/start', sent)).status).toBe(400);
    expect(keys()).toEqual([]);
  },
);

test('says nothing about requests that change nothing, or the same each time', async () => {
  for (const _ of [1, 2]) expect((await stage.ask('GET', '/users', { headers })).status).toBe(200);
  expect(keys()).toEqual([]);
});

describe('at the same time', () => {
  test('one of them does it, in whatever order their calls come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (s, isOld) => {
        const { world, config } = setStage();
        const event = { headers, rawPath: '/rotate' } as never;
        const direct = toRequests(toDirectClients(toCall(world)), config);
        const start = world.timers.now;
        if (isOld)
          await once(direct, event, {}, start, { handle: async () => 0, again: undefined });
        const now = start + (isOld ? dayMs : 0);
        const requests = toRequests(toDirectClients(s.scheduleFunction(toCall(world))), config);
        let done = 0;
        const handle = s.scheduleFunction(async () => ++done);
        const all = [1, 2, 3].map(() =>
          once(requests, event, {}, now, { handle, again: undefined }).catch(() => 'refused'),
        );
        const answers = await s.waitFor(Promise.all(all));
        expect(answers.filter((answer) => answer !== 'refused')).toEqual([1]);
        expect(done).toBe(1);
      }),
      { numRuns: 300 },
    );
  });
});
