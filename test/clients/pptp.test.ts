/** pppd, NetworkManager and nft take what people get for PPTP; and nothing gets past its kill switch. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Profile, toProfile } from '../../shared/users/profiles.ts';
import { ann, home } from './ann.ts';
import { type Machine, makeMachine, report, send, suites, toCounts, watch } from './machine.ts';

const profile = toProfile('ubuntu', ann, { ...home, killSwitch: true });

function toContent({ files }: Profile, name: string): string {
  const file = files.find((one) => one.name === name);
  if (!file) throw new Error(`No ${name} in the profile`);
  return file.content;
}

function toStep(begin: string): string {
  const step = profile.steps.find((one) => one.startsWith(begin));
  if (!step) throw new Error(`No step that begins with ${begin}`);
  return step;
}

/** pppd 2.5 reads these, but prints an empty line for each. */
const nameless = ['refuse-chap', 'refuse-mschap', 'require-mppe-128'];

describe.each(suites)('on Debian %s', (suite) => {
  let machine: Machine;
  beforeAll(() => {
    machine = makeMachine(suite);
  });
  afterAll(() => machine.remove());

  /** The options that pppd has read, as it prints them. */
  function dryRun(peer: string) {
    machine.write('etc/ppp/peers/home', peer);
    const { code, output } = machine.run('pppd call home dryrun');
    const options = output.split('\n').map((line) => line.split('\t')[0]?.replace(/\\(.)/g, '$1'));
    return { code, output, options };
  }

  describe('pppd', () => {
    test('reads every option of the peer file', () => {
      const peer = toContent(profile, 'home.peer');
      const { code, options, output } = dryRun(peer);
      expect(code, output).toBe(0);
      const read = new Set([...options, ...nameless]);
      const lines = peer.split('\n').filter((line) => line && !line.startsWith('#'));
      expect(lines.filter((line) => !read.has(line.replaceAll('"', '')))).toEqual([]);
    });

    test('would not read another', () => {
      const { code, output } = dryRun(toContent(profile, 'home.peer').replace('holdoff', 'hold'));
      expect(output).toContain("unrecognized option 'hold'");
      expect(code).toBe(2);
    });

    // It reads words in chap-secrets as it does in a file of options.
    test.each([ann.password, `a"b\\c'd #x`, "it's $HOME `id` \\\\", '@not/a file'])(
      'finds the password %s in chap-secrets',
      (password) => {
        const odd = toProfile('ubuntu', { ...ann, password }, home);
        const words = toContent(odd, 'chap-secrets').match(/^(".*") pptpd (".*") \*\n$/);
        const { options } = dryRun(`user ${words?.[1]}\nipparam ${words?.[2]}\npty true\nnoauth\n`);
        expect(options).toContain('user ann');
        expect(options).toContain(`ipparam ${password}`);
      },
    );

    test('has one line of hers, however often she follows the steps', () => {
      machine.write('etc/ppp/chap-secrets', '"bob" pptpd "other" *\n"ann" pptpd "old" *\n');
      machine.write('root/chap-secrets', toContent(profile, 'chap-secrets'));
      const steps = [toStep('sudo sed'), toStep('sudo tee')].map((step) =>
        step.replace('sudo ', ''),
      );
      const { output } = machine.run('cd', ...steps, ...steps, 'cat /etc/ppp/chap-secrets');
      expect(output).toBe(`"bob" pptpd "other" *\n"ann" pptpd "${ann.password}" *\n`);
    });
  });

  describe('NetworkManager', () => {
    const add = toStep('nmcli connection add');
    const offline = add.replace('nmcli', 'nmcli --offline');

    test('takes the connection', () => {
      const { code, output } = machine.run(offline);
      expect(output).toContain('\nservice-type=org.freedesktop.NetworkManager.pptp\n');
      expect(output).toMatch(/^gateway=vpn\.example\.org$/m);
      expect(output).toMatch(/^user=ann$/m);
      expect(code).toBe(0);
    });

    /** Its own service, which the bus starts, and which starts pppd: it judges the data as nmcli has stored it. */
    const bus = 'unix:path=/run/bus';
    const service = 'org.freedesktop.NetworkManager.pptp';
    const plugin = 'NetworkManager/VPN/Plugin org.freedesktop.NetworkManager.VPN.Plugin';
    const call = `busctl --address=${bus} call ${service} /org/freedesktop/${plugin} Connect`;
    const connection = `connection 3 id s home type s vpn uuid s ${randomUUID()}`;
    const vpn = `vpn 3 service-type s ${service} secrets 'a{ss}' 1 password hello`;

    function judge(stored: string) {
      machine.write(
        `usr/share/dbus-1/services/${service}.service`,
        `[D-BUS Service]\nName=${service}\nExec=/root/nm-pptp-service\n`,
      );
      return machine.run(
        `export DBUS_SYSTEM_BUS_ADDRESS=${bus}`,
        // Debian has moved it.
        'ln -sf $(sed -n s/^program=//p /usr/lib/NetworkManager/VPN/nm-pptp-service.name) /root/nm-pptp-service',
        `dbus-daemon --session --address=${bus} --fork --nopidfile`,
        // The section [vpn], but for the type of service, as words.
        `set -- $(${stored} | sed -n '/^\\[vpn/,/^service-type/ { /=/ p }' | grep -v ^service | tr = ' ')`,
        `${call} 'a{sa{sv}}' 2 ${connection} ${vpn} data 'a{ss}' $(( $# / 2 )) "$@"`,
      );
    }

    test('its PPTP service starts pppd with it', () => {
      const { code, output } = judge(offline);
      expect(code, output).toBe(0);
    });

    // It may end before it has said why.
    test.each([
      ['another key', 'lcp-echo-i', 'lcp-i'],
      ['another value', '128=yes', '128=1'],
    ])('its PPTP service would refuse %s', (_, right, wrong) => {
      expect(judge(offline.replace(right, wrong)).code).not.toBe(0);
    });
  });

  describe('the kill switch', () => {
    const outside = {
      web: 'meta l4proto { tcp, udp } th dport 443',
      pptp: 'tcp dport 1723',
      tunnel: 'ip protocol gre',
      names: 'udp dport 53',
    };
    const sends = [
      send('udp', '203.0.113.5', 443),
      send('tcp', '203.0.113.5', 443),
      send('udp', '2001:db8:1::5', 443),
      send('tcp', '203.0.113.5', 1723),
      send('gre', '203.0.113.5'),
      send('udp', '203.0.113.5', 53),
    ];
    const all = { web: 3, pptp: 1, tunnel: 1, names: 1 };

    test('lets out what calls the server, and nothing else', () => {
      machine.write('root/kill-switch.nft', toContent(profile, 'kill-switch.nft'));
      const load = toStep('sudo nft -f').replace('sudo ', '');
      const end = toStep('sudo nft delete').replace('sudo ', '');
      const { code, output } = machine.run(
        'cd',
        ...watch('watched', outside),
        ...sends,
        report('watched'),
        load,
        load,
        ...sends,
        report('watched'),
        end,
        ...sends,
        report('watched'),
      );
      expect(toCounts(output), output).toEqual([all, { ...all, web: 0 }, all]);
      expect(code).toBe(0);
    });

    test('lets everything into the tunnel', () => {
      machine.write('root/kill-switch.nft', toContent(profile, 'kill-switch.nft'));
      const { output } = machine.run(
        'cd',
        'nft -f kill-switch.nft',
        'ip link add ppp0 type veth peer name server',
        'ip address add 10.40.1.20/24 dev ppp0',
        'ip link set ppp0 up',
        'ip link set server up',
        'ip neighbour add 10.40.1.1 lladdr 02:00:00:00:00:01 dev ppp0',
        'ip route replace default via 10.40.1.1',
        ...watch('server', { web: outside.web }),
        send('udp', '203.0.113.5', 443),
        report('server'),
      );
      expect(toCounts(output), output).toEqual([{ web: 1 }]);
    });
  });
});
