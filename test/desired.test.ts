/** The document of what people want: what they may write, right, wrong or odd, and that it comes back as it was. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Desired } from '../shared/core/model.ts';
import { readDesired, writeDesired } from '../shared/documents/desired.ts';
import { observed } from './core/any-scene.ts';
import { minuteMs, now } from './core/scene.ts';

const imageId = 'ami-0123456789abcdef0';
const plain = {
  at: now,
  until: null,
  idleMinutes: null,
  schedule: null,
  drillAt: null,
  imageId: null,
};
const on = { ...plain, power: 'on' };
const off = { ...plain, power: 'off' };
const read = (json: string | undefined) => readDesired(json, now);
const week = {
  timeZone: 'Europe/Berlin',
  on: [{ days: ['mon', 'fri'], from: '08:00', to: '18:30' }],
};

test.each([
  ['nothing written: off', undefined, { ...off, at: 0 }],
  ['on with an image', `{"power":"on","imageId":"${imageId}"}`, { ...on, imageId }],
  [
    'an image of the old kind',
    '{"power":"on","imageId":"ami-0123abcd"}',
    { ...on, imageId: 'ami-0123abcd' },
  ],
  ['no image', '{"power":"on"}', on],
  ['an image that is null', '{"power":"off","imageId":null}', off],
  ['what nobody asked for', '{"power":"off","colour":"red"}', off],
  ['spaces and lines', ' {\n "power" : "on" }\n', on],
  [
    'a time of its own',
    '{"power":"on","at":"2026-11-22T04:59:00Z"}',
    { ...on, at: now - minuteMs },
  ],
  ['an end', '{"power":"off","until":"2026-11-22T05:01:00Z"}', { ...off, until: now + minuteMs }],
  ['a rest', '{"power":"on","idleMinutes":30}', { ...on, idleMinutes: 30 }],
  ['a drill', '{"power":"on","drill":"2026-11-22T05:00:00Z"}', { ...on, drillAt: now }],
  ['a week', JSON.stringify({ power: 'on', schedule: week }), { ...on, schedule: week }],
])('%s', (_, json, expected) => {
  expect(read(json)).toEqual(expected);
});

const withWindow = (window: object) =>
  JSON.stringify({ power: 'on', schedule: { ...week, on: [{ ...week.on[0], ...window }] } });

test.each([
  ['no JSON', 'on', []],
  ['nothing at all', '', []],
  ['a list', '[]', []],
  ['null', 'null', []],
  ['no power', '{}', ['Expected "power"']],
  ['another power', '{"power":"On"}', ['power is "on" or "off"']],
  ['another image', '{"power":"on","imageId":"debian"}', ['imageId is like ami-0abc']],
  ['an image that is a number', '{"power":"on","imageId":7}', []],
  [
    'both at once',
    '{"power":true,"imageId":"ami-xyz"}',
    ['power is "on" or "off"', 'imageId is like ami-0abc'],
  ],
  ['a time that is a number', '{"power":"on","at":1}', []],
  ['too short a rest', '{"power":"on","idleMinutes":4}', ['idleMinutes is at least 5']],
  ['too long a rest', '{"power":"on","idleMinutes":10081}', ['idleMinutes is at most 10080']],
  [
    'a place that is none',
    JSON.stringify({ power: 'on', schedule: { ...week, timeZone: 'Mars' } }),
    ['like Europe/Berlin'],
  ],
  ['a day that is none', withWindow({ days: ['monday'] }), ['a day is like mon']],
  ['an hour that is none', withWindow({ from: '24:00' }), ['a time of day is like 08:00']],
  [
    'more windows than a week needs',
    JSON.stringify({ power: 'on', schedule: { ...week, on: Array(15).fill(week.on[0]) } }),
    ['at most 14 windows'],
  ],
])('%s is an error that says how it should be', (_, json, faults) => {
  for (const fault of [
    ...faults,
    "What is desired can't be read",
    '{"power":"on","imageId":"ami-0abc"}',
  ])
    expect(() => read(json)).toThrow(fault);
});

describe('what is written', () => {
  test('is read as it was', () => {
    fc.assert(
      fc.property(observed, ({ desired }) => {
        expect(readDesired(writeDesired(desired, 1), 0)).toEqual(desired);
      }),
    );
  });

  test('has times that people can read', () => {
    const desired = { ...on, drillAt: now } as Desired;
    expect(writeDesired(desired, 1)).toContain('"drill":"2026-11-22T05:00:00.000Z"');
    expect(writeDesired(desired, 1)).toContain('"at":"2026-11-22T05:00:00.000Z"');
  });
});
