/** What clients can not reach, whichever way they came in. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { report, toCounts, watch } from '../clients/machine.ts';
import { dial, hangUp } from './dial.ts';
import { webAddress } from './network.ts';
import { addPerson, type Person, reach } from './people.ts';
import { letIn, type Stage } from './stage.ts';
import { lower, makeKeys, raise, toUser } from './tunnel.ts';

const imds = '169.254.169.254';
/** Something that listens on all addresses of the server. */
const port = 8_080;
/** curl's code for what has no answer. */
const noAnswer = 28;

export function testFirewall(toStage: () => Stage): void {
  const keys = makeKeys('10.40.2.9');
  const login = { user: 'una', password: 'osvCylQX' };
  let stage: Stage;
  let una: Person;
  let vic: Person;
  let unasAddress: string;

  beforeAll(async () => {
    stage = toStage();
    una = await addPerson(stage.client, 'una', 20);
    vic = await addPerson(stage.client, 'vic', 21);
    stage.cloud.putUser('una', { password: login.password, old: null });
    stage.cloud.putUser('vic', toUser(keys));
    await letIn(stage);
    const { connected, log } = await dial(una, stage.address, login);
    expect(connected, log).toBe(true);
    unasAddress = /local {2}IP address (\S+)/.exec(log)?.[1] ?? '';
    await raise(vic, { address: stage.address, publicKey: stage.publicKey }, keys);
    await stage.server.must(`systemd-run -q --unit listens python3 -m http.server ${port}`);
    await stage.server.until(`: </dev/tcp/172.31.1.2/${port}`);
  });
  afterAll(async () => {
    await stage.server.run('systemctl stop listens');
    await hangUp(stage.client);
    await lower(vic);
  });

  describe.each([
    ['PPTP', () => una, '10.40.1.1', () => keys.address],
    ['WireGuard', () => vic, '10.40.2.1', () => unasAddress],
  ] as const)('by %s', (_, who, gateway, other) => {
    const ask = async (url: string) => (await who().run(`curl -sS -o /dev/null -m 3 ${url}`)).code;

    test.concurrent('the internet is there, and the server answers an echo', async () => {
      expect(await ask(`http://${webAddress}`)).toBe(0);
      await who().must(reach(gateway));
    });

    test.concurrent("the metadata service, which knows the role's credentials, is not", async () => {
      // It is there for the server itself, which has not shown a token.
      const said = await stage.server.must(`
        exec 3<>/dev/tcp/${imds}/80
        printf 'GET /latest/meta-data/ HTTP/1.0\\r\\n\\r\\n' >&3
        head -1 <&3`);
      expect(said).toContain(' 401 ');
      expect(await ask(`http://${imds}`)).toBe(noAnswer);
    });

    test.concurrent("nothing of the server's own is, by any of its addresses", async () => {
      const addresses = ['10.40.1.1', '10.40.2.1', '172.31.1.2'];
      const places = addresses.flatMap((address) => [`${address}:${port}`, `${address}:1723`]);
      const answers = await Promise.all(places.map((place) => ask(`http://${place}`)));
      expect(answers).toEqual(places.map(() => noAnswer));
    });

    test.concurrent('another client is not', async () => {
      expect(await who().run(`ping -c2 -W2 ${other()}`)).toMatchObject({ code: 1 });
    });
  });

  test('nobody speaks in the name of another', async () => {
    const { web } = stage.network;
    const heard = async (address: string) => {
      web.run('sh', '-ec', watch('eth0', { echo: 'icmp type echo-request' }).join('\n'));
      await una.run(`
        ip address add ${address}/32 dev lo
        ping -c2 -i0.2 -W1 -I ${address} ${webAddress} || true
        ip address del ${address}/32 dev lo`);
      const [counts] = toCounts(web.run('sh', '-ec', report('eth0')));
      web.run('nft', 'delete', 'table', 'netdev', 'eth0');
      return counts?.echo;
    };
    expect(await heard(unasAddress)).toBe(2);
    for (const address of [keys.address, '10.40.1.200', '192.168.7.7'])
      expect(await heard(address)).toBe(0);
  });

  test('from outside nothing but the protocols listens', async () => {
    const open = await stage.server.must(
      `ss -Hltun | awk '{print $1, $5}' | grep -Ev '127\\.|\\[::1\\]|:${port}$' | sort -u`,
    );
    expect(open.trim().split('\n')).toEqual([
      'tcp 0.0.0.0:1723',
      'udp 0.0.0.0:51820',
      'udp [::]:51820',
    ]);
  });
}
