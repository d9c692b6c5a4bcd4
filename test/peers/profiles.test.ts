/** What profiles hold, judged by what reads it on people's machines: wg-quick, pppd, nmcli and a reader of plists. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { type System, toProfile } from '../../shared/users/profiles.ts';

const root = inject('debianRoot');
const folder = mkdtempSync(join(tmpdir(), 'perennial-profiles-'));

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
  dns: ['8.8.8.8', '8.8.4.4'],
  protocols: ['pptp' as const, 'wireguard' as const],
};

/** Answers where the file is. */
function write(system: System, name: string): string {
  const { files } = toProfile(system, shown, context);
  const path = join(folder, `${system}-${name}`);
  writeFileSync(path, files.find((file) => file.name === name)?.content ?? '', { mode: 0o600 });
  return path;
}

test.each(['windows', 'android', 'ubuntu', 'router', 'wireguard'] as const)(
  'wg-quick reads the file for %s, and leaves WireGuard what is its own',
  (system) => {
    // Its name is the interface's, of at most 15 characters.
    const path = join(folder, `${system}.conf`);
    writeFileSync(path, execFileSync('cat', [write(system, 'home.conf')]), { mode: 0o600 });
    const stripped = execFileSync(join(root, 'usr/bin/wg-quick'), ['strip', path]).toString();
    expect(stripped.split('\n').filter(Boolean)).toEqual([
      '[Interface]',
      `PrivateKey = ${wireguard.privateKey}`,
      '[Peer]',
      `PublicKey = ${wireguard.serverPublicKey}`,
      `PresharedKey = ${wireguard.presharedKey}`,
      'Endpoint = vpn.example.org:51820',
      'AllowedIPs = 0.0.0.0/0, ::/0',
      'PersistentKeepalive = 25',
    ]);
  },
);

test('pppd knows every option of the peer', () => {
  const judge = (file: string) => spawnSync('pppd', ['file', file, 'dryrun']);
  const good = judge(write('ubuntu', 'home.peer'));
  // It may have no device here, which it looks for after the options.
  expect([0, 4]).toContain(good.status);
  expect(good.stderr.toString()).not.toMatch(/In file/);
  const odd = join(folder, 'odd');
  writeFileSync(odd, 'persists\n');
  expect(judge(odd).status).toBe(2);
});

test('NetworkManager takes the line as it stands', () => {
  const { steps } = toProfile('ubuntu', shown, context);
  const line = steps.find((step) => step.startsWith('nmcli connection add')) ?? '';
  const env = { ...process.env, LD_LIBRARY_PATH: join(root, 'usr/lib/x86_64-linux-gnu') };
  const nmcli = `${join(root, 'usr/bin/nmcli')} --offline`;
  const made = execFileSync('sh', ['-c', line.replace(/^nmcli/, nmcli)], { env }).toString();
  expect(made).toMatch(/\nservice-type=org\.freedesktop\.NetworkManager\.pptp\n/);
  for (const one of ['gateway=vpn.example.org', 'user=alice', 'require-mppe-128=yes'])
    expect(made.split('\n')).toContain(one);
  expect(made.split('\n')).toContain('persistent=true');
});

test.each(['macos', 'ios'] as const)(
  'the profile for %s is a plist that says what it should',
  (system) => {
    const path = write(system, 'home.mobileconfig');
    const script =
      'import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))';
    const profile: unknown = JSON.parse(execFileSync('python3', ['-c', script, path]).toString());
    expect(profile).toMatchObject({
      PayloadType: 'Configuration',
      PayloadVersion: 1,
      PayloadContent: [
        {
          PayloadType: 'com.apple.vpn.managed',
          VPNSubType: `com.wireguard.${system}`,
          VendorConfig: { WgQuickConfig: expect.stringContaining(wireguard.privateKey) },
          VPN: { RemoteAddress: 'vpn.example.org' },
        },
      ],
    });
  },
);
