/** The configuration of a function: what is right, and that all that is wrong is said in one message. */
import { describe, expect, test } from 'vitest';
import { readConfig } from '../shared/config.ts';

const env = {
  AWS_REGION: 'us-east-1',
  PERENNIAL_VPN: 'home',
  PERENNIAL_ZONE_ID: 'Z0123456789ABC',
  PERENNIAL_NAME: 'vpn.example.org',
  PERENNIAL_CAP: '0.004',
  PERENNIAL_TYPES: 't3.nano=0.0052,t3a.nano=0.0047',
  PERENNIAL_ON_DEMAND_MAX: '5',
  PERENNIAL_PROTOCOLS: 'pptp,wireguard',
  PERENNIAL_ADDRESS: 'auto',
  PERENNIAL_ROTATE_DAYS: '0',
  PERENNIAL_OLD_PASSWORD_MINUTES: '60',
  PERENNIAL_TEMPLATE_SPOT: 'lt-0abc:1',
  PERENNIAL_TEMPLATE_ON_DEMAND: 'lt-0def:$Latest',
};
type Name = keyof typeof env;
const optional = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_EC2',
  'AWS_ENDPOINT_URL_SSM',
  'AWS_ENDPOINT_URL_ROUTE_53',
];

test('what is right is read', () => {
  expect(readConfig(env)).toEqual({
    policy: {
      vpn: 'home',
      cap: 0.004,
      types: [
        { type: 't3.nano', onDemand: 0.0052 },
        { type: 't3a.nano', onDemand: 0.0047 },
      ],
      protocols: ['pptp', 'wireguard'],
      address: 'elastic',
      onDemandDollarsMax: 5,
      rotateDays: 0,
      oldPasswordMinutes: 60,
    },
    region: 'us-east-1',
    zoneId: 'Z0123456789ABC',
    name: 'vpn.example.org',
    templates: {
      spot: { id: 'lt-0abc', version: '1' },
      'on-demand': { id: 'lt-0def', version: '$Latest' },
    },
    slackUsers: [],
    endpoints: { ec2: undefined, ssm: undefined, route53: undefined },
  });
});

test.each<[name: Name, value: string, read: object]>([
  ['AWS_REGION', 'us-gov-west-1', { region: 'us-gov-west-1' }],
  ['AWS_REGION', 'ap-southeast-2', { region: 'ap-southeast-2' }],
  ['PERENNIAL_VPN', 'a', { policy: { vpn: 'a' } }],
  ['PERENNIAL_NAME', 'VPN.Example.Org', { name: 'vpn.example.org' }],
  ['PERENNIAL_NAME', 'a-b.xn--bcher-kva.example', { name: 'a-b.xn--bcher-kva.example' }],
  ['PERENNIAL_CAP', '0.001', { policy: { cap: 0.001 } }],
  ['PERENNIAL_CAP', '10', { policy: { cap: 10 } }],
  [
    'PERENNIAL_TYPES',
    't4g.nano=0.0042',
    { policy: { types: [{ type: 't4g.nano', onDemand: 0.0042 }] } },
  ],
  [
    'PERENNIAL_TYPES',
    't4g.nano=0.0042,m7gd.medium=0.0534,c8gn.medium=0.06',
    { policy: { types: [{ type: 't4g.nano' }, { type: 'm7gd.medium' }, { type: 'c8gn.medium' }] } },
  ],
  [
    'PERENNIAL_TYPES',
    'g4dn.xlarge=0.526,u-6tb1.metal=5,t3.nano=0.0052',
    { policy: { types: [{ type: 'g4dn.xlarge' }, { type: 'u-6tb1.metal' }, { type: 't3.nano' }] } },
  ],
  ['PERENNIAL_ON_DEMAND_MAX', '0', { policy: { onDemandDollarsMax: 0 } }],
  ['PERENNIAL_ON_DEMAND_MAX', '2.5', { policy: { onDemandDollarsMax: 2.5 } }],
  ['PERENNIAL_ON_DEMAND_MAX', '1000', { policy: { onDemandDollarsMax: 1_000 } }],
  ['PERENNIAL_ROTATE_DAYS', '3650', { policy: { rotateDays: 3_650 } }],
  ['PERENNIAL_OLD_PASSWORD_MINUTES', '10080', { policy: { oldPasswordMinutes: 10_080 } }],
  ['PERENNIAL_ZONE_ID', 'Z', { zoneId: 'Z' }],
  ['PERENNIAL_ZONE_ID', '0'.repeat(32), { zoneId: '0'.repeat(32) }],
  ['PERENNIAL_PROTOCOLS', 'wireguard', { policy: { protocols: ['wireguard'] } }],
  ['PERENNIAL_PROTOCOLS', 'wireguard', { policy: { address: 'elastic' } }],
  ['PERENNIAL_PROTOCOLS', 'pptp', { policy: { address: 'dynamic' } }],
  ['PERENNIAL_ADDRESS', 'elastic', { policy: { address: 'elastic' } }],
  ['PERENNIAL_ADDRESS', 'dynamic', { policy: { address: 'dynamic' } }],
  [
    'PERENNIAL_TEMPLATE_SPOT',
    'lt-0123456789abcdef0:$Default',
    { templates: { spot: { version: '$Default' } } },
  ],
])('%s may be %s', (name, value, read) => {
  expect(readConfig({ ...env, [name]: value })).toMatchObject(read);
});

test('who may use the slash command is named, or everybody may', () => {
  const read = (PERENNIAL_SLACK_USERS: string) => readConfig({ ...env, PERENNIAL_SLACK_USERS });
  expect(read('U012AB3CD,W034EF5GH').slackUsers).toEqual(['U012AB3CD', 'W034EF5GH']);
  expect(read('').slackUsers).toEqual([]);
  for (const wrong of ['roadrunner', 'U012AB3CD, U034EF5GH', 'U012AB3CD,', 'u012ab3cd'])
    expect(() => read(wrong)).toThrow('PERENNIAL_SLACK_USERS: has member ids');
});

describe('each service', () => {
  const all = 'http://127.0.0.1:4566';
  const own = 'http://127.0.0.1:5000';
  test.each([
    ['has the endpoint of all', { AWS_ENDPOINT_URL: all }, { ec2: all, ssm: all, route53: all }],
    [
      'has its own endpoint',
      { AWS_ENDPOINT_URL_SSM: own },
      { ec2: undefined, ssm: own, route53: undefined },
    ],
    [
      'has its own rather than that of all',
      { AWS_ENDPOINT_URL: all, AWS_ENDPOINT_URL_EC2: own, AWS_ENDPOINT_URL_ROUTE_53: own },
      { ec2: own, ssm: all, route53: own },
    ],
  ])('%s', (_, added, endpoints) => {
    expect(readConfig({ ...env, ...added }).endpoints).toEqual(endpoints);
  });
});

test('everything that is missing is named at once', () => {
  expect(messageOf({})).toBe(
    [
      'The configuration is not usable; nothing was changed.',
      ...Object.keys(env).map((name) => `  ${name}: is missing`),
    ].join('\n'),
  );
});

test('everything that is wrong is named at once, beside what is missing', () => {
  const { PERENNIAL_VPN: _, ...rest } = env;
  const wrong = {
    ...rest,
    AWS_REGION: 'here',
    PERENNIAL_CAP: 'cheap',
    AWS_ENDPOINT_URL: 'localhost:4566',
  };
  expect(messageOf(wrong)).toBe(
    [
      'The configuration is not usable; nothing was changed.',
      '  AWS_REGION: is a region like us-east-1',
      '  PERENNIAL_VPN: is missing',
      '  PERENNIAL_CAP: the cap is a number of dollars an hour, like 0.0052',
      '  AWS_ENDPOINT_URL: begins with http:// or https://',
    ].join('\n'),
  );
});

const typesShape = 'give one to ten types, each with its on-demand price';
const dnsName = 'is a full DNS name like vpn.example.org';
const label = 'a'.repeat(64);

test.each<[name: Name, value: string, fault: string]>([
  ['AWS_REGION', 'us-east-1a', 'is a region like us-east-1'],
  ['AWS_REGION', '', 'is a region like us-east-1'],
  ['PERENNIAL_VPN', 'Home', 'is 1 to 20 of a-z, 0-9 and -'],
  ['PERENNIAL_VPN', '-home', 'beginning with a letter'],
  ['PERENNIAL_VPN', 'a'.repeat(21), 'is 1 to 20 of a-z, 0-9 and -'],
  ['PERENNIAL_VPN', 'home/../x', 'is 1 to 20 of a-z, 0-9 and -'],
  ['PERENNIAL_ZONE_ID', '/hostedzone/Z0123', 'is a hosted zone id like Z0123ABC'],
  ['PERENNIAL_ZONE_ID', 'z0123', 'is a hosted zone id like Z0123ABC'],
  ['PERENNIAL_ZONE_ID', '', 'is a hosted zone id like Z0123ABC'],
  ['PERENNIAL_ZONE_ID', 'Z'.repeat(33), 'is a hosted zone id like Z0123ABC'],
  ['PERENNIAL_NAME', 'vpn', dnsName],
  ['PERENNIAL_NAME', 'vpn.example.org.', dnsName],
  ['PERENNIAL_NAME', '*.example.org', dnsName],
  ['PERENNIAL_NAME', '-vpn.example.org', dnsName],
  ['PERENNIAL_NAME', `${label}.example.org`, dnsName],
  ['PERENNIAL_NAME', `${'abcdefgh.'.repeat(28)}org`, 'is at most 253 characters'],
  ['PERENNIAL_CAP', '0', 'the cap is at least 0.001 dollars an hour'],
  ['PERENNIAL_CAP', '0.0009', 'the cap is at least 0.001 dollars an hour'],
  ['PERENNIAL_CAP', '10.01', 'the cap is at most 10 dollars an hour'],
  ['PERENNIAL_CAP', '-1', 'the cap is a number of dollars an hour'],
  ['PERENNIAL_CAP', '0,004', 'the cap is a number of dollars an hour'],
  ['PERENNIAL_CAP', '$0.004', 'the cap is a number of dollars an hour'],
  ['PERENNIAL_CAP', '4e-3', 'the cap is a number of dollars an hour'],
  ['PERENNIAL_CAP', 'Infinity', 'the cap is a number of dollars an hour'],
  ['PERENNIAL_CAP', '', 'the cap is a number of dollars an hour'],
  ['PERENNIAL_TYPES', '', typesShape],
  ['PERENNIAL_TYPES', 't3.nano', typesShape],
  ['PERENNIAL_TYPES', 't3.nano=', typesShape],
  ['PERENNIAL_TYPES', 'nano=0.0052', typesShape],
  ['PERENNIAL_TYPES', 't3.nano=0.0052, t3a.nano=0.0047', typesShape],
  ['PERENNIAL_TYPES', 't3.nano=0.0052,', typesShape],
  ['PERENNIAL_TYPES', toTypes(11), typesShape],
  ['PERENNIAL_TYPES', 't3.nano=0.0.52', "a type's on-demand price is a number of dollars an hour"],
  [
    'PERENNIAL_TYPES',
    't3.nano=0.0001',
    "a type's on-demand price is at least 0.001 dollars an hour",
  ],
  ['PERENNIAL_TYPES', 'p5.48xlarge=98', "a type's on-demand price is at most 10 dollars an hour"],
  ['PERENNIAL_TYPES', 't3.nano=0.0052,t4g.nano=0.0042', 'mixes ARM (t4g, …) with x86 types'],
  ['PERENNIAL_TYPES', 't3.nano=0.0052,t3.nano=0.0047', 'names a type twice'],
  ['PERENNIAL_ON_DEMAND_MAX', '', 'is a number of dollars a month, like 5'],
  ['PERENNIAL_ON_DEMAND_MAX', '-1', 'is a number of dollars a month, like 5'],
  ['PERENNIAL_ON_DEMAND_MAX', '$5', 'is a number of dollars a month, like 5'],
  ['PERENNIAL_ON_DEMAND_MAX', '1000.01', 'is at most 1000 dollars a month'],
  ['PERENNIAL_ROTATE_DAYS', '0.5', 'is a whole number of days'],
  ['PERENNIAL_ROTATE_DAYS', '-1', 'is a whole number of days'],
  ['PERENNIAL_ROTATE_DAYS', '3651', 'is at most 3650 days'],
  ['PERENNIAL_OLD_PASSWORD_MINUTES', 'x', 'is a whole number of minutes'],
  ['PERENNIAL_OLD_PASSWORD_MINUTES', '10081', 'is at most 10080 minutes'],
  ['PERENNIAL_ADDRESS', 'fixed', 'is one of auto, elastic, dynamic'],
  ['PERENNIAL_PROTOCOLS', '', 'is one or both of pptp, wireguard'],
  ['PERENNIAL_PROTOCOLS', 'openvpn', 'is one or both of pptp, wireguard'],
  ['PERENNIAL_PROTOCOLS', 'pptp, wireguard', 'is one or both of pptp, wireguard'],
  ['PERENNIAL_PROTOCOLS', 'pptp,pptp', 'names a protocol twice'],
  ['PERENNIAL_TEMPLATE_SPOT', 'lt-0abc', 'is a launch template with its version: lt-0abc:1'],
  ['PERENNIAL_TEMPLATE_ON_DEMAND', 'perennial-home:1', 'is a launch template with its version'],
  ['PERENNIAL_TEMPLATE_ON_DEMAND', 'lt-0abc:latest', 'is a launch template with its version'],
])('%s=%j is wrong, and nothing else is', (name, value, fault) => {
  const [heading, ...faults] = messageOf({ ...env, [name]: value }).split('\n');
  expect(heading).toBe('The configuration is not usable; nothing was changed.');
  expect(faults).toEqual([expect.stringContaining(`  ${name}: `)]);
  expect(faults[0]).toContain(fault);
});

const noUrls = ['somewhere', 'localhost:4566', '127.0.0.1:4566', 'ftp://127.0.0.1', '', 'http://'];
test.each(optional.flatMap((name) => noUrls.map((value) => [name, value] as const)))(
  '%s=%j is no URL',
  (name, value) => {
    const fault = value === 'http://' ? 'is a URL' : 'begins with http:// or https://';
    expect(messageOf({ ...env, [name]: value })).toContain(`  ${name}: ${fault}`);
  },
);

test('ten types are read', () => {
  const { policy } = readConfig({ ...env, PERENNIAL_TYPES: toTypes(10) });
  expect(policy.types).toHaveLength(10);
});

function toTypes(count: number): string {
  return Array.from({ length: count }, (_, index) => `t3.x${index}=0.0052`).join(',');
}

function messageOf(wrong: Record<string, string>): string {
  try {
    readConfig(wrong);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
