/** The played servers: which secrets they have, whom they let in, and what they say of themselves. */
import { beforeEach, describe, expect, test } from 'vitest';
import { interrupt, recommendRebalance } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import { bakedImageId } from '../../local/world.ts';
import { type Running, setRunning } from './running.ts';

const second = 1_000;
const minute = 60 * second;
let running: Running;

beforeEach(() => {
  running = setRunning({ deliveryMs: () => 500, applyMs: () => second });
});

const put = (path: string, value: object | string, more: object = {}) =>
  running.ask('PutParameter', {
    Name: `/perennial/home/${path}`,
    Value: typeof value === 'string' ? value : JSON.stringify(value),
    Type: 'SecureString',
    Overwrite: true,
    ...more,
  });
const toUser = (password: string, more: object = {}) => ({
  password,
  presharedKey: `psk of ${password}`,
  publicKey: `key of ${password}`,
  address: '10.40.2.2',
  old: null,
  ...more,
});
const logsIn = (user: string, password: string) =>
  running.world.guests.logsIn(running.id, user, password);
const acceptsPeer = (password: string) =>
  running.world.guests.acceptsPeer(running.id, `key of ${password}`, `psk of ${password}`);
const tell = () => {
  running.ask('SendCommand', {
    DocumentName: 'Perennial-ApplySecrets-home',
    InstanceIds: [running.id],
  });
  running.wait(5 * second);
};
const breakStore = () =>
  running.world.setFaults((_, operation) =>
    operation.startsWith('Get') ? new AwsFault('InternalServerError', 'no', 500) : null,
  );

describe('a server', () => {
  test('has the secrets of its boot, and says so', () => {
    put('users/ann', toUser('first'));
    put('users/ann', toUser('second'));
    put('users/bob', toUser('other'));
    running = running.launch();
    running.wait(39 * second);
    expect(running.report()).toBeNull();
    expect(logsIn('ann', 'second')).toBe(false);
    running.wait(second);
    expect(logsIn('ann', 'second')).toBe(true);
    expect(logsIn('ann', 'first')).toBe(false);
    expect(logsIn('bob', 'other')).toBe(true);
    expect(logsIn('carol', '')).toBe(false);
    expect([acceptsPeer('second'), acceptsPeer('first')]).toEqual([true, false]);
    expect(running.report()).toEqual({
      at: new Date(running.world.timers.now).toISOString(),
      serving: { pptp: true, wireguard: true },
      sessions: 0,
      idleSeconds: 30,
      applied: { users: { ann: 2, bob: 1 }, keys: { wireguard: 1 } },
      who: [],
      endpoints: '',
      load: 0,
    });
  });

  test('takes many users, a page at a time', () => {
    const names = Array.from({ length: 31 }, (_, n) => `user${n}`);
    for (const name of names) put(`users/${name}`, toUser(`of ${name}`));
    tell();
    expect(names.filter((name) => !logsIn(name, `of ${name}`))).toEqual([]);
    expect(Object.keys(running.report().applied.users)).toHaveLength(31);
  });

  test('goes on with what it has until it is told', () => {
    put('users/ann', toUser('first'));
    tell();
    put('users/ann', toUser('second'));
    running.wait(10 * minute);
    expect([logsIn('ann', 'first'), logsIn('ann', 'second')]).toEqual([true, false]);
    tell();
    expect([logsIn('ann', 'first'), logsIn('ann', 'second')]).toEqual([false, true]);
    running.ask('DeleteParameter', { Name: '/perennial/home/users/ann' });
    tell();
    expect([logsIn('ann', 'second'), acceptsPeer('second')]).toEqual([false, false]);
    expect(running.report().applied.users).toEqual({});
  });

  test('goes on with the old password for as long as it is told, and has applied the new one', () => {
    put('users/ann', toUser('first'));
    const until = new Date(running.world.timers.now + 10 * minute).toISOString();
    put('users/ann', toUser('second', { old: { version: 1, until } }));
    tell();
    expect(running.report().applied.users).toEqual({ ann: 2 });
    expect([logsIn('ann', 'first'), logsIn('ann', 'second')]).toEqual([true, false]);
    expect([acceptsPeer('first'), acceptsPeer('second')]).toEqual([true, false]);
    running.wait(10 * minute);
    expect([logsIn('ann', 'first'), logsIn('ann', 'second')]).toEqual([false, true]);
    expect([acceptsPeer('first'), acceptsPeer('second')]).toEqual([false, true]);
  });

  test('takes the new password at once when the old one is no longer kept', () => {
    const until = new Date(running.world.timers.now + 10 * minute).toISOString();
    put('users/ann', toUser('only', { old: { version: 7, until } }));
    tell();
    expect(logsIn('ann', 'only')).toBe(true);
  });

  test('lets nobody in by a user that somebody has spoilt', () => {
    put('users/ann', '{"password":');
    put('users/bob', { password: 7 });
    put('users/carol', toUser('good'));
    tell();
    expect(running.report().applied.users).toEqual({ ann: 1, bob: 1, carol: 1 });
    expect(logsIn('bob', '7')).toBe(false);
    expect(logsIn('carol', 'good')).toBe(true);
  });

  test('lets nobody in while its VPN is down, and after its end', () => {
    put('users/ann', toUser('first'));
    tell();
    running.world.guests.setServing(running.id, false);
    expect(logsIn('ann', 'first')).toBe(false);
    running.world.guests.setServing(running.id, true);
    expect(logsIn('ann', 'first')).toBe(true);
    running.world.guests.silence(running.id);
    expect([logsIn('ann', 'first'), acceptsPeer('first')]).toEqual([false, false]);
  });
});

describe('without the key by which clients know it, a server', () => {
  const key = 'keys/wireguard';
  const remove = () => running.ask('DeleteParameter', { Name: `/perennial/home/${key}` });
  const problem = "wireguard: the server's WireGuard key is missing.";

  test('serves PPTP, says what is missing, and has applied nothing', () => {
    put('users/ann', toUser('first'));
    remove();
    running = running.launch();
    running.wait(40 * second);
    const report = { serving: { pptp: true, wireguard: false }, problem };
    expect(running.report()).toMatchObject({ ...report, applied: { users: {}, keys: {} } });
    expect([logsIn('ann', 'first'), acceptsPeer('first')]).toEqual([true, false]);
    expect(running.world.guests.serves(running.id)).toBe(false);
  });

  test('takes it by itself once it is there', () => {
    remove();
    running = running.launch();
    running.wait(40 * second);
    put(key, { privateKey: 'x' });
    running.wait(minute);
    expect(running.report()).toMatchObject({ applied: { keys: { wireguard: 1 } } });
    expect(running.report()).not.toHaveProperty('problem');
    expect(running.world.guests.serves(running.id)).toBe(true);
  });

  test('that had it ends WireGuard, and goes on saying what it had', () => {
    put('users/ann', toUser('first'));
    tell();
    remove();
    put('users/bob', toUser('other'));
    tell();
    const report = { serving: { pptp: true, wireguard: false }, problem };
    expect(running.report()).toMatchObject({ ...report, applied: { users: { ann: 1 } } });
    expect([logsIn('bob', 'other'), acceptsPeer('first')]).toEqual([true, false]);
  });

  test('is whole where nobody asks for WireGuard', () => {
    remove();
    const { world } = running;
    const UserData = Buffer.from('vpn=home\nprotocols=pptp\n').toString('base64');
    world.call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: bakedImageId,
      InstanceType: 't3.nano',
      UserData,
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: 'perennial:vpn', Value: 'home' }] },
      ],
    });
    running.wait(minute);
    const id = [...world.instances.keys()].at(-1) ?? '';
    const text = world.parameters.get(`/perennial/home/state/servers/${id}`)?.versions.at(-1);
    expect(JSON.parse(text?.value ?? '')).toMatchObject({ serving: { pptp: true } });
    expect(text?.value).not.toContain('wireguard');
    expect(world.guests.serves(id)).toBe(true);
    expect(world.guests.acceptsPeer(id, '', null)).toBe(false);
  });
});

describe('when Parameter Store is out', () => {
  test('at its boot, a server serves nobody, says why, and tries again with each heartbeat', () => {
    put('users/ann', toUser('first'));
    running = running.launch();
    breakStore();
    running.wait(40 * second);
    expect(running.world.guests.serves(running.id)).toBe(false);
    expect(running.report()).toMatchObject({
      serving: { pptp: false, wireguard: false },
      applied: { users: {}, keys: {} },
      problem: 'The secrets could not be read: InternalServerError',
    });
    running.world.setFaults(() => null);
    running.wait(59 * second);
    expect(running.world.guests.serves(running.id)).toBe(false);
    running.wait(second);
    expect(running.world.guests.serves(running.id)).toBe(true);
    expect(running.report()).not.toHaveProperty('problem');
    expect(logsIn('ann', 'first')).toBe(true);
  });

  test('later, it keeps what it has, says why, and tries again with each heartbeat', () => {
    put('users/ann', toUser('first'));
    tell();
    put('users/ann', toUser('second'));
    breakStore();
    tell();
    expect(running.report()).toMatchObject({
      serving: { pptp: true, wireguard: true },
      applied: { users: { ann: 1 } },
      problem: 'The secrets could not be read: InternalServerError',
    });
    running.wait(10 * minute);
    expect(logsIn('ann', 'first')).toBe(true);
    running.world.setFaults(() => null);
    running.wait(minute);
    expect([logsIn('ann', 'first'), logsIn('ann', 'second')]).toEqual([false, true]);
    expect(running.report()).not.toHaveProperty('problem');
  });
});

describe('a script', () => {
  test('applies what stood in Parameter Store when it began', () => {
    put('users/ann', toUser('first'));
    running.world.guests.setFates(() => 'slow');
    tell();
    put('users/ann', toUser('second'));
    running.wait(minute);
    expect(running.report().applied.users).toEqual({ ann: 1 });
  });

  test('that is overtaken takes nothing back', () => {
    put('users/ann', toUser('first'));
    let fate: 'slow' | 'done' = 'slow';
    running.world.guests.setFates(() => fate);
    tell();
    put('users/ann', toUser('second'));
    fate = 'done';
    tell();
    expect(running.report().applied.users).toEqual({ ann: 2 });
    running.wait(minute);
    expect(running.report().applied.users).toEqual({ ann: 2 });
  });

  test.each(['fails', 'hangs', 'lost', 'undeliverable'] as const)(
    'that %s changes nothing',
    (fate) => {
      put('users/ann', toUser('first'));
      running.world.guests.setFates(() => fate);
      tell();
      running.wait(5 * minute);
      expect(logsIn('ann', 'first')).toBe(false);
      expect(running.report()).toMatchObject({ serving: { pptp: true }, applied: { users: {} } });
    },
  );
});

describe('what AWS says in the metadata is in the next report', () => {
  const find = () => {
    const record = running.world.instances.get(running.id);
    if (!record) throw new Error('The server is gone');
    return record;
  };
  test('that it will take the server', () => {
    const end = new Date(running.world.timers.now + 2 * minute).toISOString();
    interrupt(running.world, find());
    expect(running.report()).not.toHaveProperty('notice');
    running.wait(5 * second);
    expect(running.report().notice).toBe(end);
  });

  test('that it may', () => {
    const at = new Date(running.world.timers.now).toISOString();
    recommendRebalance(running.world, find());
    running.wait(5 * second);
    expect(running.report()).toMatchObject({ rebalance: at, serving: { pptp: true } });
  });
});

describe("WireGuard's clients", () => {
  const occurred: unknown[] = [];
  /** The address goes from a server that has ann to a new one, which has whom Parameter Store has. */
  const move = () => {
    const { AllocationId } = running.world.call('ec2', 'AllocateAddress', { Domain: 'vpc' }) as {
      AllocationId: string;
    };
    const associate = (InstanceId: string) =>
      running.world.call('ec2', 'AssociateAddress', { AllocationId, InstanceId });
    associate(running.id);
    running.wait(minute);
    const next = running.launch();
    next.wait(2 * minute);
    occurred.length = 0;
    running.world.onOccurrence((occurrence) => void occurred.push(occurrence));
    associate(next.id);
    next.wait(minute);
  };
  beforeEach(() => {
    put('users/ann', toUser('first'));
    tell();
  });

  test('come over to the next server', () => {
    move();
    expect(occurred).toContainEqual(expect.objectContaining({ kind: 'handover', clients: 1 }));
  });

  test('are none where nobody who is let in now was before', () => {
    running.ask('DeleteParameter', { Name: '/perennial/home/users/ann' });
    tell();
    put('users/bob', toUser('other'));
    move();
    expect(occurred).toContainEqual(expect.objectContaining({ kind: 'handover', clients: 0 }));
  });
});
