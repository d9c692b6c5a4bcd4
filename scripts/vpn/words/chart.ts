/** A chart of steps in a terminal: prices, lines to hold them against, and marks below where something happened. */
import type { Paint } from '../screen.ts';

export interface Chart {
  /** A value that holds from a time on; the oldest first. */
  steps: [at: number, value: number][];
  from: number;
  to: number;
  lines: { value: number; name: string; color: 'red' | 'yellow' | 'blue' }[];
  marks: { at: number; sign: string }[];
  /** Columns and rows of the picture itself. */
  width: number;
  height: number;
  toLabel: (value: number) => string;
  toTime: (at: number) => string;
  paint: Paint;
}

/** The top line is above everything, the bottom one is 0. */
export function toChart(chart: Chart): string {
  const { lines, height, width, toLabel, paint } = chart;
  const values = toColumns(chart);
  const known = values.filter((value) => value !== null);
  const top = 1.05 * Math.max(...known, ...lines.map(({ value }) => value), Number.MIN_VALUE);
  const rowOf = (value: number) =>
    Math.min(height - 1, Math.max(0, Math.round((1 - value / top) * (height - 1))));
  const grid = Array.from({ length: height }, () => Array.from({ length: width }, () => ' '));
  const labels = new Map([[height - 1, toLabel(0)]]);
  for (const { value, name, color } of lines) {
    const row = rowOf(value);
    grid[row]?.fill(paint(color, '╌'));
    // Two lines at one height share it, and their label.
    const before = labels.get(row);
    labels.set(row, before ? `${before}, ${name}` : `${toLabel(value)} ${name}`);
  }
  drawSteps(
    grid,
    values.map((value) => (value === null ? null : rowOf(value))),
    (sign) => paint('green', sign),
  );
  const labelWidth = Math.max(...[...labels.values()].map((label) => label.length));
  const picture = grid.map(
    (cells, row) => `${(labels.get(row) ?? '').padStart(labelWidth)} ┤${cells.join('')}`,
  );
  return [...picture, ...toFoot(chart, labelWidth)].join('\n').replace(/ +$/gm, '');
}

/** What holds at the end of each column's time; null before anything is known. */
function toColumns({ steps, from, to, width }: Chart): (number | null)[] {
  return Array.from({ length: width }, (_, column) => {
    const at = from + ((column + 1) / width) * (to - from);
    return steps.findLast(([since]) => since <= at)?.[1] ?? null;
  });
}

function drawSteps(
  grid: string[][],
  rows: (number | null)[],
  draw: (sign: string) => string,
): void {
  const put = (row: number, column: number, sign: string) => {
    const line = grid[row];
    if (line) line[column] = draw(sign);
  };
  for (const [column, row] of rows.entries()) {
    if (row === null) continue;
    const before = rows[column - 1] ?? row;
    if (before === row) {
      put(row, column, '─');
      continue;
    }
    const [high, low] = [Math.min(row, before), Math.max(row, before)];
    for (let between = high + 1; between < low; between++) put(between, column, '│');
    put(before, column, before < row ? '╮' : '╯');
    put(row, column, before < row ? '╰' : '╭');
  }
}

function toFoot({ from, to, marks, width, toTime, paint }: Chart, labelWidth: number): string[] {
  const indent = ' '.repeat(labelWidth + 2);
  const signs = Array.from({ length: width }, () => ' ');
  for (const { at, sign } of marks) {
    const column = Math.floor(((at - from) / (to - from)) * width);
    signs[Math.min(width - 1, Math.max(0, column))] = paint('bold', sign);
  }
  const [first, last] = [toTime(from), toTime(to)];
  const gap = ' '.repeat(Math.max(1, width - first.length - last.length));
  return [
    `${' '.repeat(labelWidth)} └${'─'.repeat(width)}`,
    ...(marks.length ? [indent + signs.join('')] : []),
    indent + first + gap + last,
  ];
}
