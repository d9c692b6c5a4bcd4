/** Route 53's and Parameter Store's odder answers to dynamic DNS, through the SDK. */
import { describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { toKnownHosts, toRecords } from '../../shared/adapters/dyndns.ts';
import { emptyMemory } from '../../shared/dyndns/memory.ts';
import { answering } from './answering.ts';

const home = 'home.example.org';
const zone = { zoneId: 'Z0123' };
const record = (Type: string, Value: string, Name = `${home}.`) => ({
  Name,
  Type,
  TTL: 60,
  ResourceRecords: [{ Value }],
});
const listing = (...ResourceRecordSets: object[]) =>
  answering(() => ({ ResourceRecordSets, IsTruncated: false, MaxItems: 2 }));

describe('the records of a home', () => {
  test.each<[string, object[], object]>([
    ['none', [], { A: null, AAAA: null }],
    ['of IPv4', [record('A', '203.0.113.7')], { A: '203.0.113.7', AAAA: null }],
    ['of IPv6', [record('AAAA', '2001:db8::7')], { A: null, AAAA: '2001:db8::7' }],
    [
      'of both',
      [record('A', '203.0.113.7'), record('AAAA', '2001:db8::7')],
      { A: '203.0.113.7', AAAA: '2001:db8::7' },
    ],
    [
      'none, but those of the name that comes after it',
      [record('A', '203.0.113.8', 'inn.example.org.')],
      { A: null, AAAA: null },
    ],
    [
      'an alias, which is no address',
      [
        {
          Name: `${home}.`,
          Type: 'A',
          AliasTarget: { HostedZoneId: 'Z1', DNSName: 'x.', EvaluateTargetHealth: false },
        },
      ],
      { A: '', AAAA: null },
    ],
  ])('%s', async (_, records, expected) => {
    const aws = listing(...records);
    expect(await toRecords(aws.clients, zone).read(home)).toEqual(expected);
    const input = { HostedZoneId: 'Z0123', StartRecordName: home, StartRecordType: 'A' };
    expect(aws.asked).toEqual([
      { operation: 'ListResourceRecordSets', input: { ...input, MaxItems: 2 } },
    ]);
  });

  test('are written in one change', async () => {
    const aws = answering(() => ({
      ChangeInfo: { Id: 'C1', Status: 'PENDING', SubmittedAt: new Date(0) },
    }));
    const written = await toRecords(aws.clients, zone).write(home, [
      { type: 'A', value: '203.0.113.7' },
      { type: 'AAAA', value: '2001:db8::7' },
    ]);
    expect(written).toBe(true);
    const upsert = (Type: string, Value: string) => ({
      Action: 'UPSERT',
      ResourceRecordSet: { Name: home, Type, TTL: 60, ResourceRecords: [{ Value }] },
    });
    const Changes = [upsert('A', '203.0.113.7'), upsert('AAAA', '2001:db8::7')];
    expect(aws.asked).toEqual([
      {
        operation: 'ChangeResourceRecordSets',
        input: { HostedZoneId: 'Z0123', ChangeBatch: { Changes } },
      },
    ]);
  });

  const refusing = (code: string, status: number) =>
    answering(() => {
      throw new AwsFault(code, 'because', status);
    });
  const address = { type: 'A' as const, value: '203.0.113.7' };

  test.each([
    ['InvalidChangeBatch', 400],
    ['NoSuchHostedZone', 404],
  ])('%s lasts', async (code, status) => {
    const { clients } = refusing(code, status);
    expect(await toRecords(clients, zone).write(home, [address])).toBe(false);
  });

  test.each([
    ['PriorRequestNotComplete', 400],
    ['AccessDenied', 403],
  ])('%s goes out', async (code, status) => {
    const { clients } = refusing(code, status);
    const writing = toRecords(clients, zone).write(home, [address]);
    await expect(writing).rejects.toMatchObject({ name: code });
  });
});

describe('what is known of a host', () => {
  const vpn = { vpn: 'home' };

  test('is asked for in one call, and may be nothing', async () => {
    const aws = answering(() => ({ Parameters: [], InvalidParameters: [] }));
    expect(await toKnownHosts(aws.clients, vpn).read(home, 0)).toEqual({
      credential: null,
      memory: emptyMemory,
    });
    const names = ['', 'memory/'].map((path) => `/perennial/home/dyndns/${path}${home}`);
    expect(aws.asked).toEqual([{ operation: 'GetParameters', input: { Names: names } }]);
  });

  test('is remembered in a parameter of its own', async () => {
    const aws = answering(() => ({ Version: 1 }));
    const memory = { failures: [{ from: '203.0.113.7', times: 2, since: 0 }], changes: [60_000] };
    await toKnownHosts(aws.clients, vpn).remember(home, memory);
    expect(aws.asked).toMatchObject([
      {
        operation: 'PutParameter',
        input: {
          Name: `/perennial/home/dyndns/memory/${home}`,
          Type: 'String',
          Overwrite: true,
          Value: JSON.stringify({
            failures: [{ from: '203.0.113.7', times: 2, since: '1970-01-01T00:00:00.000Z' }],
            changes: ['1970-01-01T00:01:00.000Z'],
          }),
        },
      },
    ]);
  });
});
