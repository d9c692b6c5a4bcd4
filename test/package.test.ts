/** `osls package`: the same bytes every time, nothing in them but the bundle, and no guessing at a configuration. */
import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { type Outcome, readTemplateFile, runOsls } from './compiled-template.ts';

test('packages without credentials or configuration, byte for byte the same each time', async () => {
  const outcomes = await Promise.all([runOsls('package'), runOsls('package')]);
  const [first, second] = outcomes.map(({ code, output, files }) => {
    expect(code, output).toBe(0);
    return [...files].filter(([name]) => name.endsWith('.zip')).map(toDigest);
  });
  const names = ['api', 'bake', 'dyndns', 'profile', 'reconcile', 'tell'];
  expect(first?.map(([name]) => name).toSorted()).toEqual(names.map((name) => `${name}.zip`));
  expect(second).toEqual(first);
  for (const name of names)
    expect(toContents(outcomes[0], name)).toEqual(
      [`build/${name}.js`, 'build/package.json'].sort(),
    );
});

test('takes what perennial.yml says', async () => {
  const { code, output, files } = await runOsls(
    'package',
    [
      'vpn: cabin # not home',
      'region: eu-central-1',
      'name: cabin.example.net',
      'zoneId: Z0CABIN',
      'cap: 0.004',
      'types: t4g.nano=0.0042',
      'protocols: wireguard',
      'home: home.example.net,barn.example.net',
      'sshFrom: 198.51.100.7/32',
      'alarmEmail: me@example.net',
      'logRetentionDays: 7',
    ].join('\n'),
  );
  expect(code, output).toBe(0);
  const { Parameters, Resources } = readTemplateFile(files);
  expect(Resources.ReconcileLambdaFunction?.Properties?.Environment).toMatchObject({
    Variables: {
      PERENNIAL_VPN: 'cabin',
      PERENNIAL_NAME: 'cabin.example.net',
      PERENNIAL_ZONE_ID: 'Z0CABIN',
      PERENNIAL_CAP: '0.004',
      PERENNIAL_TYPES: 't4g.nano=0.0042',
      PERENNIAL_PROTOCOLS: 'wireguard',
    },
  });
  expect(Resources.DyndnsLambdaFunction?.Properties?.Environment).toEqual({
    Variables: {
      PERENNIAL_VPN: 'cabin',
      PERENNIAL_ZONE_ID: 'Z0CABIN',
      PERENNIAL_NAME: 'cabin.example.net',
      PERENNIAL_HOME: 'home.example.net,barn.example.net',
    },
  });
  expect(Parameters).toMatchObject({
    Protocols: { Default: 'wireguard' },
    SshFrom: { Default: '198.51.100.7/32' },
    AlarmEmail: { Default: 'me@example.net' },
  });
  expect(Resources.ReconcileLogGroup?.Properties).toMatchObject({ RetentionInDays: 7 });
  expect(files.get('serverless-state.json')?.toString()).toContain('"region": "eu-central-1"');
});

describe('refuses, and makes nothing', () => {
  const keys =
    'vpn, region, name, zoneId, cap, types, onDemandMax, protocols, address, rotateDays, oldPasswordMinutes, refreshDays, ssmAgent, home, dashboard, slackUsers, sshFrom, alarmEmail, logRetentionDays';
  const cases: [string, string, string | undefined, string[]][] = [
    [
      'all faults at once',
      'package',
      [
        'nmae: vpn.example.net',
        'name: Vpn.example.net',
        'vpn: Home_1',
        'region: mars',
        'zoneId: abc',
        'cap: cheap',
        'protocols: pptp,ikev2',
        'home: Home.example.net, vpn.example.net',
        'dashboard: vpn.example.net',
        'slackUsers: roadrunner',
        'sshFrom: everywhere',
        'alarmEmail: me',
      ].join('\n'),
      [
        `nmae: is no key; there are ${keys}`,
        'name: is in small letters',
        'home: is in small letters',
        'region: is a region like us-east-1',
        'vpn: is 1 to 20 of a-z, 0-9 and -, beginning with a letter',
        'zoneId: is a hosted zone id like Z0123ABC',
        'cap: the cap is a number of dollars an hour, like 0.0052',
        'protocols: is one or both of pptp, wireguard',
        "slackUsers: has member ids of Slack with commas between them, like U012AB3CD; names aren't safe",
        'home: is a full DNS name like vpn.example.org',
        'dashboard: begins with http:// or https://',
        'dashboard: is a URL',
        'sshFrom: must be empty or a CIDR like 198.51.100.7/32',
        'alarmEmail: must be empty or one email address',
      ],
    ],
    [
      "the VPN's own name for a home",
      'package',
      'name: vpn.example.net\nhome: home.example.net,vpn.example.net\n',
      ["home: has the VPN's own name, which only the loop moves"],
    ],
    ['a text without keys', 'package', 'cabin\n', [`cabin: is no key; there are ${keys}`]],
    [
      'to deploy the examples',
      'deploy',
      '# name: vpn.example.org\nzoneId:\n',
      ['name: is missing, and only you know it', 'zoneId: is missing, and only you know it'],
    ],
  ];
  test.each(cases)('%s', async (_, command, perennialYml, faults) => {
    const { code, output, files } = await runOsls(command, perennialYml);
    const message = ['perennial.yml is not usable; nothing was changed.', ...faults].join('\n  ');
    expect(output).toContain(`${message}\n`);
    expect(code).toBe(1);
    expect([...files.keys()]).toEqual([]);
  });
});

function toDigest([name, bytes]: [string, Buffer]): [string, string] {
  return [name, createHash('sha256').update(bytes).digest('hex')];
}

function toContents(outcome: Outcome | undefined, name: string): string[] {
  const zip = outcome?.files.get(`${name}.zip`);
  return Object.keys(unzipSync(zip ?? new Uint8Array())).sort();
}
