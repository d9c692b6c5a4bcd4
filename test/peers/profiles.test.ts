/** What people get for Windows and Apple's systems, as far as it can be read here: PowerShell's grammar, a property list. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type System, toProfile } from '../../shared/users/profiles.ts';
import { ann, home } from '../clients/ann.ts';
import { run } from './aws.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-profiles-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What a script of Python makes of a text, as JSON. */
async function read(script: string, text: string): Promise<unknown> {
  const path = join(folder, 'text');
  await writeFile(path, text);
  const head = 'import json, sys; text = open(sys.argv[1], "rb").read()';
  const python = join(inject('peersBin'), 'python');
  const { code, stdout, stderr } = await run(python, ['-c', `${head}\n${script}`, path]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function toContent(system: System, name: string, killSwitch = false): string {
  const { files } = toProfile(system, ann, { ...home, killSwitch });
  const file = files.find((one) => one.name === name);
  if (!file) throw new Error(`No ${name} for ${system}`);
  return file.content;
}

const parsePowerShell = `
import tree_sitter, tree_sitter_powershell
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
root = parser.parse(text).root_node
def below(node, kind):
    found = [node] if node.type == kind else []
    return found + [one for child in node.children for one in below(child, kind)]
words = lambda node, kind: [one.text.decode() for one in below(node, kind)]
commands = [words(one, 'command_name') + words(one, 'command_parameter') for one in below(root, 'command')]
print(json.dumps({'wrong': root.has_error, 'commands': commands}))
`;

/** learn.microsoft.com/powershell/module/vpnclient: all that is used here is among each command's parameters. */
test('PowerShell parses the script for Windows as two commands', async () => {
  expect(await read(parsePowerShell, toContent('windows', 'home.ps1'))).toEqual({
    wrong: false,
    commands: [
      ['Remove-VpnConnection', '-Name', '-Force', '-ErrorAction'],
      [
        'Add-VpnConnection',
        '-Name',
        '-ServerAddress',
        '-TunnelType',
        '-AuthenticationMethod',
        '-EncryptionLevel',
        '-RememberCredential',
      ],
    ],
  });
});

test('a lost backtick would be noticed', async () => {
  const script = toContent('windows', 'home.ps1').replace(' `', '');
  const { commands } = (await read(parsePowerShell, script)) as { commands: string[][] };
  expect(commands[1]).not.toContain('-EncryptionLevel');
});

const parsePlist = 'import plistlib; print(json.dumps(plistlib.loads(text)))';

/** The keys: MOBILECONFIG.md of wireguard-apple, and Apple's com.apple.vpn.managed. */
test.each([
  ['ios', false],
  ['ios', true],
  ['macos', false],
  ['macos', true],
] as const)('the configuration profile for %s with kill switch %s', async (system, killSwitch) => {
  const content = toContent(system, 'home.mobileconfig', killSwitch);
  const uuid = expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
  expect(await read(parsePlist, content)).toEqual({
    PayloadDisplayName: 'VPN home',
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: 'org.example.vpn.perennial.home.ann',
    PayloadUUID: uuid,
    PayloadContent: [
      {
        PayloadDisplayName: 'VPN',
        PayloadType: 'com.apple.vpn.managed',
        PayloadVersion: 1,
        PayloadIdentifier: 'org.example.vpn.perennial.home.ann.tunnel',
        PayloadUUID: uuid,
        UserDefinedName: 'home',
        VPNType: 'VPN',
        VPNSubType: `com.wireguard.${system}`,
        VendorConfig: { WgQuickConfig: toContent(system, 'home.conf', killSwitch) },
        VPN: {
          RemoteAddress: 'vpn.example.org',
          AuthenticationMethod: 'Password',
          ...(killSwitch && { OnDemandEnabled: 1, OnDemandRules: [{ Action: 'Connect' }] }),
        },
      },
    ],
  });
});
