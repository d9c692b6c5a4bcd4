/** What people do with users, up to whom a server lets in. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  addUser,
  listUsers,
  readProfile,
  removeUser,
  setExpiry,
} from '../../shared/users/commands.ts';
import { toPublicKey } from '../../shared/users/credentials.ts';
import { rotateAll, rotateUser } from '../../shared/users/rotation.ts';
import type { Shown } from '../../shared/users/shown.ts';
import { type Bench, setServedBench, whyInconsistent } from './bench.ts';

const minute = 60_000;
const ownKey = 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=';
let bench: ReturnType<typeof setServedBench>;
let ports: Bench['ports'];

beforeEach(() => {
  bench = setServedBench();
  ports = bench.ports;
});

const add = (name: string, more: object = {}) => addUser(ports, { name, ...more });
const now = () => bench.world.timers.now;
/** By both protocols, as the server has it. */
const isLetIn = ({ user, password, wireguard }: Shown) => {
  const { guests } = bench.world;
  const publicKey = bench.books().users[user]?.value.publicKey ?? '';
  return [
    guests.logsIn(bench.server.id, user, password),
    guests.acceptsPeer(bench.server.id, publicKey, wireguard?.presharedKey ?? null),
  ];
};
const refused = (code: string) => expect.objectContaining({ name: 'UserError', code });

describe('adding a user', () => {
  test('shows once what they need, and a server then lets them in', async () => {
    const shown = await add('ann');
    expect(shown).toEqual({
      user: 'ann',
      version: 1,
      password: expect.stringMatching(/^[a-z2-9-]{29}$/),
      wireguard: {
        privateKey: expect.stringMatching(/^[\w+/]{43}=$/),
        presharedKey: expect.stringMatching(/^[\w+/]{43}=$/),
        address: '10.40.2.2',
        serverPublicKey: (await ports.secrets.list()).serverKey?.publicKey,
      },
    });
    expect(isLetIn(shown)).toEqual([false, false]);
    bench.apply();
    expect(isLetIn(shown)).toEqual([true, true]);
    expect(bench.server.report().applied).toEqual({ users: { ann: 1 }, keys: { wireguard: 1 } });
  });

  test('keeps the private key nowhere', async () => {
    const { wireguard } = await add('ann');
    const { value } = bench.books().users.ann ?? {};
    expect(toPublicKey(wireguard?.privateKey ?? '')).toBe(value.publicKey);
    const everything = JSON.stringify([...bench.world.parameters]);
    expect(everything).not.toContain(wireguard?.privateKey);
  });

  test("makes the server's key with the first one, and leaves it then", async () => {
    const keys = [await add('ann'), await add('bob')].map(
      ({ wireguard }) => wireguard?.serverPublicKey,
    );
    expect(new Set(keys).size).toBe(1);
    const versions = bench.world.parameters.get('/perennial/home/keys/wireguard')?.versions ?? [];
    expect(versions).toHaveLength(1);
    const { privateKey } = JSON.parse(versions[0]?.value ?? '');
    expect(toPublicKey(privateKey)).toBe(keys[0]);
  });

  test('takes a password and a key of their own', async () => {
    const shown = await add('ann', { password: 'my "own" password', publicKey: ownKey });
    expect(shown).toMatchObject({ password: 'my "own" password', wireguard: { privateKey: null } });
    expect((await listUsers(ports))[0]).toMatchObject({ publicKey: ownKey, ownKey: true });
    bench.apply();
    expect(isLetIn(shown)).toEqual([true, true]);
  });

  test('gives each an address of their own, and one that was given back again', async () => {
    for (const name of ['ann', 'bob', 'carol']) await add(name);
    await removeUser(ports, 'bob');
    expect((await add('dave')).wireguard?.address).toBe('10.40.2.3');
    expect((await add('erin')).wireguard?.address).toBe('10.40.2.5');
    expect(whyInconsistent(bench.books())).toEqual([]);
  });

  test('leaves alone the address of a user whose claim was lost', async () => {
    await add('ann');
    await ports.secrets.release('10.40.2.2');
    expect((await add('bob')).wireguard?.address).toBe('10.40.2.3');
  });

  test('takes at most 31 of them', async () => {
    for (let count = 0; count < 31; count++) await add(`user${count}`);
    await expect(add('one-more')).rejects.toEqual(refused('full'));
    await removeUser(ports, 'user7');
    await expect(add('one-more')).resolves.toMatchObject({ user: 'one-more' });
  });

  test.each([
    ['a name that routers refuse', { name: 'Ann Smith' }, 'invalid'],
    ['a password that is too short', { password: 'short' }, 'invalid'],
    ['an expiry in the past', { expiresAt: 0 }, 'invalid'],
    ['no key', { publicKey: 'key' }, 'invalid'],
    ["somebody else's key", { publicKey: ownKey }, 'invalid'],
    ['a name that is taken', { name: 'zoe' }, 'exists'],
  ])('refuses %s, and changes nothing', async (_, more, code) => {
    await add('zoe', { publicKey: ownKey });
    const before = JSON.stringify([...bench.world.parameters]);
    await expect(add('ann', more)).rejects.toEqual(refused(code));
    expect(JSON.stringify([...bench.world.parameters])).toBe(before);
  });
});

describe('removing a user', () => {
  test('ends their access, and gives their address back', async () => {
    const shown = await add('ann');
    bench.apply();
    await removeUser(ports, 'ann');
    bench.apply();
    expect(isLetIn(shown)[0]).toBe(false);
    expect(bench.world.guests.acceptsPeer(bench.server.id, ownKey, null)).toBe(false);
    expect(bench.books()).toEqual({ users: {}, claims: {} });
  });

  test('says so if there is none', async () => {
    await expect(removeUser(ports, 'ann')).rejects.toEqual(refused('unknown'));
  });

  test('goes on where it broke off', async () => {
    await add('ann');
    await ports.secrets.remove('ann');
    await removeUser(ports, 'ann');
    expect(bench.books().claims).toEqual({});
  });
});

describe('rotating a user', () => {
  test('makes everything anew, but for the address', async () => {
    const before = await add('ann');
    const after = await rotateUser(ports, 'ann');
    expect(after).toMatchObject({ user: 'ann', version: 2 });
    expect(after.password).not.toBe(before.password);
    for (const key of ['privateKey', 'presharedKey'] as const)
      expect(after.wireguard?.[key]).not.toBe(before.wireguard?.[key]);
    for (const same of ['address', 'serverPublicKey'] as const)
      expect(after.wireguard?.[same]).toBe(before.wireguard?.[same]);
    bench.apply();
    expect(isLetIn(before)).toEqual([false, false]);
    expect(isLetIn(after)).toEqual([true, true]);
  });

  test('keeps their own key, and an expiry', async () => {
    const expiresAt = now() + 60 * minute;
    await add('ann', { publicKey: ownKey, expiresAt });
    expect((await rotateUser(ports, 'ann')).wireguard?.privateKey).toBeNull();
    expect((await listUsers(ports))[0]).toMatchObject({
      publicKey: ownKey,
      ownKey: true,
      expiresAt,
    });
  });

  test('on schedule keeps the key pair, and no more', async () => {
    const before = await add('ann');
    const [{ publicKey } = {}] = await listUsers(ports);
    const after = await rotateUser(ports, 'ann', { only: 'scheduled' });
    expect(after.wireguard?.privateKey).toBeNull();
    expect(after.wireguard?.presharedKey).not.toBe(before.wireguard?.presharedKey);
    expect((await listUsers(ports))[0]?.publicKey).toBe(publicKey);
  });

  test('can leave the old ones a time of grace', async () => {
    const before = await add('ann');
    const after = await rotateUser(ports, 'ann', { graceMinutes: 60 });
    expect((await listUsers(ports))[0]?.old).toEqual({ version: 1, until: now() + 60 * minute });
    bench.apply();
    expect(bench.server.report().applied.users).toEqual({ ann: 2 });
    expect([isLetIn(before)[0], isLetIn(after)[0]]).toEqual([true, false]);
    bench.server.wait(60 * minute);
    expect([isLetIn(before)[0], isLetIn(after)[0]]).toEqual([false, true]);
  });

  test('again within the grace leaves what is still in force', async () => {
    const first = await add('ann');
    await rotateUser(ports, 'ann', { graceMinutes: 60 });
    const third = await rotateUser(ports, 'ann', { graceMinutes: 30 });
    bench.apply();
    expect(isLetIn(first)[0]).toBe(true);
    bench.server.wait(30 * minute);
    expect([isLetIn(first)[0], isLetIn(third)[0]]).toEqual([false, true]);
  });

  test('at once ends an earlier grace', async () => {
    const first = await add('ann');
    await rotateUser(ports, 'ann', { graceMinutes: 60 });
    const third = await rotateUser(ports, 'ann');
    bench.apply();
    expect([isLetIn(first)[0], isLetIn(third)[0]]).toEqual([false, true]);
  });

  test('gives a key and an address to one whose description somebody has spoilt', async () => {
    await add('ann');
    bench.server.ask('PutParameter', {
      Name: '/perennial/home/users/ann',
      Value: '{}',
      Description: 'my neighbour',
      Overwrite: true,
    });
    const shown = await rotateUser(ports, 'ann', { only: 'scheduled' });
    expect(shown.wireguard?.privateKey).not.toBeNull();
    expect(whyInconsistent(bench.books())).toEqual([]);
  });

  test.each([
    ['nobody', 'bob', {}, 'unknown'],
    ['an odd name', 'ann:1', {}, 'invalid'],
    ['too long a grace', 'ann', { graceMinutes: 10_081 }, 'invalid'],
  ])('refuses %s', async (_, name, rotation, code) => {
    await add('ann');
    await expect(rotateUser(ports, name, rotation)).rejects.toEqual(refused(code));
    expect((await listUsers(ports))[0]?.version).toBe(1);
  });
});

describe('rotating all', () => {
  test('shows what is new of everybody', async () => {
    for (const name of ['ann', 'bob', 'carol']) await add(name);
    const { rotated, failed } = await rotateAll(ports, { graceMinutes: 10 });
    expect(failed).toEqual([]);
    expect(rotated.map(({ user, version }) => [user, version])).toEqual([
      ['ann', 2],
      ['bob', 2],
      ['carol', 2],
    ]);
    bench.server.wait(10 * minute);
    bench.apply();
    expect(rotated.map(isLetIn)).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
  });

  test('loses nothing of what was made when some can not be', async () => {
    for (const name of ['ann', 'bob', 'carol']) await add(name);
    const broken = bench.through(async (service, operation, input) => {
      const { Name, Overwrite } = input as { Name?: string; Overwrite?: boolean };
      if (Overwrite && Name?.endsWith('bob')) throw Object.assign(new Error('no'), { name: 'Odd' });
      if (Overwrite && Name?.endsWith('carol'))
        bench.world.call('ssm', 'DeleteParameter', { Name });
      return bench.world.call(service, operation, input);
    });
    const { rotated, failed } = await rotateAll(broken);
    expect(rotated.map(({ user }) => user)).toEqual(['ann']);
    expect(failed).toEqual([
      { user: 'bob', says: 'Nothing is changed for them (Odd); rotate them again.' },
      { user: 'carol', says: 'There is no user carol; the list of users says who there is.' },
    ]);
  });
});

test('the list is by name, and says who has expired', async () => {
  await add('bob', { expiresAt: now() + minute });
  await add('ann', { expiresAt: now() + minute + 1 });
  bench.server.wait(minute);
  expect(await listUsers(ports)).toMatchObject([
    { name: 'ann', expired: false },
    { name: 'bob', expired: true },
  ]);
});

describe('an expiry', () => {
  test('can be set and taken away, and leaves the secrets as they are', async () => {
    const shown = await add('ann');
    const expiresAt = now() + minute;
    await setExpiry(ports, 'ann', expiresAt);
    expect((await listUsers(ports))[0]).toMatchObject({ version: 2, expiresAt });
    bench.apply();
    expect(isLetIn(shown)).toEqual([true, true]);
    await setExpiry(ports, 'ann', null);
    expect((await listUsers(ports))[0]?.expiresAt).toBeNull();
  });

  test('leaves a time of grace as it is', async () => {
    const before = await add('ann');
    await rotateUser(ports, 'ann', { graceMinutes: 60 });
    await setExpiry(ports, 'ann', now() + 10 * minute);
    bench.apply();
    expect(isLetIn(before)[0]).toBe(true);
  });

  test('of nobody, or in the past, is refused', async () => {
    await expect(setExpiry(ports, 'ann', now() + 1)).rejects.toEqual(refused('unknown'));
    await expect(setExpiry(ports, 'ann', now())).rejects.toEqual(refused('invalid'));
  });
});

describe('a profile', () => {
  test('has all that was shown, but for the private key', async () => {
    const shown = await add('ann');
    const { wireguard, ...rest } = shown;
    expect(await readProfile(ports, 'ann')).toEqual({
      ...rest,
      wireguard: { ...wireguard, privateKey: null },
    });
  });

  test('of nobody is refused', async () => {
    await expect(readProfile(ports, 'ann')).rejects.toEqual(refused('unknown'));
    await expect(readProfile(ports, 'ann:1')).rejects.toEqual(refused('invalid'));
  });
});
