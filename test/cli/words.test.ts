/** What `vpn` draws and how it reads times: the picture itself, letter by letter. */
import { describe, expect, test } from 'vitest';
import { time, whole } from '../../scripts/vpn/command.ts';
import { toChart } from '../../scripts/vpn/words/chart.ts';
import { toPairs, toTable } from '../../scripts/vpn/words/table.ts';

const plain = {
  from: 0,
  to: 20,
  width: 20,
  height: 6,
  marks: [],
  lines: [],
  toLabel: (value: number) => `$${value}`,
  toTime: (at: number) => `${at}h`,
  paint: (_: string, text: string) => text,
};

describe('a chart', () => {
  test('has steps, lines to hold them against, and marks where something happened', () => {
    const chart = toChart({
      ...plain,
      steps: [
        [0, 1],
        [6, 5],
        [12, 2],
      ],
      lines: [{ value: 3, name: 'cap', color: 'red' }],
      marks: [
        { at: 7, sign: 'D' },
        { at: 20, sign: 'S' },
      ],
    });
    expect(`\n${chart}`).toBe(`
       ┤     ╭─────╮
       ┤     │     │
$3 cap ┤╌╌╌╌╌│╌╌╌╌╌│╌╌╌╌╌╌╌╌
       ┤     │     ╰────────
       ┤─────╯
    $0 ┤
       └────────────────────
               D           S
        0h               20h`);
  });

  test('of nothing yet known is empty, and of one price a line', () => {
    const empty = toChart({ ...plain, steps: [[30, 1]] });
    expect(empty).not.toMatch(/─.*\n.*└/);
    const flat = toChart({ ...plain, steps: [[-5, 1]] });
    expect(flat.split('\n')[0]).toBe(`   ┤${'─'.repeat(20)}`);
  });

  test('puts two lines of one height together', () => {
    const lines = [
      { value: 3, name: 'cap', color: 'red' as const },
      { value: 3, name: 'on demand', color: 'blue' as const },
    ];
    expect(toChart({ ...plain, steps: [], lines })).toContain('$3 cap, on demand ┤╌');
  });
});

describe('a time', () => {
  const now = new Date(2026, 10, 22, 18, 30).getTime();
  const read = (text: string) => time(text)(now);
  const at = (day: number, hour: number, minute = 0) =>
    new Date(2026, 10, day, hour, minute).toISOString();

  test.each([
    ['20:00', at(22, 20)],
    ['7:05', at(23, 7, 5)],
    ['18:30', at(23, 18, 30)],
    ['30m', at(22, 19)],
    ['2h', at(22, 20, 30)],
    ['1d', at(23, 18, 30)],
    ['2026-11-30T08:00', at(30, 8)],
    ['2026-11-30T08:00:00Z', '2026-11-30T08:00:00.000Z'],
  ])('%s', (text, wanted) => expect(read(text)).toBe(wanted));

  test.each(['', '25:00', '2w', 'tomorrow', '2026', '-2h', '2026-13-40'])('not "%s"', (text) => {
    expect(() => read(text)).toThrow('Give a time like 20:00');
  });
});

test('a whole number keeps its bounds', () => {
  const read = whole(5, 10);
  expect([read('5'), read('10')]).toEqual([5, 10]);
  for (const text of ['4', '11', '5.5', '', ' 7', '0x7', '1e1'])
    expect(() => read(text)).toThrow('Give a whole number from 5 to 10.');
});

test('columns are as wide as they have to be, numbers to the right', () => {
  expect(
    toTable(
      ['who', 'dollars', ''],
      [
        ['alice', '$1.50', 'x'],
        ['bo', '$12.00', ''],
      ],
    ),
  ).toBe('who    dollars\nalice    $1.50  x\nbo      $12.00');
  expect(
    toPairs([
      ['a', '1'],
      ['bcd', '2'],
    ]),
  ).toBe('  a    1\n  bcd  2');
});
