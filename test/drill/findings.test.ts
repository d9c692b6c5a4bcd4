/** What a real drill is said to have shown. */
import { describe, expect, test } from 'vitest';
import { isUnheard, toFindings, toFindingsText } from '../../scripts/vpn/drill/findings.ts';
import type { Entry, Incident, Status } from '../../web/data/answers.ts';

const at = Date.parse('2026-11-28T05:00:00Z');
const heard: Entry = {
  at: '2026-11-28T05:00:02.000Z',
  kind: 'doomed',
  why: 'AWS takes i-1 at 05:02:00 UTC (spot interruption warning)',
};
const end = { at: '2026-11-28T05:00:58Z', serverId: 'i-2', outageSeconds: 0, gapMs: 310 };
const incident: Incident = { at: heard.at, serverId: 'i-1', why: '', end };

const find = (
  entries: Entry[],
  lastIncident: Incident | null,
  taken: { withNotice?: boolean; at?: number | null } = {},
) =>
  toFindings(
    { serverId: 'i-1', at, withNotice: true, ...taken },
    { entries, status: { lastIncident } as Status },
  );

describe('of a notice', () => {
  test('that was heard: when, by whom, and what it cost', () => {
    const findings = find([heard], incident);
    expect(findings).toEqual({
      kind: 'drill',
      serverId: 'i-1',
      takenAt: '2026-11-28T05:00:00.000Z',
      notice: { heardAt: heard.at, heardBy: 'spot interruption warning' },
      end: { at: end.at, outageSeconds: 0, gapMs: 310 },
    });
    expect(toFindingsText(findings)).toBe(
      "AWS's notice was heard after 2 s (spot interruption warning). Another server served after 58 s, without an outage; WireGuard's clients missed 0.3 s.",
    );
    expect(isUnheard(findings)).toBe(false);
  });

  test.each<[what: string, entries: Entry[]]>([
    ['nobody', []],
    ['somebody else', [{ ...heard, why: heard.why.replace('i-1', 'i-10') }]],
    ['who only says that it may be', [{ ...heard, kind: 'risky' }]],
  ])('that was heard by %s: that it was not', (_, entries) => {
    const lost = { ...incident, end: { ...end, outageSeconds: 93, gapMs: null } };
    const findings = find(entries, lost);
    expect(isUnheard(findings)).toBe(true);
    expect(toFindingsText(findings)).toBe(
      'AWS\'s notice was not heard: see with "vpn doctor" what is wrong. Another server served after 58 s, after an outage of 1 min 33 s.',
    );
  });

  test('whose time AWS does not tell: without the seconds', () => {
    expect(toFindingsText(find([heard], incident, { at: null }))).toMatch(
      /^AWS's notice was heard \(spot interruption warning\)\. Another server served, without an outage/,
    );
  });
});

test('without a notice nothing is said of one, and nobody has missed it', () => {
  const lost = { ...incident, end: { ...end, outageSeconds: 93, gapMs: null } };
  const findings = find([], lost, { withNotice: false });
  expect([findings.notice, isUnheard(findings)]).toEqual([null, false]);
  expect(toFindingsText(findings)).toBe(
    'Another server served after 58 s, after an outage of 1 min 33 s.',
  );
});

test('where the loop had moved on before, there is no incident to tell of', () => {
  expect(toFindingsText(find([heard], { ...incident, serverId: 'i-0' }))).toMatch(
    / Another server serves, without an outage\.$/,
  );
});
