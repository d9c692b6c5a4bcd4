/** What the ports of users' secrets and of commands promise, whoever answers behind them. */
import { GetParameterCommand, GetParameterHistoryCommand } from '@aws-sdk/client-ssm';
import { describe, expect } from 'vitest';
import type { Ports, UserSecret } from '../../shared/ports.ts';
import type { Bench, Check } from './suite.ts';

interface Stand {
  bench: Bench;
  ports: Ports;
  vpn: string;
}

/** Whole seconds: what is written as a time must come back as it was. */
const at = Date.UTC(2026, 10, 22, 5);
const secret: UserSecret = {
  password: 'k7mq "x2np" \\ é',
  presharedKey: 'cHJlc2hhcmVk',
  publicKey: 'cHVibGlj',
  address: '10.40.2.7',
  old: { version: 3, until: at + 60_000 },
  ownKey: true,
  rotatedAt: at,
  expiresAt: at + 86_400_000,
};
const { ownKey: _, rotatedAt: _rotated, expiresAt: _expires, ...stored } = secret;
const plain: UserSecret = { ...secret, ownKey: false, expiresAt: null, old: null };

export function describeSecrets(check: Check, stand: () => Stand): void {
  describe('users', () => {
    check('are none at first, and there is no key of the server', async () => {
      expect(await stand().ports.secrets.list()).toEqual({ users: [], serverKey: null });
    });

    check('are listed with all but their secrets', async () => {
      const { bench, ports } = stand();
      expect(await ports.secrets.create('ann', secret)).toBe(1);
      expect(await ports.secrets.create('bob', plain)).toBe(1);
      const list = await ports.secrets.list();
      const [ann, bob] = list.users.sort((one, other) => (one.name < other.name ? -1 : 1));
      expect(ann).toEqual({
        name: 'ann',
        version: 1,
        at: expect.any(Number),
        publicKey: secret.publicKey,
        address: secret.address,
        ownKey: true,
        rotatedAt: secret.rotatedAt,
        expiresAt: secret.expiresAt,
        old: secret.old,
      });
      expect(bob).toMatchObject({ name: 'bob', ownKey: false, expiresAt: null, old: null });
      expect(Math.abs((ann?.at ?? 0) - bench.now())).toBeLessThan(60_000);
      expect(JSON.stringify(list)).not.toMatch(/k7mq|cHJlc2hhcmVk/);
    });

    check('are listed whole, however many there are', async () => {
      const { ports } = stand();
      const names = Array.from({ length: 55 }, (_, n) => `user${n}`).sort();
      for (const name of names) await ports.secrets.create(name, plain);
      const { users } = await ports.secrets.list();
      expect(users.map(({ name }) => name).sort()).toEqual(names);
    });

    check('are made once', async () => {
      const { secrets } = stand().ports;
      await secrets.create('ann', secret);
      expect(await secrets.create('ann', plain)).toBeNull();
      expect((await secrets.list()).users).toMatchObject([{ version: 1, ownKey: true }]);
    });

    check('are kept as a secret that only decryption tells', async () => {
      const { bench, ports, vpn } = stand();
      await ports.secrets.create('ann', secret);
      const Name = `/perennial/${vpn}/users/ann`;
      const { Parameter } = await bench.clients.ssm.send(new GetParameterCommand({ Name }));
      expect(Parameter?.Type).toBe('SecureString');
      expect(Parameter?.Value).not.toContain('k7mq');
    });

    check('have the secret that they were given, and each older one by its version', async () => {
      const { secrets } = stand().ports;
      await secrets.create('ann', secret);
      expect(await secrets.replace('ann', { ...plain, password: 'another' })).toBe(2);
      expect(await secrets.read('ann')).toEqual({ ...stored, password: 'another', old: null });
      expect(await secrets.read('ann', 1)).toEqual(stored);
      expect(await secrets.read('ann', 7)).toBeNull();
      expect(await secrets.read('bob')).toBeNull();
    });

    check('are described anew with each version', async () => {
      const { bench, ports, vpn } = stand();
      await ports.secrets.create('ann', secret);
      await ports.secrets.replace('ann', plain);
      expect((await ports.secrets.list()).users).toMatchObject([
        { name: 'ann', version: 2, ownKey: false, expiresAt: null },
      ]);
      const Name = `/perennial/${vpn}/users/ann`;
      const history = new GetParameterHistoryCommand({ Name, WithDecryption: true });
      const { Parameters } = await bench.clients.ssm.send(history);
      const described = Parameters?.map(({ Description }) => JSON.parse(Description ?? '').ownKey);
      expect(described).toEqual([true, false]);
    });

    check('are gone when removed, and may be removed twice', async () => {
      const { secrets } = stand().ports;
      await secrets.create('ann', secret);
      expect(await secrets.remove('ann')).toBe(true);
      expect(await secrets.remove('ann')).toBe(false);
      expect((await secrets.list()).users).toEqual([]);
    });

    check('that are gone do not come back by a rotation', async () => {
      const { secrets } = stand().ports;
      expect(await secrets.replace('ann', secret)).toBeNull();
      await secrets.create('ann', secret);
      await secrets.remove('ann');
      expect(await secrets.replace('ann', secret)).toBeNull();
      expect((await secrets.list()).users).toEqual([]);
    });
  });

  describe("the server's key", () => {
    check('is made once, and told by its public half', async () => {
      const { secrets } = stand().ports;
      expect(await secrets.createServerKey('private 1', 'public 1')).toBe(true);
      expect(await secrets.createServerKey('private 2', 'public 2')).toBe(false);
      expect((await secrets.list()).serverKey).toEqual({ version: 1, publicKey: 'public 1' });
    });

    check('is a secret where servers look for it', async () => {
      const { bench, ports, vpn } = stand();
      await ports.secrets.createServerKey('private 1', 'public 1');
      const Name = `/perennial/${vpn}/keys/wireguard`;
      const get = new GetParameterCommand({ Name, WithDecryption: true });
      const { Parameter } = await bench.clients.ssm.send(get);
      expect(Parameter).toMatchObject({
        Type: 'SecureString',
        Value: '{"privateKey":"private 1"}',
      });
    });
  });

  describe('tunnel addresses', () => {
    check('belong to who claims them first, until they are released', async () => {
      const { secrets } = stand().ports;
      expect(await secrets.claim('10.40.2.2', 'ann')).toBe('ann');
      expect(await secrets.claim('10.40.2.2', 'bob')).toBe('ann');
      expect(await secrets.claim('10.40.2.2', 'ann')).toBe('ann');
      expect(await secrets.claim('10.40.2.3', 'bob')).toBe('bob');
      expect(await secrets.claims()).toEqual([
        { address: '10.40.2.2', user: 'ann' },
        { address: '10.40.2.3', user: 'bob' },
      ]);
      await secrets.release('10.40.2.2');
      await secrets.release('10.40.2.2');
      expect(await secrets.claim('10.40.2.2', 'bob')).toBe('bob');
    });
  });

  describe('a command', () => {
    check('reaches a server that runs', async () => {
      const { bench, ports } = stand();
      const id = await launch(stand());
      for (let minutes = 0; minutes < 3; minutes++) bench.settle();
      expect(await ports.commands.applySecrets(id)).toEqual({
        kind: 'sent',
        commandId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    });

    check('is refused while Systems Manager does not know the server', async () => {
      const { ports } = stand();
      const id = await launch(stand());
      for (const serverId of [id, 'i-00000000000000000'])
        expect(await ports.commands.applySecrets(serverId)).toMatchObject({
          kind: 'refused',
          code: 'InvalidInstanceId',
        });
    });
  });
}

async function launch({ bench, ports }: Stand): Promise<string> {
  const answer = await ports.servers.launch({
    token: `secrets-${bench.imageId}`,
    generation: 1,
    market: 'on-demand',
    pool: { type: 't3.nano', zone: 'us-east-1a' },
    imageId: bench.imageId,
    maxPrice: null,
  });
  if (answer.kind === 'refused') throw new Error(`${answer.code}: ${answer.message}`);
  return answer.server.id;
}
