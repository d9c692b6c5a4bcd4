/** Profiles right after the secrets were made, when the private key is there to be put into them. */
import { describe, expect, test } from 'vitest';
import { type System, systems, toProfile } from '../../shared/users/profiles.ts';

const wireguard = {
  privateKey: 'yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=',
  presharedKey: '/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=',
  address: '10.40.2.7',
  serverPublicKey: 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
};
const shown = { user: 'alice', version: 1, password: `a"b\\c'd`, wireguard };
const context = {
  vpn: 'home',
  name: 'vpn.example.org',
  dns: ['8.8.8.8'],
  protocols: ['pptp' as const, 'wireguard' as const],
};

test.each(['macos', 'ios'] as const)('for %s there is a profile to open', (system) => {
  const { files, steps } = toProfile(system, shown, context);
  const content = files.find(({ name }) => name === 'home.mobileconfig')?.content ?? '';
  expect(content).toContain(`<string>com.wireguard.${system}</string>`);
  expect(content).toContain(`PrivateKey = ${wireguard.privateKey}`);
  expect(content).toMatch(/PayloadUUID<\/key><string>[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}</);
  expect(content.match(/<dict>/g)).toHaveLength(content.match(/<\/dict>/g)?.length ?? 0);
  expect(steps.join('\n')).not.toContain('Put your private key');
});

test('a password of odd characters stands in chap-secrets as pppd reads it', () => {
  const { files } = toProfile('ubuntu', shown, context);
  expect(files.find(({ name }) => name === 'chap-secrets')?.content).toBe(
    `"alice" pptpd "a\\"b\\\\c'd" *\n`,
  );
});

test('tells only of what the server speaks', () => {
  const pptp = toProfile('windows', shown, { ...context, protocols: ['pptp'] });
  expect(pptp.files.map(({ name }) => name)).toEqual(['home.ps1']);
  const wireguardOnly = toProfile('windows', shown, { ...context, protocols: ['wireguard'] });
  expect(JSON.stringify(wireguardOnly)).not.toMatch(/pptp/i);
});

test('of a user without a key says what to do', () => {
  const { steps } = toProfile('ios', { ...shown, wireguard: null }, context);
  expect(steps[0]).toBe('alice has no WireGuard key yet: rotate to make one.');
});

describe('a kill switch', () => {
  const toWith = (system: System) => toProfile(system, shown, { ...context, killSwitch: true });

  test.each(systems)('is nowhere in what is made for %s without it', (system) => {
    expect(JSON.stringify(toProfile(system, shown, context))).not.toMatch(
      /kill.?switch|PostUp|OnDemand/i,
    );
  });

  test.each(systems)('is explained for %s', (system) => {
    expect(toWith(system).steps.join('\n')).toMatch(/^Kill switch: /m);
  });

  test.each([
    ['ubuntu', 'home.conf', 'PostUp = iptables -I OUTPUT'],
    ['ubuntu', 'kill-switch.nft', 'reject with icmpx admin-prohibited'],
    ['ios', 'home.mobileconfig', '<key>OnDemandEnabled</key><integer>1</integer>'],
    ['macos', 'home.mobileconfig', '<key>Action</key><string>Connect</string>'],
  ] as const)('for %s is in %s', (system, name, content) => {
    const { files } = toWith(system);
    expect(files.find((file) => file.name === name)?.content).toContain(content);
  });

  test.each(systems.filter((system) => system !== 'ubuntu'))(
    'for %s is in no file for wg-quick, whose words the apps do not know',
    (system) => {
      const [conf] = toWith(system).files;
      expect(conf?.content).not.toContain('PostUp');
    },
  );

  test('where only the user has the key is turned on in the app', () => {
    const own = { ...shown, wireguard: { ...wireguard, privateKey: null } };
    const { steps, files } = toProfile('ios', own, { ...context, killSwitch: true });
    expect(files.map(({ name }) => name)).toEqual(['home.conf']);
    expect(steps.join('\n')).toContain('turn on On-Demand for every kind of network');
  });
});

test('a tunnel has a name that Linux takes for an interface', () => {
  const { files } = toProfile('wireguard', shown, { ...context, vpn: 'a-home-with-20-chars' });
  expect(files[0]?.name).toBe('a-home-with-20-.conf');
});

test('a dot in a name is a dot, where an old line is looked for', () => {
  const { steps } = toProfile('ubuntu', { ...shown, user: 'a.b' }, context);
  expect(steps).toContain('sudo sed -i \'/^"a\\.b" pptpd /d\' /etc/ppp/chap-secrets');
});

test.each(systems)('for %s says what to do where the address does not move along', (system) => {
  const toSteps = (address: 'elastic' | 'dynamic') =>
    toProfile(system, shown, { ...context, address }).steps.join('\n');
  expect(toSteps('dynamic')).toContain('turn it off and on then');
  expect(toSteps('elastic')).not.toContain('off and on');
});
