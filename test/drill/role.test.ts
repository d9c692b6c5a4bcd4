/** Who may act as the role of a drill, and what that may: nothing but to interrupt the one server. */
import { expect, test } from 'vitest';
import { judge, readPolicy, readTrust } from '../../local/iam/policy.ts';
import { roleNameOf, toPolicy, toTrust } from '../../scripts/vpn/drill/role.ts';

const place = { vpn: 'home', region: 'eu-west-1', account: '123456789012', partition: 'aws' };
const trust = readTrust(toTrust(place));
const policy = readPolicy(toPolicy(place, 'i-0a1b'));

const experiment = 'arn:aws:fis:eu-west-1:123456789012:experiment/EXP1';
const acting = (service: string, account: string, arn: string) =>
  judge(trust, {
    action: 'sts:AssumeRole',
    resource: service,
    context: { 'aws:SourceAccount': account, 'aws:SourceArn': arn },
  });

test.each([
  [
    'experiments of this account and region',
    'allowed',
    'fis.amazonaws.com',
    place.account,
    experiment,
  ],
  ['another service', 'denied implicitly', 'ec2.amazonaws.com', place.account, experiment],
  ['for another account', 'denied implicitly', 'fis.amazonaws.com', '210987654321', experiment],
  [
    'in another region',
    'denied implicitly',
    'fis.amazonaws.com',
    place.account,
    experiment.replace('eu-west-1', 'us-east-1'),
  ],
])('%s may act as it: %s', (_, verdict, service, account, arn) => {
  expect(acting(service, account, arn)).toBe(verdict);
});

test('nobody may whose account AWS does not name', () => {
  const asked = { action: 'sts:AssumeRole', resource: 'fis.amazonaws.com', context: {} };
  expect(judge(trust, asked)).toBe('denied implicitly');
});

const instance = (id: string) => `arn:aws:ec2:eu-west-1:123456789012:instance/${id}`;
const tagged = (vpn: string) => ({ 'aws:ResourceTag/perennial:vpn': vpn });

test.each([
  [
    'interrupt the server',
    'allowed',
    'SendSpotInstanceInterruptions',
    instance('i-0a1b'),
    tagged('home'),
  ],
  [
    'interrupt it once it is no longer ours',
    'denied implicitly',
    'SendSpotInstanceInterruptions',
    instance('i-0a1b'),
    {},
  ],
  [
    'interrupt it as of another VPN',
    'denied implicitly',
    'SendSpotInstanceInterruptions',
    instance('i-0a1b'),
    tagged('cottage'),
  ],
  [
    'interrupt another server of ours',
    'denied implicitly',
    'SendSpotInstanceInterruptions',
    instance('i-0c2d'),
    tagged('home'),
  ],
  [
    'terminate the server',
    'denied implicitly',
    'TerminateInstances',
    instance('i-0a1b'),
    tagged('home'),
  ],
  ['look at instances', 'allowed', 'DescribeInstances', '*', { 'ec2:Region': 'eu-west-1' }],
  ['look elsewhere', 'denied implicitly', 'DescribeInstances', '*', { 'ec2:Region': 'us-east-1' }],
])('it may %s: %s', (_, verdict, action, resource, context) => {
  expect(judge(policy, { action: `ec2:${action}`, resource, context })).toBe(verdict);
});

test('its name fits, and tells VPNs and regions apart', () => {
  const longest = roleNameOf({ vpn: 'a'.repeat(20), region: 'ap-southeast-3' });
  expect(longest.length).toBeLessThanOrEqual(64);
  expect(roleNameOf(place)).toBe('perennial-home-drill-eu-west-1');
});
