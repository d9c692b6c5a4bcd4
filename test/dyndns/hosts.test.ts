/** Credentials of hosts: given out once, kept as a hash, taken away. */
import { beforeEach, describe, expect, test } from 'vitest';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { toHosts } from '../../shared/adapters/dyndns.ts';
import { listHosts, removeHost } from '../../shared/dyndns/hosts.ts';
import type { Login } from '../../shared/dyndns/login.ts';
import { toResponse } from '../../shared/dyndns/reply.ts';
import { cabin, type House, home, setHouse } from './house.ts';

let house: House;
let store: ReturnType<typeof toHosts>;
beforeEach(() => {
  house = setHouse();
  store = toHosts(toDirectClients(toCall(house.world)), { vpn: 'home' });
});

async function ask(login: Login, host = home): Promise<string> {
  const query = `hostname=${host}&myip=203.0.113.7`;
  return String(toResponse(await house.ask({ query, login })).body).trim();
}

describe('adding', () => {
  test('makes a password of 22 characters that need no escape anywhere', async () => {
    const { user, password } = await house.add({});
    expect(user).toBe('home');
    expect(password).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  test('keeps no password, and the same one differently for each host', async () => {
    const { password } = await house.add({ hosts: [home, cabin] });
    const values = [...house.world.parameters.values()].map(({ versions }) => versions[0]?.value);
    expect(values).toHaveLength(2);
    expect(values.join()).not.toContain(password);
    const [one, other] = values.map((value = '') => JSON.parse(value));
    expect(one.salt).not.toBe(other.salt);
    expect(one.hash).not.toBe(other.hash);
  });

  test('again replaces what was there', async () => {
    const old = await house.add({ user: 'router' });
    const login = await house.add({ user: 'router' });
    expect(login.password).not.toBe(old.password);
    expect(await ask(old)).toBe('badauth');
    expect(await ask(login)).toBe('good 203.0.113.7');
  });

  test.each([
    [{ hosts: ['home'] }, '"home" is no full DNS name like home.example.org, in small letters'],
    [{ hosts: [home, '../state/desired'] }, '"../state/desired" is no full DNS name'],
    [{ hosts: ['Home.example.org'] }, 'in small letters'],
    [{ hosts: [] }, '"" is no full DNS name'],
    [{ user: 'a:b' }, 'A user is 1 to 64 letters, digits and . _ @ -'],
    [{ user: '' }, 'A user is 1 to 64 letters'],
  ])('refuses %o, and writes nothing', async (options, why) => {
    await expect(house.add(options)).rejects.toThrow(why);
    expect(house.world.parameters.size).toBe(0);
  });
});

test('listing says who may change what, and nothing of their passwords', async () => {
  await house.add({ hosts: [home], user: 'router', allow: ['private'] });
  await house.add({ hosts: [cabin], v6: false, allow: [] });
  await ask({ user: 'eve', password: 'guess' });
  house.world.call('ssm', 'PutParameter', {
    Name: '/perennial/home/dyndns/shed.example.org',
    Type: 'String',
    Value: '{"user":"ann"}',
  });
  expect(await listHosts(store)).toEqual([
    { host: cabin, user: 'cabin', v6: false, allow: [] },
    { host: home, user: 'router', v6: true, allow: ['private'] },
    { host: 'shed.example.org', user: null, v6: false, allow: [] },
  ]);
});

test('listing reads page after page', async () => {
  const hosts = Array.from({ length: 12 }, (_, index) => `h${index}.example.org`);
  await house.add({ hosts });
  expect((await listHosts(store)).map(({ host }) => host)).toEqual(hosts.toSorted());
});

test('removing lets nobody in, and leaves nothing behind but the name', async () => {
  const login = await house.add({});
  await ask(login);
  expect(await removeHost(store, home)).toBe(true);
  expect(await removeHost(store, home)).toBe(false);
  expect(house.world.parameters.size).toBe(0);
  expect(await ask(login)).toBe('badauth');
  expect(house.records(home)).toEqual({ A: '203.0.113.7' });
});
