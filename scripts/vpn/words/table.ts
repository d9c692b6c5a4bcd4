/** Columns for people: as wide as what stands in them, numbers to the right. */
import { stripVTControlCharacters } from 'node:util';

export function toTable(head: string[], rows: string[][]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  const isNumber = (column: number) =>
    rows.length > 0 && rows.every((row) => /^[-$]?[-$\d.,]+( %)?$|^$/.test(row[column] ?? ''));
  return all
    .map((row) =>
      row
        .map((cell, column) => {
          const gap = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
          return isNumber(column) ? gap + cell : cell + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names before what they stand for. */
export function toPairs(pairs: [string, string][]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
