/** Profiles right after the secrets were made, when the private key is there to be put into them. */
import { expect, test } from 'vitest';
import { toProfile } from '../../shared/users/profiles.ts';

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
  expect(files.at(-1)?.content).toBe(`"alice" pptpd "a\\"b\\\\c'd" *\n`);
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
