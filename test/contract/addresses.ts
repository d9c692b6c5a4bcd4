/** What the port of addresses promises, whoever answers behind it. */
import { AllocateAddressCommand } from '@aws-sdk/client-ec2';
import { describe, expect } from 'vitest';
import type { Ports } from '../../shared/ports.ts';
import type { Bench, Check } from './suite.ts';

interface Scene {
  bench: Bench;
  ports: Ports;
  /** A server that runs, by its id. */
  launch: () => Promise<string>;
}

export function describeAddresses(check: Check, scene: () => Scene): void {
  describe('addresses', () => {
    const allocate = async () => {
      const { bench, ports } = scene();
      const answer = await ports.addresses.allocate();
      bench.settle();
      if (answer.kind === 'refused') throw new Error(answer.code);
      return answer.address;
    };

    check('are none at first', async () => {
      expect(await scene().ports.addresses.list()).toEqual([]);
    });

    check('are listed once allocated, and nobody has them', async () => {
      const address = await allocate();
      expect(address).toMatchObject({ serverId: null });
      expect(await scene().ports.addresses.list()).toEqual([address]);
    });

    check('that carry no tag of ours are not ours', async () => {
      const { bench, ports } = scene();
      await bench.clients.ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
      bench.settle();
      expect(await ports.addresses.list()).toEqual([]);
    });

    check('move to a server, and are its address then', async () => {
      const { bench, ports, launch } = scene();
      const [address, serverId] = [await allocate(), await launch()];
      expect(await ports.addresses.move(address.id, serverId)).toBe(true);
      expect(await ports.addresses.move(address.id, serverId)).toBe(true);
      bench.settle();
      expect(await ports.addresses.list()).toEqual([{ ...address, serverId }]);
      const server = (await ports.servers.list()).find(({ id }) => id === serverId);
      expect(server?.address).toBe(address.address);
    });

    check('move on from one server to the next', async () => {
      const { bench, ports, launch } = scene();
      const [address, one, other] = [await allocate(), await launch(), await launch()];
      await ports.addresses.move(address.id, one);
      bench.settle();
      expect(await ports.addresses.move(address.id, other)).toBe(true);
      bench.settle();
      const servers = await ports.servers.list();
      expect(servers.find(({ id }) => id === other)?.address).toBe(address.address);
      expect(servers.find(({ id }) => id === one)?.address).not.toBe(address.address);
    });

    check('stay when their server ends, and nobody has them', async () => {
      const { bench, ports, launch } = scene();
      const [address, serverId] = [await allocate(), await launch()];
      await ports.addresses.move(address.id, serverId);
      await ports.servers.terminate(serverId);
      bench.settle();
      expect(await ports.addresses.list()).toEqual([address]);
    });

    check('go to no server that is not there, and those that are not there to none', async () => {
      const { ports, launch } = scene();
      const address = await allocate();
      expect(await ports.addresses.move(address.id, 'i-0123456789abcdef0')).toBe(false);
      expect(await ports.addresses.move('eipalloc-0123456789abcdef0', await launch())).toBe(false);
    });

    check('are gone when given back, and may be given back twice', async () => {
      const { bench, ports } = scene();
      const { id } = await allocate();
      await ports.addresses.release(id);
      await ports.addresses.release(id);
      bench.settle();
      expect(await ports.addresses.list()).toEqual([]);
    });
  });
}
