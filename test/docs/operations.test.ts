/** docs/operations.md leaves no message and no refusal without an answer, and explains none that is never said. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { refusals, toRefusal } from '../../shared/core/refusals.ts';
import type { News, Place } from '../../shared/tell/news.ts';
import { toWords } from '../../shared/tell/words.ts';

const text = readFileSync('docs/operations.md', 'utf8');
const at = Date.parse('2026-11-22T05:02:00Z');
const place: Place = {
  serverId: 'i-0a1b2c3d',
  market: 'on-demand',
  pool: null,
  address: null,
  perHour: null,
};
const onSpot: Place = { ...place, market: 'spot' };
const incident = { kind: 'incident', id: '', at, lost: place, launching: null } as const;
const recovered = { kind: 'recovered', id: '', at, lost: place, now: place, gapMs: null } as const;

const everyNews: News[] = [
  { ...incident, cause: { kind: 'notice', endsAt: at } },
  { ...incident, cause: { kind: 'taken' } },
  { ...incident, cause: { kind: 'gone', why: '' } },
  { ...incident, cause: { kind: 'drill', endsAt: at } },
  { ...incident, cause: { kind: 'silent', since: at } },
  { ...incident, cause: { kind: 'unfit', why: '' } },
  { ...recovered, outageMs: 0, isDrill: false },
  { ...recovered, outageMs: 93_000, isDrill: false },
  { kind: 'moved', id: '', at, from: place, to: onSpot },
  { kind: 'moved', id: '', at, from: onSpot, to: onSpot },
  { kind: 'on', id: '', at, to: place },
  { kind: 'off', id: '', at, why: null },
  { kind: 'stuck', id: '', at, why: '' },
  { kind: 'free', id: '', at, to: place },
  { kind: 'unrefreshed', id: '', at, place, why: '' },
  { kind: 'refreshed', id: '', at, place, gone: false },
];

/** The first cells of the table below a heading, as they are meant to be read. */
function firstCells(heading: string): string[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const cells = [...section.matchAll(/^\| (.+?) \|/gm)].map(([, cell = '']) => cell);
  return cells.slice(1).map((cell) => cell.replace(/^`(.*)`$/, '$1'));
}

it('every message that people may get has its line, and no other', () => {
  const titles = new Set(everyNews.map((news) => toWords(news, 'vpn.example.org').title));
  expect(new Set(firstCells('Messages'))).toEqual(titles);
});

it('every reason that nothing can be launched has its line, and no other', () => {
  const codes = [...Object.keys(refusals), 'SomethingNew'];
  const says = new Set(codes.map((code) => toRefusal(code).says.replace(/; make it with.*/, '')));
  expect(new Set(firstCells('Why nothing can be launched'))).toEqual(says);
});
