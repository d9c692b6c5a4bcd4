/** When an incident begins, when it is over, and how long the outage was. */
import { describe, expect, test } from 'vitest';
import { toFleet } from '../../shared/core/fleet.ts';
import { tell, tellHandover } from '../../shared/core/incident.ts';
import type { Observed } from '../../shared/core/model.ts';
import { plan } from '../../shared/core/plan.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import {
  a,
  addressOf,
  ago,
  b,
  booting,
  hourMs,
  minuteMs,
  observe,
  off,
  parked,
  policy,
  secondMs,
  serving,
  silent,
  toDooms,
  toEnds,
  toNamed,
  toReport,
  unread,
} from './scene.ts';

type Differs = NonNullable<Parameters<typeof observe>[1]>;

const told = (observed: Observed) => tell(observed, toFleet(observed, policy));

/** The name points to a, and has for an hour. */
const named = (parts: Parameters<typeof observe>[0], { memory, ...differs }: Differs = {}) =>
  observe(parts, {
    name: addressOf[a],
    memory: { ...toNamed(addressOf[a], hourMs, a), ...memory },
    ...differs,
  });

describe('an incident begins', () => {
  const begun = (lostAt: number | null, why: string) => [
    { kind: 'incident', serverId: a, lostAt, why },
  ];
  const gone = `${a}, which the name points to, is gone`;
  const quiet = `${a} does not report that it serves`;
  const heard = { reports: [toReport(a, { at: ago(4 * minuteMs) })] };
  test.each<[sentence: string, observed: Observed, expected: unknown[]]>([
    ['not while the named server serves', named([serving(a)]), []],
    ['not while the named server boots anew', named([booting(a)]), []],
    [
      'when AWS takes it, which still serves until then',
      named([serving(a)], { memory: toDooms(a) }),
      begun(null, `AWS takes ${a} at 05:01:00 UTC`),
    ],
    [
      'when it is silent, since it last was heard of',
      named([silent(a)], heard),
      begun(ago(4 * minuteMs), quiet),
    ],
    [
      'when it reports that not all is served',
      named([silent(a)], { reports: [toReport(a, { serving: { pptp: true } })] }),
      begun(ago(30 * secondMs), quiet),
    ],
    ['when it is silent and never was heard of', named([silent(a)]), begun(null, quiet)],
    [
      'when AWS takes it and it is silent already',
      named([silent(a)], { ...heard, memory: toDooms(a) }),
      begun(ago(4 * minuteMs), `AWS takes ${a} at 05:01:00 UTC`),
    ],
    [
      'when it fails its status checks',
      named([serving(a)], { impaired: [a] }),
      begun(ago(30 * secondMs), quiet),
    ],
    [
      'when it has ended, since then',
      named([], { memory: toEnds(5 * secondMs, a) }),
      begun(ago(5 * secondMs), gone),
    ],
    [
      'when it has ended, though EC2 still lists it',
      named([serving(a)], { memory: toEnds(5 * secondMs, a) }),
      begun(ago(5 * secondMs), gone),
    ],
    ['when it is gone, and nobody knows since when', named([]), begun(null, gone)],
    [
      'when it was stopped',
      named([silent(a, { state: 'stopped', address: null })]),
      begun(null, gone),
    ],
    [
      'when it is gone, also where the name is parked for it already',
      named([], {
        name: parked,
        memory: { ...toNamed(parked, secondMs, a), ...toEnds(9 * secondMs, a) },
      }),
      begun(ago(9 * secondMs), gone),
    ],
    [
      'whoever serves beside it, as long as the name is there',
      named([serving(b)]),
      begun(null, gone),
    ],
    ['not of another server', named([serving(a), silent(b)], { memory: toDooms(b) }), []],
    ['not before the name ever pointed anywhere', observe([silent(a)], { memory: toDooms(a) }), []],
    [
      'not where the name was parked for nobody',
      named([], { memory: toNamed(parked, secondMs) }),
      [],
    ],
    ['not with the power off', named([], { desired: off }), []],
  ])('%s', (_, observed, expected) => {
    expect(told(observed)).toEqual(expected);
  });
});

describe('an incident is over', () => {
  const during = (lostAt: number | null): Pick<Memory, 'incident'> => ({
    incident: { at: ago(3 * minuteMs), serverId: a, lostAt },
  });
  /** b serves; the name moved to it so long ago. */
  const moved = (lostAt: number | null, ms: number, differs: Differs = {}) =>
    observe([serving(b)], {
      name: addressOf[b],
      ...differs,
      memory: { ...during(lostAt), ...toNamed(addressOf[b], ms, b), ...differs.memory },
    });
  const recovered = (outageMs: number, how: string, serverId: string = b) => [
    { kind: 'recovered', serverId, outageMs, gapMs: null, why: `${serverId} serves ${how}` },
  ];
  const none = recovered(0, 'without an outage');
  const lost = ago(2 * minuteMs);
  test.each<[sentence: string, observed: Observed, expected: unknown[]]>([
    [
      'when the name points to another that serves: the outage ends with the move',
      moved(lost, 27 * secondMs),
      recovered(93 * secondMs, 'after an outage of 1 min 33 s'),
    ],
    ['without an outage, if the old one served all the while', moved(null, secondMs), none],
    [
      'without an outage, if the name moved before the old one was lost',
      moved(lost, 121 * secondMs),
      none,
    ],
    [
      'when the name moved as soon as it was known: the outage ends with the move',
      moved(ago(4 * minuteMs), 3 * minuteMs),
      recovered(minuteMs, 'after an outage of 1 min 0 s'),
    ],
    [
      'when the old one is back, and the name never moved: the outage ends now',
      named([serving(a)], { memory: during(lost) }),
      recovered(2 * minuteMs, 'after an outage of 2 min 0 s', a),
    ],
    [
      'when somebody else has moved the name: the outage ends now',
      moved(lost, secondMs, { memory: toNamed(addressOf[a], hourMs, a) }),
      recovered(2 * minuteMs, 'after an outage of 2 min 0 s'),
    ],
    ['not while nobody serves', named([silent(a), booting(b)], { memory: during(lost) }), []],
    ['not while the name is elsewhere', moved(lost, secondMs, { name: parked }), []],
    ['not while nobody knows where the name points', moved(lost, secondMs, { name: unread }), []],
    ['not on one that AWS takes too', moved(lost, secondMs, { memory: toDooms(b) }), []],
    ['not again, and not anew at once', moved(lost, secondMs, { memory: { incident: null } }), []],
    [
      'when the VPN is turned off',
      named([silent(a)], { desired: off, memory: during(lost) }),
      [
        {
          kind: 'recovered',
          serverId: null,
          outageMs: 0,
          gapMs: null,
          why: 'The VPN was turned off before another server served',
        },
      ],
    ],
  ])('%s', (_, observed, expected) => {
    expect(told(observed)).toEqual(expected);
  });

  describe("with the word of WireGuard's clients", () => {
    const movedAt = ago(2 * secondMs);
    const handover = { at: ago(secondMs), from: a, clients: 2, answered: 2, gapMs: 300 };
    const elastic = (lostAt: number | null, by: Partial<typeof handover> | null): Observed => {
      const reports = by ? [toReport(b, { at: ago(0), handover: { ...handover, ...by } })] : [];
      return moved(lostAt, hourMs, {
        reports: [...reports, ...(by ? [] : [toReport(b), whoWasThere])],
        memory: { moved: { at: movedAt, id: 'e', address: addressOf[b], serverId: b, from: a } },
      });
    };
    const whoWasThere = toReport(a, {
      who: [{ user: 'ann', protocol: 'wireguard', since: 0, bytes: 0 }],
    });
    const over = (outageMs: number, gapMs: number, how: string) => [
      { kind: 'recovered', serverId: b, outageMs, gapMs, why: `${b} serves ${how}` },
    ];
    test('which is told once for each move', () => {
      const observed = elastic(null, {});
      const [handed] = tellHandover(observed);
      expect(handed).toMatchObject({ kind: 'handed', serverId: b, handoverAt: handover.at });
      const again = (at: number, serverId: string = b) =>
        tellHandover({
          ...observed,
          memory: { ...observed.memory, handed: { at, serverId } },
        });
      expect(again(handover.at)).toEqual([]);
      expect(again(handover.at - 1)).toEqual([handed]);
      expect(again(handover.at, a)).toEqual([handed]);
    });

    test.each<[sentence: string, observed: Observed, expected: unknown[]]>([
      [
        'it says what they missed',
        elastic(null, {}),
        over(0, 300, 'without an outage; its clients missed 0.3 s'),
      ],
      [
        'an outage is part of that',
        elastic(ago(32 * secondMs), {}),
        over(30 * secondMs, 30_300, 'after an outage of 30 s'),
      ],
      ['it is waited for', elastic(null, null), []],
      [
        'what they told of an earlier move counts for nothing',
        elastic(null, { at: ago(minuteMs) }),
        none,
      ],
    ])('%s', (_, observed, expected) => {
      expect(told(observed)).toEqual(expected);
    });
  });

  test('in the plan with the power off too', () => {
    const memory = { ...during(lost), ...toNamed(parked, hourMs) };
    const observed = observe([], { desired: off, memory });
    expect(plan(observed, policy)).toMatchObject([{ kind: 'recovered', serverId: null }]);
  });
});
