/** Another machine at the same address, without a word from the first: what its clients need to go on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dial, dialOnce, hangUp, usual } from './dial.ts';
import { addPerson, type Person, reach } from './people.ts';
import { letIn, type Stage } from './stage.ts';
import { lower, makeKeys, raise, toUser } from './tunnel.ts';

export function testSuccessor(toStage: () => Stage): void {
  const keys = makeKeys('10.40.2.5');
  const login = { user: 'pia', password: 'osvCylQX' };
  let stage: Stage;
  let wes: Person;
  let pia: Person;

  beforeAll(async () => {
    stage = toStage();
    wes = await addPerson(stage.client, 'wes', 16);
    pia = await addPerson(stage.client, 'pia', 17);
    stage.cloud.putUser('wes', toUser(keys));
    stage.cloud.putUser('pia', { password: login.password, old: null });
    await letIn(stage);
    await raise(wes, { address: stage.address, publicKey: stage.publicKey }, keys);
    await wes.must(reach('10.40.2.1'));
    const options = [...usual, 'lcp-echo-interval 0'];
    const { connected, log } = await dial(pia, stage.address, { ...login, options });
    expect(connected, log).toBe(true);
    await stage.server.must('touch /var/lib/began');
    await stage.replace();
  });
  afterAll(async () => {
    await lower(wes);
    await hangUp(stage.client);
  });

  test('it knows nothing of the first', async () => {
    expect(await stage.server.run('[ -e /var/lib/began ]')).toMatchObject({ code: 1 });
  });

  test("WireGuard's clients shake hands by themselves after some seconds of silence", async () => {
    await wes.must(reach('10.40.2.1'));
    const { publicKey } = keys;
    const at = await stage.server.must(`wg show wg0 latest-handshakes | grep ${publicKey}`);
    expect(at).not.toMatch(/\t0$/m);
  });

  test('whoever was there by PPTP calls again, and is not kept by the call to the first', async () => {
    const held = 'ss -Htn state established dport = :1723';
    // A quarter of an hour would be left of it.
    expect(await pia.must(held)).toContain(':1723');
    // By that call's control connection: it is reset, so that this ends at once.
    const { log } = await dialOnce(pia, stage.address, login);
    expect(log).not.toContain('timeout sending Config-Requests');
    const again = await dial(pia, stage.address, login);
    expect(again.connected, again.log).toBe(true);
  });
}
