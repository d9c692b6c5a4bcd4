/** PPTP as people have it: who is let in, who is not, and what goes through the tunnel. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { report, toCounts, watch } from '../clients/machine.ts';
import { countClamped } from './clamp.ts';
import { dial, gone, hangUp, type Login } from './dial.ts';
import { webAddress } from './network.ts';
import { addPerson, type Person, quote, reach, router } from './people.ts';
import { letIn, type Stage } from './stage.ts';

/** Of a tunnel; its packets and their headers fit into 1500. */
const mtu = 1_396;
const bytes = 3_000_000;
const passwords = { ann: 'osvCylQX', bob: 'another' };

const all = ['refuse-eap', 'refuse-pap', 'refuse-chap', 'refuse-mschap', 'refuse-mschap-v2'];
const onlyBy = (protocol: string) => all.filter((option) => option !== `refuse-${protocol}`);
const noProof = 'LCP terminated by peer (peer refused to authenticate)';
const noKey = 'LCP terminated by peer (MPPE required but peer refused)';

const unproven = 'CHAP authentication failed';
const weak = [...onlyBy('mschap-v2'), 'require-mppe', 'nomppe-128'];

/** How it is tried, and what pppd must say, so that no other failure passes for this one. */
const refusals: [string, Partial<Login>, string][] = [
  ['PAP', { options: onlyBy('pap') }, noProof],
  ['CHAP with MD5', { options: onlyBy('chap') }, noProof],
  ['MS-CHAP of version 1', { options: onlyBy('mschap') }, noProof],
  ['a tunnel without encryption', { options: [...onlyBy('mschap-v2'), 'nomppe'] }, noKey],
  ['encryption with 40 bits', { options: weak }, 'MPPE required but peer negotiation failed'],
  ['a wrong password', { password: 'wrong' }, unproven],
  ['the password of another', { password: passwords.bob }, unproven],
  ['a name that nobody has', { user: 'eve' }, unproven],
  ['a name in other letters', { user: 'ANN' }, unproven],
];
/** The first of their numbers. */
const strangers = 60;

export function testPptp(toStage: () => Stage): void {
  let stage: Stage;
  let ann: Person;
  const connect = (login: Partial<Login> = {}) =>
    dial(ann, stage.address, { user: 'ann', password: passwords.ann, ...login });

  beforeAll(async () => {
    stage = toStage();
    ann = await addPerson(stage.client, 'ann', 10);
    for (const [name, password] of Object.entries(passwords))
      stage.cloud.putUser(name, { password, old: null });
    await letIn(stage);
  });
  afterAll(() => hangUp(stage.client));

  test.concurrent.each(refusals.map((refusal, index) => [...refusal, strangers + index] as const))(
    '%s is refused',
    async (_, login, words, number) => {
      const stranger = await addPerson(stage.client, `stranger${number}`, number);
      const tried = { user: 'ann', password: passwords.ann, ...login };
      const { connected, log } = await dial(stranger, stage.address, tried);
      expect(connected, log).toBe(false);
      expect(log).toContain(words);
    },
  );

  describe('whoever is let in', () => {
    beforeAll(async () => {
      const { connected, log } = await connect();
      expect(connected, log).toBe(true);
      expect(log).toContain('MPPE 128-bit stateless compression enabled');
    });

    test('reaches the server in the tunnel, and has an address of the range', async () => {
      await ann.must(reach('10.40.1.1'));
      const own = /inet 10\.40\.1\.(2\d|3\d|4\d|50) peer 10\.40\.1\.1/;
      expect(await ann.must('ip -o -4 address show ppp0')).toMatch(own);
    });

    test("is on the internet by the server's address", async () => {
      expect(await ann.must(`curl -sS ${webAddress}`)).toBe(stage.address);
      const past = `ip route add ${webAddress} via ${router}; curl -sS ${webAddress}; ip route del ${webAddress}`;
      expect(await ann.must(past)).toBe(ann.address);
    });

    test('moves megabytes both ways, in packets that nobody has to cut', async () => {
      const { hub } = stage.network;
      const watching = watch('client', {
        gre: 'ip protocol gre',
        cut: quote('ip protocol gre ip frag-off & 0x3fff != 0'),
      });
      hub.run('sh', '-ec', watching.join('\n'));
      const counted = await ann.must(`
        curl -sS ${webAddress}/${bytes} | wc -c
        head -c ${bytes} /dev/zero | curl -sS -H Expect: --data-binary @- ${webAddress}`);
      expect(counted).toBe(`${bytes}\n${bytes}`);
      const [seen] = toCounts(hub.run('sh', '-ec', report('client')));
      hub.run('nft', 'delete', 'table', 'netdev', 'client');
      expect(seen?.gre).toBeGreaterThan(bytes / mtu);
      expect(seen?.cut).toBe(0);
    });

    test('has its segments clamped to the tunnel, both ways', async () => {
      const clamped = await countClamped(stage, ann, { device: 'ppp0', mtu });
      expect(clamped).toEqual({ asked: { seen: 1, fit: 1 }, answered: { seen: 1, fit: 1 } });
    });
  });

  describe('a new password', () => {
    const fresh = 'fresh-one';

    test('ends the session that goes by the old one, which is refused from then on', async () => {
      stage.cloud.putUser('ann', { password: fresh, old: null });
      await letIn(stage);
      await ann.must(gone);
      expect(await connect()).toMatchObject({ connected: false });
      expect(await connect({ password: fresh })).toMatchObject({ connected: true });
    });

    test('of another leaves a session alone', async () => {
      stage.cloud.putUser('bob', { password: `${passwords.bob}2`, old: null });
      await letIn(stage);
      await ann.must(reach('10.40.1.1'));
    });

    test('is of no use to who is removed: the session ends, and there is no other', async () => {
      stage.cloud.removeUser('ann');
      await letIn(stage);
      await ann.must(gone);
      expect(await connect({ password: fresh })).toMatchObject({ connected: false });
    });
  });
}
