/** Whether the VPN is wanted: by hand, until a time, by the week, since nobody is there; and what a drill does. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/core/deeds.ts';
import { toFleet } from '../../shared/core/fleet.ts';
import { bootMaxMs, drillFreshMs, noticeMs } from '../../shared/core/limits.ts';
import { emptyMemory, remember } from '../../shared/core/memory.ts';
import type { Desired, Observed, Report, Schedule } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import { toNextPower, toPower } from '../../shared/core/power.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  hourMs,
  minuteMs,
  now,
  observe,
  policy,
  serving,
  silent,
  toNamed,
  toReport,
  wish,
} from './scene.ts';

const never = { idledAt: null };
/** 22 November 2026 is a Sunday; `now` is 05:00 UTC, 06:00 in Berlin. */
const berlin = (days: Schedule['on'][number]['days'], from: string, to: string): Schedule => ({
  timeZone: 'Europe/Berlin',
  on: [{ days, from, to }],
});
const at = (iso: string) => Date.parse(`${iso}Z`);

describe('the latest word counts', () => {
  test.each<
    [
      sentence: string,
      desired: Partial<Desired>,
      idledAt: number | null,
      power: string,
      why: string,
    ]
  >([
    ['of a person', {}, null, 'on', 'It was turned on'],
    ['of a person who turned it off', { power: 'off' }, null, 'off', 'It was turned off'],
    ['not yet until a time', { power: 'off', until: now + 1 }, null, 'off', 'It was turned off'],
    ['until a time', { power: 'off', until: now }, null, 'on', 'It was to be off until then'],
    ['on until a time', { until: now }, null, 'off', 'It was to be on until then'],
    [
      'of a person after that time',
      { power: 'off', until: ago(2 * minuteMs), at: ago(minuteMs) },
      null,
      'off',
      'It was turned off',
    ],
    ['that nobody is there', {}, ago(1), 'off', 'Nobody used it'],
    ['of a person who came back', { at: ago(1) }, ago(2), 'on', 'It was turned on'],
    [
      'of the schedule: since 05:30 there',
      { power: 'off', schedule: berlin(['sun'], '05:30', '07:00') },
      null,
      'on',
      'The schedule turned it on',
    ],
    [
      'of the schedule: since 06:00 sharp',
      { power: 'off', schedule: berlin(['sun'], '06:00', '07:00') },
      null,
      'on',
      'The schedule turned it on',
    ],
    [
      'of the schedule: until 06:00 sharp',
      { schedule: berlin(['sun'], '05:30', '06:00'), at: ago(hourMs) },
      null,
      'off',
      'The schedule turned it off',
    ],
    [
      'of a person within a window',
      { power: 'off', at: ago(1), schedule: berlin(['sun'], '05:30', '07:00') },
      null,
      'off',
      'It was turned off',
    ],
    [
      'of the schedule of last Monday',
      { at: 0, schedule: berlin(['mon'], '08:00', '18:00') },
      null,
      'off',
      'The schedule turned it off',
    ],
    [
      'of a night that began yesterday',
      { power: 'off', at: 0, schedule: berlin(['sat'], '22:00', '06:30') },
      null,
      'on',
      'The schedule turned it on',
    ],
    [
      'of nobody, where a schedule has no windows',
      { schedule: { timeZone: 'UTC', on: [] } },
      null,
      'on',
      'It was turned on',
    ],
  ])('%s', (_, desired, idledAt, power, why) => {
    expect(toPower({ ...wish, ...desired }, { idledAt }, now)).toMatchObject({ power, why });
  });
});

describe('when it changes next', () => {
  test.each<[sentence: string, desired: Partial<Desired>, expected: object | null]>([
    ['never, by itself', {}, null],
    ['at the end', { until: now + hourMs }, { power: 'off', at: now + hourMs }],
    [
      'when the window begins',
      { power: 'off', schedule: berlin(['mon'], '08:00', '18:00') },
      { power: 'on', at: at('2026-11-23T07:00') },
    ],
    [
      'when it ends',
      { schedule: berlin(['sun'], '05:00', '18:00') },
      { power: 'off', at: at('2026-11-22T17:00') },
    ],
    [
      'not where two windows meet',
      {
        schedule: {
          timeZone: 'UTC',
          on: [
            { days: ['sun'], from: '00:00', to: '12:00' },
            { days: ['sun'], from: '12:00', to: '13:00' },
          ],
        },
      },
      { power: 'off', at: at('2026-11-22T13:00') },
    ],
  ])('%s', (_, desired, expected) => {
    const next = toNextPower({ ...wish, ...desired }, never, now);
    if (expected) expect(next).toMatchObject(expected);
    else expect(next).toBeNull();
  });
});

describe('where clocks change', () => {
  const daily: Schedule['on'][number]['days'] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const turnsOn = (schedule: Schedule, after: string) =>
    toNextPower({ ...wish, power: 'off', at: at(after), schedule }, never, at(after))?.at;
  test.each([
    ['in winter', 'Europe/Berlin', '08:00', '2026-11-22T12:00', '2026-11-23T07:00'],
    ['in summer', 'Europe/Berlin', '08:00', '2026-07-01T12:00', '2026-07-02T06:00'],
    [
      'after the day that has 23 hours',
      'Europe/Berlin',
      '08:00',
      '2026-03-28T12:00',
      '2026-03-29T06:00',
    ],
    [
      'at a time that this day skips',
      'Europe/Berlin',
      '02:30',
      '2026-03-28T12:00',
      '2026-03-29T01:30',
    ],
    [
      'at a time that this day has twice',
      'Europe/Berlin',
      '02:30',
      '2026-10-24T12:00',
      '2026-10-25T00:30',
    ],
    ['west of Greenwich', 'America/New_York', '08:00', '2026-11-22T14:00', '2026-11-23T13:00'],
    [
      'where the offset has minutes',
      'Asia/Kathmandu',
      '08:00',
      '2026-11-22T12:00',
      '2026-11-23T02:15',
    ],
    ['where nothing ever changes', 'UTC', '08:00', '2026-11-22T12:00', '2026-11-23T08:00'],
  ])('%s', (_, timeZone, from, after, expected) => {
    const schedule = { timeZone, on: [{ days: daily, from, to: '09:00' }] };
    expect(new Date(turnsOn(schedule, after) ?? 0).toISOString()).toBe(`${expected}:00.000Z`);
  });
});

describe('it is turned off when nobody is there', () => {
  const quiet: Partial<Report> = { idleMs: 30 * minuteMs };
  const used: Partial<Report> = { sessions: 1, idleMs: 0 };
  const saying = (differs: Partial<Report>, id: typeof a | typeof b = a) => ({
    ...serving(id),
    report: toReport(id, { at: now, ...differs }),
  });
  const desired = { ...wish, idleMinutes: 30 };
  test.each<[sentence: string, observed: Observed, expected: boolean]>([
    ['for as long as was asked for', observe([saying(quiet)], { desired }), true],
    ['not before', observe([saying({ ...quiet, idleMs: 30 * minuteMs - 1 })], { desired }), false],
    [
      'counted on since the report',
      observe([saying({ ...quiet, idleMs: 29 * minuteMs, at: ago(minuteMs) })], { desired }),
      true,
    ],
    ['not where nobody asked for it', observe([saying(quiet)]), false],
    ['whoever is connected', observe([saying({ ...quiet, sessions: 1 })], { desired }), true],
    ['not while somebody is', observe([saying(used)], { desired }), false],
    ['not while it is not known', observe([saying({ sessions: 0 })], { desired }), false],
    [
      'not so soon after it was turned on',
      observe([saying(quiet)], { desired: { ...desired, at: ago(minuteMs) } }),
      false,
    ],
    [
      'not while people are on another server',
      observe([saying(quiet), saying(used, b)], { desired }),
      false,
    ],
    ['not while a server boots', observe([saying(quiet), booting(b)], { desired }), false],
    ['not while there is none', observe([], { desired }), false],
    ['not while the server is silent', observe([silent(a)], { desired }), false],
  ])('%s', (_, observed, expected) => {
    const actions = plan(observed, policy).filter(({ kind }) => kind === 'idle');
    const why = 'Nobody has used it for 30 minutes: the VPN is turned off';
    expect(actions).toEqual(expected ? [{ kind: 'idle', why }] : []);
  });

  test('and is then off until somebody turns it on', () => {
    const idling: Entry = { at: now, kind: 'idling', why: 'nobody' };
    const memory = remember(emptyMemory, idling);
    const kinds = (power: Partial<Desired>) =>
      plan({ ...observe([serving(a)], { desired: { ...desired, ...power } }), memory }, policy).map(
        ({ kind }) => kind,
      );
    expect(kinds({})).toEqual(['park']);
    expect(kinds({ at: now + 1 })).not.toContain('park');
  });
});

describe('a drill', () => {
  const asked = ago(minuteMs);
  const desired = { ...wish, drillAt: asked };
  const settled = toNamed(addressOf[a], hourMs, a);
  const drilled: Pick<Memory, 'drill'> = {
    drill: { serverId: a, endsAt: now + minuteMs, askedAt: asked },
  };
  const kinds = (observed: Observed) => plan(observed, policy).map(({ kind }) => kind);

  test('takes the server as AWS would, with its notice', () => {
    const expected = {
      kind: 'drill',
      serverId: a,
      endsAt: now + noticeMs,
      askedAt: asked,
      why: `Somebody asked for a drill: ${a} is taken at 05:02:00 UTC`,
    };
    expect(plan(observe([serving(a)], { desired, memory: settled }), policy)).toEqual([expected]);
  });

  test.each<[sentence: string, observed: Observed]>([
    [
      'once for each asking',
      observe([serving(a)], {
        desired,
        memory: { ...settled, drill: { serverId: b, endsAt: ago(1), askedAt: asked } },
      }),
    ],
    [
      'not hours later',
      observe([serving(a)], { desired: { ...wish, drillAt: ago(drillFreshMs) }, memory: settled }),
    ],
    ['not while two servers live', observe([serving(a), serving(b)], { desired, memory: settled })],
    ['not of one that boots', observe([booting(a)], { desired })],
    ['not while it is off', observe([], { desired: { ...desired, power: 'off' } })],
  ])('begins %s', (_, observed) => {
    expect(kinds(observed)).not.toContain('drill');
  });

  test('is an incident like any other, but for its cause', () => {
    const observed = observe([serving(a)], { desired, memory: { ...settled, ...drilled } });
    expect(kinds(observed)).toEqual(['launch', 'incident']);
    expect(plan(observed, policy).map(({ why }) => why)).toContainEqual(
      `A drill takes ${a} at 05:01:00 UTC`,
    );
  });

  test('ends the server once another serves, and not before', () => {
    const moved = { ...toNamed(addressOf[b], hourMs, b), ...drilled };
    const alone = observe([serving(a)], { desired, memory: { ...settled, ...drilled } });
    expect(kinds(alone)).not.toContain('retire');
    const name = addressOf[b];
    expect(
      plan(observe([serving(a), serving(b)], { desired, name, memory: moved }), policy),
    ).toEqual([
      { kind: 'retire', serverId: a, why: `A drill takes ${a} at 05:01:00 UTC; ${b} is kept` },
    ]);
  });

  test('is called off if nothing else could be had', () => {
    const drillOf = (endsAt: number) => ({ drill: { serverId: a, endsAt, askedAt: asked } });
    const isFit = (endsAt: number) =>
      toFleet(observe([serving(a)], { desired, memory: drillOf(endsAt) }), policy).live[0]?.fit;
    expect(isFit(ago(bootMaxMs) + 1)).toBe(false);
    expect(isFit(ago(bootMaxMs))).toBe(true);
  });

  test('of two askings the later is remembered, and neither for ever', () => {
    const entry = (askedAt: number): Entry => ({
      at: now,
      kind: 'drilling',
      serverId: a,
      endsAt: now,
      askedAt,
      why: 'asked',
    });
    const memory = [entry(ago(1)), entry(ago(2))].reduce(remember, emptyMemory);
    expect(memory.drill?.askedAt).toBe(ago(1));
    expect(
      remember(memory, { at: now + 2 * hourMs, kind: 'stuck', why: 'later' }).drill,
    ).toBeNull();
  });
});
