/** How things are worded for people. */
import { expect, test } from 'vitest';
import {
  toCents,
  toDollars,
  toDuration,
  toMarketWords,
  toMonth,
  toPlace,
  toTimeOfDay,
} from '../../shared/core/words.ts';
import { hourMs, minuteMs, nano, now, secondMs } from './scene.ts';

test.each([
  [0, '0 s'],
  [499, '0 s'],
  [500, '1 s'],
  [59_499, '59 s'],
  [59_500, '1 min 0 s'],
  [93 * secondMs, '1 min 33 s'],
  [hourMs - 501, '59 min 59 s'],
  [hourMs - 500, '1 h 0 min'],
  [hourMs + 59 * secondMs, '1 h 0 min'],
  [90 * minuteMs, '1 h 30 min'],
  [49 * hourMs, '49 h 0 min'],
])('%d ms are %s', (ms, words) => {
  expect(toDuration(ms)).toBe(words);
});

test.each([
  [0.0052, '$0.0052'],
  [0.1 + 0.2, '$0.3'],
  [5, '$5'],
  [0.000_04, '$0'],
  [0.000_06, '$0.0001'],
])('%d dollars are %s', (amount, words) => {
  expect(toDollars(amount)).toBe(words);
});

test.each([
  [0, '$0.00'],
  [0.0049, 'under $0.01'],
  [0.005, '$0.01'],
  [0.312, '$0.31'],
  [-0.05, '−$0.05'],
])('of %d dollars cents are %s', (amount, words) => {
  expect(toCents(amount)).toBe(words);
});

test('places, markets, times and months', () => {
  expect(toPlace(nano)).toBe('t3.nano in us-east-1a');
  expect(toPlace({ type: 't3.nano', zone: null })).toBe("t3.nano in a zone of EC2's choice");
  expect([toMarketWords('spot'), toMarketWords('on-demand')]).toEqual(['on spot', 'on demand']);
  expect(toTimeOfDay(now + 61_999)).toBe('05:01:01');
  expect([toMonth(now), toMonth(Date.UTC(2026, 11) - 1), toMonth(Date.UTC(2026, 11))]).toEqual([
    '2026-11',
    '2026-11',
    '2026-12',
  ]);
});
