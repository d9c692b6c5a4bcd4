/**
 * "MPPE disabled": why a login now and then ends at once. pppd takes a Configure-Request of CCP that comes again, since
 * its answer was lost or late, for the wish to negotiate anew; and where encryption is required it hangs up instead.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { dial, hangUp } from './dial.ts';
import { addPerson, type Person } from './people.ts';
import { letIn, type Stage } from './stage.ts';

/** CCP's codes, RFC 1962. */
const request = 1;
const ack = 2;
/** GRE's header as PPTP has it, with and without the number of a packet that it confirms, in bits. */
const headers = [96, 128];

export function testMppe(toStage: () => Stage): void {
  const login = { user: 'max', password: 'osvCylQX' };
  let stage: Stage;
  let max: Person;

  beforeAll(async () => {
    stage = toStage();
    max = await addPerson(stage.client, 'max', 40);
    stage.cloud.putUser('max', { password: login.password, old: null });
    await letIn(stage);
  });
  afterEach(() => hangUp(stage.client));
  afterAll(() => stage.network.hub.run('nft', 'delete', 'table', 'ip', 'lose'));

  /** The first packet of CCP with this code that comes from there. */
  const lose = (from: string, code: number) => {
    const rules = headers.map(
      (bits) =>
        `add rule ip lose pre iifname "${from}" ip protocol gre @th,${bits},24 0x80fd0${code} goto first`,
    );
    const lines = [
      'add table ip lose',
      'delete table ip lose',
      'add table ip lose',
      'add chain ip lose first',
      'add rule ip lose first numgen inc mod 1000 == 0 counter drop',
      'add chain ip lose pre { type filter hook prerouting priority -300; }',
      ...rules,
    ];
    stage.network.hub.run('nft', lines.join('; '));
  };
  const isLost = () =>
    stage.network.hub.run('nft', 'list', 'chain', 'ip', 'lose', 'first').includes('packets 1 ');

  test.each([
    ["the server's answer", 'server0', 'rcvd [LCP TermReq id=0x2 "MPPE disabled"]'],
    ["the client's answer", 'client', 'sent [LCP TermReq id=0x2 "MPPE disabled"]'],
  ])('%s is lost: the login ends, and the next one succeeds', async (_, from, words) => {
    lose(from, ack);
    const { connected, log } = await dial(max, stage.address, login);
    expect(connected, log).toBe(false);
    expect(log).toContain(words);
    expect(isLost()).toBe(true);
    expect(await dial(max, stage.address, login)).toMatchObject({ connected: true });
  });

  test.each([
    ["the server's request", 'server0'],
    ["the client's request", 'client'],
  ])('%s is lost: it is said again, and the login succeeds', async (_, from) => {
    lose(from, request);
    const { connected, log } = await dial(max, stage.address, login);
    expect(connected, log).toBe(true);
    expect(log).not.toContain('MPPE disabled');
    expect(isLost()).toBe(true);
  });
}
