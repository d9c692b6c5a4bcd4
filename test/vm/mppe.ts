/**
 * "MPPE disabled": why a login now and then ends at once. pppd takes a Configure-Request of CCP that comes again, since
 * its answer was lost or late, for the wish to negotiate anew; and where encryption is required it hangs up instead.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { dial, dialOnce, leave, tooLate } from './dial.ts';
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

  beforeAll(async () => {
    stage = toStage();
    stage.cloud.putUser('max', { password: login.password, old: null });
    await letIn(stage);
  });

  /** The first packet of CCP with this code that this person sends, or is sent. */
  const lose = ({ name, address }: Person, isSent: boolean, code: number) => {
    const table = `lose-${name}`;
    const rules = headers.map(
      (bits) =>
        `add rule ip ${table} pre iifname ${isSent ? 'client' : 'server0'} ip ${isSent ? 'saddr' : 'daddr'} ${address} ip protocol gre @th,${bits},24 0x80fd0${code} goto first`,
    );
    const lines = [
      `add table ip ${table}`,
      `delete table ip ${table}`,
      `add table ip ${table}`,
      `add chain ip ${table} first`,
      `add rule ip ${table} first numgen inc mod 1000 == 0 counter drop`,
      `add chain ip ${table} pre { type filter hook prerouting priority -300; }`,
      ...rules,
    ];
    stage.network.hub.run('nft', lines.join('; '));
  };
  const isLost = ({ name }: Person) =>
    stage.network.hub
      .run('nft', 'list', 'chain', 'ip', `lose-${name}`, 'first')
      .includes('packets 1 ');

  /** A login without that packet. One on a machine that was too busy for every packet shows nothing: then again. */
  const dialWithout = async (number: number, isSent: boolean, code: number) => {
    const max = await addPerson(stage.client, `max${number}`, number);
    for (;;) {
      lose(max, isSent, code);
      const dialled = await dialOnce(max, stage.address, login);
      if (!isLate(dialled.log)) return { max, ...dialled };
      if (dialled.connected) await leave(max);
    }
  };

  describe('at the end', () => {
    test.concurrent.each([
      ["the server's answer", 40, false, 'rcvd'],
      ["the client's answer", 41, true, 'sent'],
    ] as const)(
      '%s is lost: the login ends, and the next one succeeds',
      async (_, number, isSent, how) => {
        const { max, connected, log } = await dialWithout(number, isSent, ack);
        expect(connected, log).toBe(false);
        expect(log).toContain(`${how} [LCP TermReq id=0x2 "${tooLate}"]`);
        expect(isLost(max)).toBe(true);
        expect(await dial(max, stage.address, login)).toMatchObject({ connected: true });
        await leave(max);
      },
    );
  });

  describe('at the beginning', () => {
    test.concurrent.each([
      ["the server's request", 42, false],
      ["the client's request", 43, true],
    ])('%s is lost: it is said again, and the login succeeds', async (_, number, isSent) => {
      const { max, connected, log } = await dialWithout(number, isSent, request);
      expect(connected, log).toBe(true);
      expect(log).not.toContain(tooLate);
      expect(isLost(max)).toBe(true);
      await leave(max);
    });
  });
}

/** What had to be said twice before a packet was lost, each way. */
function isLate(log: string): boolean {
  const twice = [
    'sent [LCP ConfReq',
    'rcvd [LCP ConfReq',
    'sent [CHAP Response',
    'rcvd [CHAP Success',
  ];
  return twice.some((words) => log.split(words).length > 2);
}
