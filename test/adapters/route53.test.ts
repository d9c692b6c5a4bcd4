/** What exactly Route 53 is asked, and what is made of records that are not as we write them. */
import { expect, test } from 'vitest';
import { toName } from '../../shared/adapters/route53.ts';
import { answering } from './answering.ts';

const config = { zoneId: 'Z0123456789ABC', name: 'vpn.example.org' };
const A = { Name: 'vpn.example.org.', Type: 'A', TTL: 30 };
const address = '203.0.113.7';
const ResourceRecords = [{ Value: address }];

test.each([
  ['its address', { ...A, ResourceRecords }, address],
  ['its address, whatever its case', { ...A, Name: 'VPN.example.org.', ResourceRecords }, address],
  [
    'the first of several',
    { ...A, ResourceRecords: [...ResourceRecords, { Value: '203.0.113.8' }] },
    address,
  ],
  ['nothing of a neighbour', { ...A, Name: 'vpn2.example.org.', ResourceRecords }, null],
  [
    'nothing of another type',
    { ...A, Type: 'AAAA', ResourceRecords: [{ Value: '2001:db8::7' }] },
    null,
  ],
  [
    'nothing of an alias',
    {
      ...A,
      AliasTarget: { HostedZoneId: 'Z1', DNSName: 'elb.example.org.', EvaluateTargetHealth: false },
    },
    null,
  ],
])('the name has %s', async (_, record, expected) => {
  const aws = answering(() => ({ ResourceRecordSets: [record], IsTruncated: false, MaxItems: 1 }));
  expect(await toName(aws.clients, config).read()).toBe(expected);
  const start = { StartRecordName: 'vpn.example.org', StartRecordType: 'A', MaxItems: 1 };
  expect(aws.asked).toEqual([
    { operation: 'ListResourceRecordSets', input: { HostedZoneId: 'Z0123456789ABC', ...start } },
  ]);
});

test('pointing writes one short-lived A record, whether there is one or not', async () => {
  const SubmittedAt = new Date(0);
  const aws = answering(() => ({
    ChangeInfo: { Id: '/change/C1', Status: 'PENDING', SubmittedAt },
  }));
  await toName(aws.clients, config).point(address);
  const ResourceRecordSet = { Name: 'vpn.example.org', Type: 'A', TTL: 30, ResourceRecords };
  const ChangeBatch = { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] };
  const input = { HostedZoneId: 'Z0123456789ABC', ChangeBatch };
  expect(aws.asked).toEqual([{ operation: 'ChangeResourceRecordSets', input }]);
});
