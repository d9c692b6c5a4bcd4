/** Who may connect, by the API: secrets are shown once and stand nowhere else. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type HttpStage, setHttpStage } from './stage.ts';

let stage: HttpStage;
beforeEach(() => {
  stage = setHttpStage();
});

interface Shown {
  user: string;
  version: number;
  password: string;
  wireguard: { privateKey: string | null; presharedKey: string; config: string };
}

const add = async (body: object) => stage.ask('POST', '/users', { body });
const list = async () =>
  ((await stage.ask('GET', '/users')).body as { users: Record<string, unknown>[] }).users;

test('a user is added, listed, rotated and removed', async () => {
  const added = await add({ name: 'alice', expires: '2027-01-01T00:00:00Z' });
  expect(added.status).toBe(201);
  expect(added.headers.get('location')).toBe('/users/alice');
  expect(added.headers.get('cache-control')).toBe('no-store');
  const shown = added.body as Shown;
  expect(shown).toMatchObject({ user: 'alice', version: 1 });
  expect(shown.wireguard.config).toContain('Endpoint = vpn.example.org:51820');
  expect(shown.wireguard.config).toContain(`PrivateKey = ${shown.wireguard.privateKey}`);

  expect(await list()).toMatchObject([
    { name: 'alice', version: 1, expires: '2027-01-01T00:00:00.000Z', ownKey: false },
  ]);

  const body = { graceMinutes: 30 };
  const rotated = await stage.ask('POST', '/users/alice/rotate', { body });
  expect((rotated.body as Shown).password).not.toBe(shown.password);
  expect(await list()).toMatchObject([{ version: 2, grace: { version: 1 }, applied: false }]);

  expect((await stage.ask('DELETE', '/users/alice')).status).toBe(204);
  expect((await stage.ask('DELETE', '/users/alice')).status).toBe(404);
  expect(await list()).toEqual([]);
});

test('all are rotated at once', async () => {
  await add({ name: 'alice' });
  await add({ name: 'bob' });
  const { body } = await stage.ask('POST', '/rotate');
  expect(body).toMatchObject({
    rotated: [
      { user: 'alice', version: 2 },
      { user: 'bob', version: 2 },
    ],
    failed: [],
  });
});

test('who brings a key keeps its private half', async () => {
  const publicKey = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';
  const { body } = await add({ name: 'carol', publicKey });
  expect((body as Shown).wireguard.privateKey).toBeNull();
  expect(await list()).toMatchObject([{ name: 'carol', publicKey, ownKey: true }]);
});

test('a secret is in one answer, and in no log, list or other answer', async () => {
  const { body } = await add({ name: 'alice' });
  const { password, wireguard } = body as Shown;
  const others = await Promise.all(
    ['/users', '/status', '/journal'].map(async (path) => (await stage.ask('GET', path)).body),
  );
  const texts = [stage.lines.join('\n'), JSON.stringify(others)];
  for (const text of texts)
    for (const secret of [password, wireguard.privateKey, wireguard.presharedKey, stage.token])
      expect(text).not.toContain(secret);
  const kept = [...stage.world.parameters].filter(([, { type }]) => type !== 'SecureString');
  expect(JSON.stringify(kept)).not.toContain(password);
});

test('no secret is read: the API only writes them', async () => {
  await add({ name: 'alice' });
  await stage.ask('POST', '/users/alice/rotate');
  await stage.ask('POST', '/rotate');
  await stage.ask('DELETE', '/users/alice');
  const reads = stage.asked.filter(
    ({ operation, input }) =>
      operation.startsWith('GetParameter') && /\/(users|keys)\b/.test(JSON.stringify(input)),
  );
  expect(reads).toEqual([]);
});

describe('refused', () => {
  test.each<[string, unknown, number]>([
    ['no name', {}, 422],
    ['a name with capitals', { name: 'Alice' }, 422],
    ['a name that climbs', { name: '../slack' }, 422],
    ['a name that is no text', { name: ['alice'] }, 422],
    ['an expiry that is over', { name: 'alice', expires: '2020-01-01T00:00:00Z' }, 422],
    ['a key that is none', { name: 'alice', publicKey: 'abc' }, 422],
    ['an empty key', { name: 'alice', publicKey: '' }, 422],
    ['a field too many', { name: 'alice', admin: true }, 422],
    ['a list', [{ name: 'alice' }], 422],
    ['no body', undefined, 422],
  ])('%s', async (_, body, status) => {
    expect((await stage.ask('POST', '/users', { body })).status).toBe(status);
    expect(await list()).toEqual([]);
  });

  test('a second user of that name', async () => {
    await add({ name: 'alice' });
    expect((await add({ name: 'alice' })).status).toBe(409);
  });

  test.each([
    ['POST', '/users/nobody/rotate', 404],
    ['DELETE', '/users/nobody', 404],
    ['DELETE', '/users/..', 404],
    ['DELETE', '/users/a%2Fb', 404],
    ['POST', '/users/__proto__/rotate', 404],
  ])('%s %s', async (method, path, status) => {
    expect((await stage.ask(method, path)).status).toBe(status);
  });

  test('a grace time that is none', async () => {
    await add({ name: 'alice' });
    for (const graceMinutes of [-1, 1.5, 10_081, '5', null]) {
      const asked = await stage.ask('POST', '/users/alice/rotate', { body: { graceMinutes } });
      expect(asked.status).toBe(422);
    }
    expect(await list()).toMatchObject([{ version: 1 }]);
  });
});
