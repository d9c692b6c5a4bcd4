/** WireGuard as people have it: who is let in, who is not, and what outlives what. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { countClamped } from './clamp.ts';
import { webAddress } from './network.ts';
import { addPerson, type Person, reach, router } from './people.ts';
import { letIn, type Stage } from './stage.ts';
import { type Keys, lower, makeKeys, raise, toUser } from './tunnel.ts';

const reached = reach('10.40.2.1');

export function testWireGuard(toStage: () => Stage): void {
  const keys = makeKeys('10.40.2.2');
  /** Of a user who is let in, but not as it is tried here. */
  const stranger = makeKeys('10.40.2.3');
  let stage: Stage;
  let wim: Person;
  let server: { address: string; publicKey: string };
  /** When, epoch seconds; 0 for never. */
  const shaken = ({ publicKey }: Keys) =>
    stage.server.must(`wg show wg0 latest-handshakes | grep -F ${publicKey} | cut -f2`);

  beforeAll(async () => {
    stage = toStage();
    wim = await addPerson(stage.client, 'wim', 12);
    server = { address: stage.address, publicKey: stage.publicKey };
    stage.cloud.putUser('wim', toUser(keys));
    stage.cloud.putUser('zoe', toUser(stranger));
    await letIn(stage);
  });

  describe('whoever is let in', () => {
    beforeEach(() => raise(wim, server, keys));
    afterEach(() => lower(wim));

    test("is on the internet by the server's address", async () => {
      await wim.must(reached);
      expect(await wim.must(`curl -sS ${webAddress}`)).toBe(stage.address);
      expect(await wim.must(`curl -sS ${webAddress}/3000000 | wc -c`)).toBe('3000000\n');
    });

    test('has its segments clamped to the tunnel, both ways', async () => {
      const clamped = await countClamped(stage, wim, { device: 'wg0', mtu: 1_420 });
      expect(clamped).toEqual({ asked: { seen: 1, fit: 1 }, answered: { seen: 1, fit: 1 } });
    });

    test('keeps what it does when its own address changes', async () => {
      await wim.must(reached);
      const before = await shaken(keys);
      await wim.must(`
        ip address flush dev eth0
        ip address add 198.51.100.99/24 dev eth0
        ip route replace ${server.address} via ${router}
        ${reached}`);
      expect(await shaken(keys)).toBe(before);
      expect(await stage.server.must('wg show wg0 endpoints')).toContain('\t198.51.100.99:');
    });

    test('is cut off when removed', async () => {
      await wim.must(reached);
      stage.cloud.removeUser('wim');
      await letIn(stage);
      expect(await wim.run('ping -c2 -W2 10.40.2.1')).toMatchObject({ code: 1 });
    });
  });

  test.concurrent.each([
    ['without its preshared key', 13, { ...stranger, presharedKey: '' }],
    ["with another's preshared key", 14, { ...stranger, presharedKey: keys.presharedKey }],
    ['with a key that nobody knows', 15, { ...stranger, privateKey: makeKeys('').privateKey }],
  ])('nobody is let in %s', async (_, number, tried) => {
    const zoe = await addPerson(stage.client, `zoe${number}`, number);
    await raise(zoe, server, tried);
    await zoe.run('ping -c1 -W1 10.40.2.1');
    // Two tries to shake hands, of 148 bytes each.
    await zoe.must('until [ "$(wg show wg0 transfer | cut -f3)" -ge 296 ]; do sleep 0.2; done');
    expect(await shaken(stranger)).toBe('0\n');
    expect(await zoe.must('wg show wg0 latest-handshakes | cut -f2')).toBe('0\n');
    await lower(zoe);
  });
}
