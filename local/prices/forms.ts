/** The forms in which recorded spot prices come: CSV, and what the aws CLI prints as JSON or as text. */

/** A price's fields as the form gives them, unchecked, and the line it stands on. */
export interface RawRow {
  line: number;
  at?: unknown;
  zone?: unknown;
  type?: unknown;
  product?: unknown;
  perHour?: unknown;
}

type Field = Exclude<keyof RawRow, 'line'>;

const columns: Record<string, Field> = {
  timestamp: 'at',
  availability_zone: 'zone',
  instance_type: 'type',
  product: 'product',
  usd_per_hour: 'perHour',
};

/** In the text's order. What has no such form at all is named among the faults, with its line. */
export function toRawRows(text: string): { rows: RawRow[]; faults: string[] } {
  const plain = text.replace(/^\uFEFF/, '');
  if (/^\s*[{[]/.test(plain)) return fromJson(plain);
  const lines = plain.split(/\r?\n/);
  const first = lines.findIndex((line) => line.trim());
  const head = lines[first] ?? '';
  if (/^SPOTPRICEHISTORY\t/m.test(plain)) return fromText(lines);
  if (head.includes(',')) return fromCsv(lines, first);
  const fault =
    'these are neither prices as `aws ec2 describe-spot-price-history` prints them, in JSON or text, ' +
    `nor CSV with the columns ${Object.keys(columns).join(',')}`;
  return { rows: [], faults: head ? [`line ${first + 1}: ${fault}`] : [] };
}

function fromCsv(lines: string[], headIndex: number): { rows: RawRow[]; faults: string[] } {
  const names = toCells(lines[headIndex] ?? '');
  const missing = Object.keys(columns).filter((name) => !names.includes(name));
  if (missing.length) {
    const fault = `line ${headIndex + 1}: the CSV's head lacks the columns ${missing.join(', ')}`;
    return { rows: [], faults: [fault] };
  }
  const places = Object.entries(columns).map(
    ([name, field]) => [field, names.indexOf(name)] as const,
  );
  const rows = lines.flatMap((text, index): RawRow[] => {
    if (index <= headIndex || !text.trim()) return [];
    const cells = toCells(text);
    const fields = Object.fromEntries(places.map(([field, column]) => [field, cells[column]]));
    return [{ ...fields, line: index + 1 }];
  });
  return { rows, faults: [] };
}

function toCells(line: string): string[] {
  return line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

/** Fields stand in the order of their names, and newer CLIs have a zone's id among them: it alone may be left out. */
function fromText(lines: string[]): { rows: RawRow[]; faults: string[] } {
  const faults: string[] = [];
  const rows = lines.flatMap((text, index): RawRow[] => {
    const [label, ...cells] = text.split('\t').map((cell) => cell.trim());
    const line = index + 1;
    // Between pages the CLI prints the next page's token, which is "None" after the last.
    if (!label || label === 'None' || label === 'NEXTTOKEN') return [];
    if (label !== 'SPOTPRICEHISTORY' || cells.length < 5 || cells.length > 6) {
      faults.push(`line ${line}: this is no line of SPOTPRICEHISTORY with its five or six fields`);
      return [];
    }
    const [zone] = cells;
    const [type, product, perHour, at] = cells.slice(-4);
    return [{ line, at, zone, type, product, perHour }];
  });
  return { rows, faults };
}

/** A closing bracket at a line's end, an opening one at the next line's start: there another document begins. */
const betweenDocuments = /(?<=[}\]])[ \t]*\r?\n\s*(?=[{[])/g;

/** One document or several after each other, each a page, a list or a single price. */
function fromJson(text: string): { rows: RawRow[]; faults: string[] } {
  const whole = toValue(text);
  if (whole.kind === 'value') return fromDocument(text, whole.value, 1);
  const gaps = [...text.matchAll(betweenDocuments)].map(({ index, 0: gap }) => index + gap.length);
  if (!gaps.length) return { rows: [], faults: [toFault(text, whole.message, 1)] };
  let line = 1;
  const all = [0, ...gaps].map((from, index) => {
    const part = text.slice(from, gaps[index]);
    const parsed = toValue(part);
    const firstLine = line;
    line += countLines(part);
    return parsed.kind === 'value'
      ? fromDocument(part, parsed.value, firstLine)
      : { rows: [], faults: [toFault(part, parsed.message, firstLine)] };
  });
  return { rows: all.flatMap(({ rows }) => rows), faults: all.flatMap(({ faults }) => faults) };
}

type Parsed = { kind: 'value'; value: unknown } | { kind: 'fault'; message: string };

function toValue(text: string): Parsed {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch (error) {
    return { kind: 'fault', message: (error as SyntaxError).message };
  }
}

/** JSON.parse tells the line, but for an end that comes too early. */
function toFault(text: string, message: string, firstLine: number): string {
  const [, told] = / \(line (\d+) column \d+\)$/.exec(message) ?? [];
  const line = firstLine - 1 + (told ? Number(told) : countLines(text.trimEnd()) + 1);
  return `line ${line}: this is no JSON`;
}

function fromDocument(text: string, value: unknown, firstLine: number) {
  const page = isObject(value) ? value.SpotPriceHistory : undefined;
  const [items, depth] = Array.isArray(page)
    ? [page, 2]
    : Array.isArray(value)
      ? [value, 1]
      : [[value], 0];
  const objects = (items as unknown[]).filter(isObject);
  const lines = toItemLines(text, depth, firstLine);
  const rows = objects.map((item, index) => toRawRow(item, lines[index] ?? firstLine));
  const others = items.length - objects.length;
  const faults = others ? [`line ${firstLine}: ${others} of the prices listed are no objects`] : [];
  return { rows, faults };
}

function toRawRow(item: Record<string, unknown>, line: number): RawRow {
  const { Timestamp, AvailabilityZone, InstanceType, ProductDescription, SpotPrice } = item;
  return {
    line,
    at: Timestamp,
    zone: AvailabilityZone,
    type: InstanceType,
    product: ProductDescription,
    perHour: SpotPrice,
  };
}

/** The lines on which the objects of that depth begin. The text is JSON. */
function toItemLines(text: string, depth: number, firstLine: number): number[] {
  const lines: number[] = [];
  let [line, open] = [firstLine, 0];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]\n]/g)) {
    if (token === '\n') line++;
    if (token === '{' && open === depth) lines.push(line);
    if (token === '{' || token === '[') open++;
    if (token === '}' || token === ']') open--;
  }
  return lines;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
