/** `install.sh` on a stock Debian 12 and 13: it tells, it does, it does nothing twice, and it takes everything back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chroot, makeChroot } from './chroot.ts';

const minuteMs = 60_000;
const ddns = '--ddns-server api.example.org --ddns-host vpn.example.org --ddns-login home';

const kinds: [string, string, string][] = [
  [
    'a home server',
    'bookworm',
    `--home --users /root/users ${ddns} --ddns-password-file /root/password`,
  ],
  ['an image', 'trixie', '--bake --without-ssm-agent --without-kernel'],
];

describe.each(kinds)('%s on %s', (_, suite, options) => {
  let chroot: Chroot;
  let before: Map<string, string>;
  const install = (...more: string[]) =>
    chroot.run('/image/install.sh', ...options.split(' '), ...more);

  beforeAll(() => {
    chroot = makeChroot(suite);
    chroot.write('root/users', '[alice]\npassword = osvCylQX\n');
    chroot.write('root/password', 'a-token_of-1\n');
    // What was there before must be there afterwards, though it is replaced meanwhile.
    chroot.write('etc/systemd/journald.conf.d/perennial.conf', '# mine\n', 0o640);
    before = chroot.snapshot();
  }, 5 * minuteMs);
  afterAll(() => chroot.remove(), minuteMs);

  test('--check tells what would change, and changes nothing', () => {
    const { code, output } = install('--check');
    expect(code).toBe(1);
    expect(output).toContain('write: /usr/local/lib/perennial/agent\n');
    expect(output).toMatch(/^install: .*\bpptpd\b/m);
    expect(chroot.snapshot()).toEqual(before);
  });

  test(
    'it installs',
    () => {
      const { code, output } = install();
      expect(code, output).toBe(0);
      expect(chroot.run('systemctl', 'is-enabled', 'perennial-agent').output).toBe('enabled\n');
      expect(chroot.run('systemctl', 'is-enabled', 'pptpd').output).toBe('disabled\n');
      expect(chroot.run('readlink', '/etc/ppp/chap-secrets').output).toBe(
        '/run/perennial/chap-secrets\n',
      );
      const units = ['perennial-agent.service', 'pptpd.service'];
      expect(chroot.run('systemd-analyze', 'verify', '--man=no', ...units)).toEqual({
        code: 0,
        output: '',
      });
      expect(chroot.run('/usr/local/lib/perennial/agent', '--help')).toMatchObject({ code: 0 });
    },
    5 * minuteMs,
  );

  test('what is secret only root can read', () => {
    const files = ['/etc/perennial/users.conf', '/etc/ddclient.conf'];
    if (!options.startsWith('--home')) return expect(chroot.run('ls', ...files).code).toBe(2);
    expect(chroot.run('stat', '-c', '%a %U', ...files).output).toBe('600 root\n600 root\n');
    expect(chroot.read('etc/ddclient.conf')).toContain(
      "password='a-token_of-1'\nvpn.example.org\n",
    );
    // What Debian's own ddclient would send.
    const words = '-daemon=0 -noexec -verbose -noquiet -force -usev4=ipv4 -ipv4=198.51.100.7';
    const said = chroot.run('ddclient', ...words.split(' ')).output;
    expect(said).toContain(
      'GET /nic/update?system=dyndns&hostname=vpn.example.org&myip=198.51.100.7',
    );
    expect(said).toContain(`Basic ${Buffer.from('home:a-token_of-1').toString('base64')}\n`);
  });

  test("the agent's modules are compiled already when it starts", () => {
    const said = chroot.run('python3', '-IBv', '/usr/local/lib/perennial/agent', '--help').output;
    expect(said).toMatch(/matches \/usr\/local\/lib\/perennial\/server\/engine\.py$/m);
    expect(said).not.toMatch(/code object from '?\/usr\/local\/lib\/perennial\/server\/\w+\.py/);
  });

  test('the second time nothing has to change', () => {
    expect(install('--check')).toEqual({ code: 0, output: 'Nothing would change.\n' });
    expect(install().output).toContain('Nothing had to change.\n');
  });

  test(
    '--uninstall leaves it as it was',
    () => {
      const { code, output } = chroot.run('/image/install.sh', '--uninstall');
      expect(code, output).toBe(0);
      const after = chroot.snapshot();
      expect([...after].filter(([path, facts]) => before.get(path) !== facts)).toEqual([]);
      expect([...before.keys()].filter((path) => !after.has(path))).toEqual([]);
      expect(chroot.run('/image/install.sh', '--uninstall')).toEqual({
        code: 2,
        output: 'Nothing was installed here by this script.\n',
      });
    },
    5 * minuteMs,
  );

  test("another's entries in chap-secrets are not lost", () => {
    chroot.write('etc/ppp/chap-secrets', '# mine\nuser isp secret *\n', 0o600);
    const { code, output } = install();
    expect(code).toBe(2);
    expect(output).toMatch(/^\/etc\/ppp\/chap-secrets has entries of another use/);
    expect(output).not.toContain('secret *');
  });
});
