/** The configuration of dynamic DNS: which names are homes, and that the VPN's own name is none. */
import { expect, test } from 'vitest';
import { readDyndnsConfig } from '../../shared/dyndns/config.ts';

const env = {
  AWS_REGION: 'us-east-1',
  PERENNIAL_VPN: 'home',
  PERENNIAL_ZONE_ID: 'Z0123456789ABC',
  PERENNIAL_NAME: 'vpn.example.org',
  PERENNIAL_HOME: 'home.example.org,Cabin.example.org',
};

test('what is right is read', () => {
  expect(readDyndnsConfig({ ...env, AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1' })).toEqual({
    vpn: 'home',
    region: 'us-east-1',
    zoneId: 'Z0123456789ABC',
    homes: ['home.example.org', 'cabin.example.org'],
    endpoints: { ssm: 'http://127.0.0.1:1', route53: undefined },
  });
});

test('there may be no home', () => {
  expect(readDyndnsConfig({ ...env, PERENNIAL_HOME: '' }).homes).toEqual([]);
});

test.each([
  ['home', 'is a full DNS name like vpn.example.org'],
  ['home.example.org, cabin.example.org', 'is a full DNS name like vpn.example.org'],
  ['home.example.org,', 'is a full DNS name like vpn.example.org'],
  ['*.example.org', 'is a full DNS name like vpn.example.org'],
  ['a.b.org,b.b.org,c.b.org,d.b.org,e.b.org,f.b.org', 'has at most 5 names'],
  ['home.example.org,VPN.example.org', "has the VPN's own name, which only the loop moves"],
])('PERENNIAL_HOME=%j is wrong', (PERENNIAL_HOME, fault) => {
  expect(() => readDyndnsConfig({ ...env, PERENNIAL_HOME })).toThrow(
    `The configuration is not usable; nothing was changed.\n  PERENNIAL_HOME: ${fault}`,
  );
});

test('everything that is missing is named at once', () => {
  const names = Object.keys(env).map((name) => `  ${name}: is missing`);
  expect(() => readDyndnsConfig({})).toThrow(names.join('\n'));
});
