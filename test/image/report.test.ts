/** The report fits into its parameter, whatever the server has to tell, and never without what is applied. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { askPython } from './python.ts';

interface Report {
  at: string;
  sessions: number;
  applied: { users: Record<string, number>; keys: Record<string, number> };
  who: { user: string; protocol: string; since: string; bytes: number }[];
  endpoints: Record<string, string>;
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

test('the longest idle go first: their endpoints, and then who they are', () => {
  const sessions = Array.from({ length: 31 }, (_, index) => ({
    user: `user${index}`,
    protocol: 'wireguard',
    since: 1_790_000_000,
    active: 1_790_000_000 + index,
    bytes: 1,
    endpoint: '198.51.100.7:51820',
  }));
  const problems = ['x'.repeat(400)];
  const many = sessions.map((one) => ({ ...one, user: `${one.user}-of-the-family` }));
  const asked = [sessions, many].map((all) => ({
    now: 1_790_000_100,
    users: [],
    sessions: all,
    problems,
  }));
  const [some, few] = askPython<string[]>(script, asked).map((text) => JSON.parse(text) as Report);
  const latest = (count: number) =>
    Array.from({ length: count }, (_, index) => `user${30 - index}`);
  const kept = Object.keys(some?.endpoints ?? {}).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(31);
  expect(Object.keys(some?.endpoints ?? {})).toEqual(latest(kept));
  expect(some?.who.map(({ user }) => user)).toEqual(latest(31));
  expect(few?.who.length).toBeGreaterThan(20);
  expect(few?.who[0]?.user).toBe('user30-of-the-family');
});
