/** When a server is told to take today's secrets, how often, what then counts as done, and what is due by itself. */
import { describe, expect, test } from 'vitest';
import type { Action, Entry } from '../../shared/core/deeds.ts';
import { hear, learn } from '../../shared/core/facts.ts';
import { toFleet } from '../../shared/core/fleet.ts';
import {
  dayMs,
  noticeMs,
  refreshAgainMaxMs,
  refreshAgainMs,
  refreshMaxMs,
} from '../../shared/core/limits.ts';
import { emptyMemory, remember } from '../../shared/core/memory.ts';
import type { Observed, Policy, Versions } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import type { Memory, Refresh } from '../../shared/core/remembered.ts';
import { toCommandRefusal } from '../../shared/core/secrets.ts';
import type { User } from '../../shared/core/users.ts';
import {
  a,
  ago,
  b,
  booting,
  hourMs,
  minuteMs,
  now,
  observe,
  off,
  policy,
  secondMs,
  serving,
  silent,
  toDooms,
  toNamed,
  toReport,
} from './scene.ts';

const serverKey = { version: 1, publicKey: 'servers' };
const keys = { wireguard: 1 };

function toUser(name: string, version: number, differs: Partial<User> = {}): User {
  const known = { publicKey: null, ownKey: false, address: null, expiresAt: null, old: null };
  return { name, version, at: ago(hourMs), rotatedAt: ago(hourMs), ...known, ...differs };
}

const users = [toUser('alice', 2), toUser('bob', 1)];
const secrets = { users, serverKey };
const applying = (applied: Versions, id: typeof a | typeof b = a) => ({
  ...serving(id),
  report: toReport(id, { applied }),
});
const current: Versions = { users: { alice: 2, bob: 1 }, keys };
const stale: Versions = { users: { alice: 1, bob: 1 }, keys };

const kinds = new Set(['refresh', 'refreshed', 'generate', 'rotate', 'expire']);
const about = (observed: Observed, by: Policy = policy) =>
  plan(observed, by).filter(({ kind }) => kinds.has(kind));

/** The print of these versions, as the plan itself gives it. */
function toWanted(): number {
  const [action] = about(observe([applying(stale)], { secrets }));
  if (action?.kind !== 'refresh') throw new Error('Nothing is refreshed');
  return action.wanted;
}
const wanted = toWanted();
const toRefresh = (differs: Partial<Refresh> = {}): Pick<Memory, 'refreshes'> => ({
  refreshes: [
    {
      serverId: a,
      at: ago(10_000),
      times: 1,
      since: ago(10_000),
      wanted,
      failed: false,
      ...differs,
    },
  ],
});
const tell = (why: string): unknown => ({ kind: 'refresh', serverId: a, wanted, why });

describe('a server is told to take what it lacks', () => {
  test.each<[sentence: string, applied: Versions, why: string | null]>([
    ['nothing, if it has all', current, null],
    ['a newer secret', stale, `${a} lacks the newest secret of alice`],
    ['a new user', { users: { alice: 2 }, keys }, `${a} lacks the newest secret of bob`],
    [
      'a removal: it knows somebody who should be no user any more',
      { users: { ...current.users, mallory: 1 }, keys },
      `${a} lacks the removal of mallory`,
    ],
    ['the key', { ...current, keys: {} }, `${a} lacks the servers' WireGuard key`],
    [
      'all at once: a server that never said what it has',
      { users: {}, keys: {} },
      `${a} lacks the newest secret of alice, the newest secret of bob, the servers' WireGuard key`,
    ],
    [
      'what has the name of something that every object has',
      { users: { ...current.users, constructor: 1 }, keys },
      `${a} lacks the removal of constructor`,
    ],
  ])('%s', (_, applied, why) => {
    const expected = why === null ? [] : [tell(why)];
    expect(about(observe([applying(applied)], { secrets }))).toEqual(expected);
  });

  test('many are named by a few', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => toUser(name, 1));
    const [action] = about(
      observe([applying({ users: {}, keys })], { secrets: { users: many, serverKey } }),
    );
    expect(action?.why).toBe(
      `${a} lacks the newest secret of a, the newest secret of b, the newest secret of c and 2 more`,
    );
  });

  test('not the key, where there is no WireGuard', () => {
    const scene = observe([applying({ ...current, keys: {} })], { secrets });
    expect(about(scene, { ...policy, protocols: ['pptp'] })).toEqual([]);
  });

  test.each<[sentence: string, observed: Observed, told: string[]]>([
    [
      'each server that serves',
      observe([applying(stale), applying(stale, b)], { secrets }),
      [a, b],
    ],
    ['not one that boots: it takes them by itself', observe([booting(a)], { secrets }), []],
    ['not one that is silent', observe([silent(a)], { secrets }), []],
    [
      'nobody, while it is not known what there is',
      observe([applying(stale)], { secrets: null }),
      [],
    ],
    [
      'one that AWS takes in a minute: until then it serves',
      observe([applying(stale)], { secrets, memory: toDooms(a) }),
      [a],
    ],
  ])('%s', (_, observed, told) => {
    expect(about(observed).map((action) => 'serverId' in action && action.serverId)).toEqual(told);
  });
});

describe('it is told again', () => {
  const isTold = (refresh: Partial<Refresh>) =>
    about(observe([applying(stale)], { secrets, memory: toRefresh(refresh) })).length > 0;
  test.each<[sentence: string, refresh: Partial<Refresh>, expected: boolean]>([
    ['not too soon', { at: ago(refreshAgainMs - 1) }, false],
    ['after a while', { at: ago(refreshAgainMs) }, true],
    ['the second time after twice as long', { times: 2, at: ago(2 * refreshAgainMs - 1) }, false],
    ['… and then it is', { times: 2, at: ago(2 * refreshAgainMs) }, true],
    [
      'the hundredth time after the longest while',
      { times: 100, at: ago(refreshAgainMaxMs) },
      true,
    ],
    ['not before that', { times: 100, at: ago(refreshAgainMaxMs - 1) }, false],
    ['at once, if it is to take others than it was told', { wanted: wanted + 1, at: ago(1) }, true],
  ])('%s', (_, refresh, expected) => {
    expect(isTold(refresh)).toBe(expected);
  });
});

describe('it is done when the server says so', () => {
  test('which is said once, with how long it took', () => {
    const memory = toRefresh({ since: ago(93 * secondMs) });
    const expected = {
      kind: 'refreshed',
      serverId: a,
      why: `${a} has the newest secrets after 1 min 33 s`,
    };
    expect(about(observe([applying(current)], { secrets, memory }))).toEqual([expected]);
    expect(about(observe([applying(current)], { secrets }))).toEqual([]);
  });

  test.each<[sentence: string, since: number, fit: boolean]>([
    ['a server that lacks them for long is fit', ago(refreshMaxMs - 1), true],
    ['for too long, and it is to be replaced', ago(refreshMaxMs), false],
  ])('%s', (_, since, fit) => {
    const scene = observe([applying(stale)], {
      secrets,
      memory: {
        ...toRefresh({ since, at: now }),
        ...toNamed(serving(a).server.address ?? '', hourMs, a),
      },
    });
    expect(toFleet(scene, policy).live[0]?.fit).toBe(fit);
    const why = `${a} has not taken the newest secrets for 10 min 0 s`;
    const actions = plan(scene, policy);
    const launches = actions.filter(({ kind }) => kind === 'launch');
    const incidents = actions.filter(({ kind }) => kind === 'incident');
    expect(launches.map((action) => action.why.startsWith(why))).toEqual(fit ? [] : [true]);
    expect(incidents).toEqual(
      fit ? [] : [{ kind: 'incident', serverId: a, lostAt: null, why } satisfies Action],
    );
  });

  test('its successor, once the name has settled, ends it though people are still connected to it', () => {
    const old = { ...applying(stale), report: toReport(a, { applied: stale, sessions: 2 }) };
    const heir = applying(current, b);
    const scene = observe([old, heir], {
      secrets,
      name: heir.server.address,
      memory: { ...toRefresh({ since: ago(refreshMaxMs), at: now }) },
    });
    const retired = plan(scene, policy).filter(({ kind }) => kind === 'retire');
    expect(retired).toEqual([
      {
        kind: 'retire',
        serverId: a,
        why: `${a} has not taken the newest secrets for 10 min 0 s; ${b} is kept`,
      },
    ]);
  });
});

describe('due by itself is', () => {
  const rotating = { ...policy, rotateDays: 30 };
  const tended = (differs: Partial<User>, by = rotating) =>
    about(observe([], { secrets: { users: [toUser('alice', 1, differs)], serverKey } }), by).map(
      ({ kind, why }) => `${kind}: ${why}`,
    );

  test.each<[sentence: string, user: Partial<User>, by: Policy, expected: string[]]>([
    ['no rotation before its day', { rotatedAt: ago(30 * dayMs - 1) }, rotating, []],
    [
      'the rotation of an old password',
      { rotatedAt: ago(30 * dayMs) },
      rotating,
      ['rotate: alice gets a new password: the old one is 30 days old'],
    ],
    ['none where nobody asked for it', { rotatedAt: 0 }, policy, []],
    ['no end before its time', { expiresAt: now + 1 }, policy, []],
    ["the end of a user's time", { expiresAt: now }, policy, ['expire: The time of alice is over']],
    [
      'the end, rather than a new password',
      { expiresAt: now, rotatedAt: 0 },
      rotating,
      ['expire: The time of alice is over'],
    ],
  ])('%s', (_, user, by, expected) => {
    expect(tended(user, by)).toEqual(expected);
  });

  test.each<[sentence: string, by: Policy, expected: string[]]>([
    [
      'the key that all servers share, before any of them is launched',
      policy,
      ['generate', 'launch'],
    ],
    ['no key where there is no WireGuard', { ...policy, protocols: ['pptp'] }, ['launch']],
  ])('%s', (_, by, expected) => {
    const scene = observe([], { secrets: { users: [], serverKey: null } });
    expect(plan(scene, by).map(({ kind }) => kind)).toEqual(expected);
  });

  test('nothing while it is not known what there is', () => {
    expect(about(observe([], { secrets: null }), rotating)).toEqual([]);
  });

  test('all of it with the power off too', () => {
    const due = toUser('alice', 1, { rotatedAt: 0 });
    const scene = observe([], {
      desired: off,
      secrets: { users: [due], serverKey: null },
    });
    expect(about(scene, rotating).map(({ kind }) => kind)).toEqual(['generate', 'rotate']);
  });
});

describe('what is remembered', () => {
  const refreshing: Entry = { at: now, kind: 'refreshing', serverId: a, wanted: 7, why: 'lacks' };
  const told = { serverId: a, at: now, times: 1, since: now, wanted: 7, failed: false };
  const earlier = { ...told, at: ago(minuteMs), since: ago(hourMs / 2) };
  type Row = [sentence: string, before: Refresh[], entry: Entry, after: Refresh[]];
  test.each<Row>([
    ['that it was told', [], refreshing, [told]],
    [
      'that it was told again',
      [earlier],
      refreshing,
      [{ ...told, times: 2, since: earlier.since }],
    ],
    ['told again in the same words at the same time', [told], refreshing, [told]],
    [
      'told of others: counted anew, but it has lacked some since then',
      [{ ...earlier, wanted: 6, times: 5 }],
      refreshing,
      [{ ...told, since: earlier.since }],
    ],
    [
      'that it was in vain',
      [told],
      { at: now, kind: 'unrefreshed', serverId: a, why: 'offline' },
      [{ ...told, failed: true }],
    ],
    ['that it is done', [told], { at: now, kind: 'refreshed', serverId: a, why: 'has' }, []],
    [
      'not that an earlier one is done',
      [told],
      { at: ago(1), kind: 'refreshed', serverId: a, why: 'has' },
      [told],
    ],
    [
      'nothing of a server that is ended',
      [told],
      { at: now, kind: 'retiring', serverId: a, why: '' },
      [],
    ],
    ['of another server all', [told], { at: now, kind: 'retiring', serverId: b, why: '' }, [told]],
  ])('%s', (_, refreshes, entry, after) => {
    expect(remember({ ...emptyMemory, refreshes }, entry).refreshes).toEqual(after);
  });

  test('nothing that is over an hour old', () => {
    const entry: Entry = { at: now + hourMs, kind: 'stuck', why: 'an hour later' };
    expect(remember({ ...emptyMemory, refreshes: [told] }, entry).refreshes).toEqual([]);
  });
});

describe('what is learnt of the command', () => {
  const said = (status: string, serverId: string = a) =>
    ({ kind: 'command', commandId: 'c-1', serverId, status, at: now }) as const;
  const scene = observe([applying(stale)], { secrets, memory: toRefresh() });
  const why = `${a} did not take the newest secrets: its agent could not apply them (Run Command says Failed)`;
  const failed = { kind: 'learnt', entries: [{ at: now, kind: 'unrefreshed', serverId: a, why }] };
  const nothing = { kind: 'learnt', entries: [] };
  test.each([
    ['that it failed', said('Failed'), scene, failed],
    [
      'that once',
      said('Failed'),
      observe([applying(stale)], { memory: toRefresh({ failed: true }) }),
      nothing,
    ],
    ['nothing, if nobody asked', said('Failed'), observe([applying(stale)]), nothing],
    ['nothing of success: the server itself will say so', said('Success'), scene, nothing],
    ['nothing of one under way', said('InProgress'), scene, nothing],
  ])('%s', (_, signal, observed, expected) => {
    expect(learn(signal, observed)).toEqual(expected);
  });

  test('nothing of a server that is not ours', () => {
    expect(learn(said('Failed', b), scene)).toMatchObject({ kind: 'ignored' });
  });

  test.each([
    ['InvalidInstanceId', 'its SSM agent is not online'],
    ['NobodyForesawThis', 'an error that nobody foresaw'],
  ])('%s has words', (code, words) => {
    expect(toCommandRefusal(code)).toBe(words);
  });
});

describe('what servers have from their own metadata', () => {
  const hearing = (differs: object, memory: Partial<Memory> = {}) =>
    hear(observe([{ ...serving(a), report: toReport(a, differs) }], { memory }));
  test('a notice is a doom', () => {
    expect(hearing({ noticeAt: now + noticeMs })).toMatchObject([
      { kind: 'doomed', serverId: a, endsAt: now + noticeMs },
    ]);
  });
  test('a recommendation is a risk', () => {
    expect(hearing({ rebalanceAt: ago(secondMs) })).toMatchObject([
      { kind: 'risky', serverId: a, cause: 'rebalance' },
    ]);
  });
  test('what is known is not heard again', () => {
    expect(hearing({ noticeAt: now + noticeMs }, toDooms(a))).toEqual([]);
  });
  test('nothing is heard of a server that is not ours', () => {
    const observed = observe([serving(a)], { reports: [toReport(b, { noticeAt: now })] });
    expect(hear(observed)).toEqual([]);
  });
});
