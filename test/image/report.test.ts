/** The report fits into its parameter, whatever the server has to tell, and never without what is applied. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toEndpoints } from './cloud.ts';
import { askPython } from './python.ts';

interface Report {
  at: string;
  sessions: number;
  applied: { users: Record<string, number>; keys: Record<string, number> };
  who: { user: string; protocol: string; since: string; bytes: number }[];
  endpoints: string;
  problem?: string;
}

const script = `
from server import report
from server.part import Session
from server.users import Desired, Secret, User

def tell(case):
    users = {name: User(version, Secret('x')) for name, version in case['users']}
    half = len(users) // 2
    spoilt = {name: user.version for name, user in list(users.items())[:half]}
    users = {name: user for name, user in users.items() if name not in spoilt}
    applied = Desired(users=users, left_out=spoilt, server_key='x', server_key_version=7)
    sessions = [Session(**session) for session in case['sessions']]
    found = report.to_report(case['now'], {'pptp': True}, applied, sessions, {}, case['problems'])
    return report.to_text(found)

answer = [tell(case) for case in asked]
`;

const user = fc.stringMatching(/^[a-z][a-z0-9._-]{0,19}$/);
const epoch = fc.integer({ min: 1_790_000_000, max: 1_900_000_000 });
const session = fc.record({
  user,
  protocol: fc.constantFrom('pptp', 'wireguard'),
  since: epoch,
  active: epoch,
  bytes: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  endpoint: fc.option(fc.constant('[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:65535')),
});
const cases = fc.record({
  now: epoch,
  users: fc.uniqueArray(fc.tuple(user, fc.integer({ min: 1, max: 999_999 })), {
    selector: ([name]) => name,
    maxLength: 31,
  }),
  sessions: fc.array(session, { maxLength: 62, size: 'max' }),
  problems: fc.array(fc.string({ maxLength: 300, unit: 'grapheme', size: 'max' }), {
    maxLength: 9,
  }),
});

test('any two hundred servers', () => {
  const samples = fc.sample(cases, 200);
  const texts = askPython<string[]>(script, samples);
  const cut = texts.filter((text, index) => {
    const { users, sessions } = samples[index] ?? { users: [], sessions: [] };
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_000);
    const report = JSON.parse(text) as Report;
    expect(report.applied).toEqual({ users: Object.fromEntries(users), keys: { wireguard: 7 } });
    expect(report.sessions).toBe(sessions.length);
    return report.who.length < sessions.length;
  });
  // Both kinds were there.
  expect(cut.length).toBeGreaterThan(10);
  expect(cut.length).toBeLessThan(190);
});

test('the longest idle go first of those who are there, and where they are stays', () => {
  const sessions = Array.from({ length: 100 }, (_, index) => ({
    user: `user${index}`,
    protocol: 'wireguard',
    since: 1_790_000_000,
    active: 1_790_000_000 + index,
    bytes: 1,
    endpoint: `198.51.100.7:${40_000 + index}`,
  }));
  const users = sessions.map(({ user }) => [user, 1]);
  const problems = ['x'.repeat(400)];
  const [told] = askPython<string[]>(script, [
    { now: 1_790_000_100, users, sessions, problems },
  ]).map((text) => JSON.parse(text) as Report);
  const latest = Array.from({ length: told?.who.length ?? 0 }, (_, index) => `user${99 - index}`);
  expect(latest.length).toBeGreaterThan(0);
  expect(latest.length).toBeLessThan(31);
  expect(told?.who.map(({ user }) => user)).toEqual(latest);
  expect(told?.endpoints).toBe(
    toEndpoints(
      sessions.map(({ user }) => user),
      Object.fromEntries(sessions.map(({ user, endpoint }) => [user, endpoint])),
    ),
  );
});
