/** What past incidents have cost, from entries in any order that the journal may have. */
import { expect, test } from 'vitest';
import type { Entry } from '../../shared/core/deeds.ts';
import { type PastIncident, toIncidents } from '../../shared/core/incidents.ts';
import { a, b } from './scene.ts';

const why = 'because';
const incident = (at: number, serverId: string = a): Entry => ({
  at,
  kind: 'incident',
  serverId,
  lostAt: null,
  why,
});
const recovered = (at: number, differs: { serverId?: string | null; gapMs?: number } = {}) =>
  ({ at, kind: 'recovered', serverId: b, outageMs: 0, why, ...differs }) as Entry;
const handed = (at: number, gapMs: number | null, serverId: string = b): Entry => ({
  at,
  kind: 'handed',
  serverId,
  handoverAt: at,
  clients: 1,
  answered: 1,
  gapMs,
  why,
});
const end = (at: number, gapMs: number | null, serverId: string | null = b) => ({
  at,
  serverId,
  outageMs: 0,
  gapMs,
});
const past = (at: number, over: PastIncident['end'], serverId: string = a): PastIncident => ({
  at,
  serverId,
  why,
  end: over,
});

test.each<[sentence: string, entries: Entry[], expected: PastIncident[]]>([
  ['none', [handed(1, 200)], []],
  ['one that goes on', [incident(1)], [past(1, null)]],
  ['one that was measured', [incident(1), recovered(2, { gapMs: 300 })], [past(1, end(2, 300))]],
  ['one that nobody measured', [incident(1), recovered(2)], [past(1, end(2, null))]],
  [
    "one whose clients' word came late",
    [incident(1), recovered(2), handed(9, 400)],
    [past(1, end(2, 400))],
  ],
  [
    'not by what clients missed in the next one',
    [incident(1), recovered(2), incident(3), handed(4, 400), recovered(5, { gapMs: 400 })],
    [past(3, end(5, 400)), past(1, end(2, null))],
  ],
  [
    "not by another server's word",
    [incident(1), recovered(2), handed(3, 400, a)],
    [past(1, end(2, null))],
  ],
  [
    'one that was turned off',
    [incident(1), recovered(2, { serverId: null })],
    [past(1, end(2, null, null))],
  ],
  [
    'one whose end is lost',
    [incident(1), incident(5, b), recovered(6)],
    [past(5, end(6, null), b), past(1, null)],
  ],
  ['an end whose beginning is lost', [recovered(2)], []],
])('%s', (_, entries, expected) => {
  expect(toIncidents(entries)).toEqual(expected);
});
