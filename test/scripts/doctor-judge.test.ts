/** What the doctor makes of what it has found: security groups, delegations, names; and of checks that can't be made. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { judgeDelegation } from '../../scripts/vpn/doctor/delegation.ts';
import { diagnose } from '../../scripts/vpn/doctor/diagnose.ts';
import { judgeGroup } from '../../scripts/vpn/doctor/group.ts';
import { type Check, good, Moot, Unmet } from '../../scripts/vpn/doctor/model.ts';
import { judgeName } from '../../scripts/vpn/doctor/vpn.ts';

const all = [{ CidrIp: '0.0.0.0/0' }];
const tcp = { IpProtocol: 'tcp', FromPort: 1723, ToPort: 1723, IpRanges: all };
const gre = { IpProtocol: '47', IpRanges: all };
const udp = { IpProtocol: 'udp', FromPort: 51820, ToPort: 51820, IpRanges: all };
const icmp = { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, IpRanges: all };
const own = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-1' }] };
const everything = { IpProtocol: '-1', IpRanges: all };
const both = ['pptp', 'wireguard'] as const;

test.each<[string, IpPermission[], readonly ('pptp' | 'wireguard')[], string, RegExp]>([
  [
    'as deployed',
    [tcp, gre, udp, icmp, own],
    both,
    'good',
    /^TCP 1723, GRE .*, UDP 51820 and ICMP/,
  ],
  [
    'without GRE',
    [tcp, udp, icmp, own],
    both,
    'bad',
    /GRE \(protocol 47\) is closed \(PPTP carries/,
  ],
  ['without TCP', [gre, udp, icmp, own], both, 'bad', /^sg-1: TCP 1723 is closed/],
  ['without UDP', [tcp, gre, icmp, own], both, 'bad', /^sg-1: UDP 51820 is closed/],
  ['with nothing', [], both, 'bad', /TCP 1723 .*; GRE .*; UDP 51820 /],
  [
    'GRE for one network only',
    [tcp, { ...gre, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }, udp, icmp, own],
    both,
    'bad',
    /GRE/,
  ],
  [
    'a range of ports',
    [{ ...tcp, FromPort: 1000, ToPort: 2000 }, gre, udp, icmp, own],
    both,
    'good',
    /TCP 1723/,
  ],
  [
    'a range that ends before',
    [{ ...tcp, FromPort: 1000, ToPort: 1722 }, gre, udp, icmp, own],
    both,
    'bad',
    /TCP 1723/,
  ],
  ['WireGuard alone', [udp, icmp, own], ['wireguard'], 'good', /^UDP 51820 and ICMP are open$/],
  ['without ICMP', [udp, own], ['wireguard'], 'warning', /large packets get lost/],
  ['without each other', [udp, icmp], ['wireguard'], 'warning', /hand sessions over/],
  ['all open', [everything, own], both, 'warning', /everything is open to everybody/],
])('a security group %s', (_, permissions, protocols, level, says) => {
  const said = judgeGroup('sg-1', permissions, protocols);
  expect(said.level).toBe(level);
  expect(said.says).toMatch(says);
});

const own4 = ['ns-1.awsdns-01.com.', 'ns-2.awsdns-02.net'];
test.each([
  ['to Route 53', ['ns-2.awsdns-02.net', 'ns-1.awsdns-01.com'], 'good', /is delegated to Route 53/],
  ['nowhere', [], 'bad', /nobody in the world finds example\.org/],
  [
    'elsewhere',
    ['ns.registrar.example'],
    'bad',
    /asks ns\.registrar\.example for example\.org, and not/,
  ],
  [
    'to both',
    ['ns.old.example', 'ns-1.awsdns-01.com'],
    'warning',
    /asks ns\.old\.example for example\.org, too/,
  ],
])('a zone delegated %s', (_, asked, level, says) => {
  const said = judgeDelegation('example.org', own4, asked);
  expect(said.level).toBe(level);
  expect(said.says).toMatch(says);
  if (level !== 'good') expect(said.remedy).toContain('ns-1.awsdns-01.com, ns-2.awsdns-02.net');
});

test.each([
  ['203.0.113.1', '203.0.113.1', 'good', /finds 203\.0\.113\.1/],
  [null, null, 'good', /there is none yet/],
  [
    null,
    '203.0.113.1',
    'bad',
    /finds no address of vpn\.example\.org, though Route 53 has 203\.0\.113\.1/,
  ],
  ['203.0.113.9', '203.0.113.1', 'warning', /says 203\.0\.113\.9, Route 53 203\.0\.113\.1/],
])('a resolver that finds %s where Route 53 has %s', (found, record, level, says) => {
  const said = judgeName('vpn.example.org', found, record, false);
  expect(said.level).toBe(level);
  expect(said.says).toMatch(says);
});

const check = (name: string, run: Check['run']): Check => ({ part: 'vpn', name, run });
const silent = () => ({ signal: new AbortController().signal, say: () => {} });

test('a check that throws, lacks something or hangs keeps none of the others from being made', async () => {
  const findings = await diagnose(
    [
      check('throws', async () => {
        throw new Error('no such thing');
      }),
      check('lacks', async () => {
        throw new Unmet('there is no server');
      }),
      check('is moot', async () => {
        throw new Moot('the VPN is off');
      }),
      check('hangs', () => new Promise(() => {})),
      check('tells two', async () => [
        { ...good('one'), name: 'a' },
        { ...good('two'), name: 'b' },
      ]),
    ],
    { ...silent(), timeoutMs: 50 },
  );
  expect(findings.map(({ name, level, says }) => [name, level, says])).toEqual([
    ['throws', 'unknown', 'could not be checked: no such thing'],
    ['lacks', 'unknown', 'not checked: there is no server'],
    ['is moot', 'moot', 'the VPN is off'],
    ['hangs', 'unknown', 'could not be checked: no answer within 0.05 s'],
    ['a', 'good', 'one'],
    ['b', 'good', 'two'],
  ]);
});

test('they are made side by side, and it is said what is waited for', async () => {
  const both = Promise.withResolvers<void>();
  const told = Promise.withResolvers<string>();
  const first = check('first', async () => {
    await both.promise;
    return good('');
  });
  const second = check('second', async () => {
    both.resolve();
    await told.promise;
    return good('');
  });
  await diagnose([first, second], { ...silent(), say: told.resolve });
  expect(await told.promise).toBe('1 of 2 checked; next second');
});

test('^C ends the waiting', async () => {
  const interrupt = new AbortController();
  const waiting = diagnose([check('hangs', () => new Promise(() => {}))], {
    ...silent(),
    signal: interrupt.signal,
  });
  interrupt.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
