/** Recorded prices: whatever form they come in, the same series; whatever is wrong with them, said with its line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSeries, type Series, SeriesError } from '../../local/prices/series.ts';

const file = join(import.meta.dirname, '../../data/spot-prices/us-east-1-2013-01.csv');
const hourMs = 60 * 60_000;
const head = 'timestamp,availability_zone,instance_type,product,usd_per_hour';
const at = Date.UTC(2013, 0, 1);

const nanoInA = { type: 't3.nano', zone: 'us-east-1a' };
const nanoInB = { type: 't3.nano', zone: 'us-east-1b' };
const two: Series = {
  product: 'Linux/UNIX',
  from: at,
  to: at + 2 * hourMs,
  pools: [
    {
      pool: nanoInA,
      changes: [
        { at, perHour: 0.0016 },
        { at: at + 2 * hourMs, perHour: 0.002 },
      ],
    },
    { pool: nanoInB, changes: [{ at: at + hourMs, perHour: 0.0017 }] },
  ],
};

const json = (zone: string, hour: number, SpotPrice: string) => ({
  AvailabilityZone: zone,
  InstanceType: 't3.nano',
  ProductDescription: 'Linux/UNIX',
  SpotPrice,
  Timestamp: `2013-01-01T0${hour}:00:00+00:00`,
});
const newestFirst = [
  json('us-east-1a', 2, '0.002000'),
  json('us-east-1b', 1, '0.001700'),
  json('us-east-1a', 0, '0.001600'),
];
const pretty = (SpotPriceHistory: object[]) =>
  JSON.stringify({ NextToken: '', SpotPriceHistory }, null, 4);
const textLine = (cells: string[]) => ['SPOTPRICEHISTORY', ...cells].join('\t');

describe('the same series comes from', () => {
  it.each<[string, string]>([
    [
      'CSV',
      [
        head,
        '2013-01-01T00:00:00.000Z,us-east-1a,t3.nano,Linux/UNIX,0.0016',
        '2013-01-01T01:00:00Z,us-east-1b,t3.nano,Linux/UNIX,0.0017',
        '2013-01-01T02:00:00Z,us-east-1a,t3.nano,Linux/UNIX,0.002',
      ].join('\n'),
    ],
    [
      "CSV as Excel writes it, its columns in another order, with one more, and Windows' line ends",
      '\uFEFF' +
        [
          '"usd_per_hour","instance_type","product","timestamp","availability_zone","note"',
          '0.002,t3.nano,Linux/UNIX,2013-01-01T02:00:00Z,us-east-1a,late',
          '',
          '0.0016,t3.nano,Linux/UNIX,2013-01-01T00:00:00Z,us-east-1a,',
          '0.0017,t3.nano,Linux/UNIX,2013-01-01T03:00:00+02:00,us-east-1b,',
        ].join('\r\n'),
    ],
    ['what the CLI prints, newest first', pretty(newestFirst)],
    ['the same without line breaks', JSON.stringify({ SpotPriceHistory: newestFirst })],
    ['the bare list of a --query', JSON.stringify(newestFirst, null, 2)],
    [
      'two outputs one after the other',
      `${pretty(newestFirst.slice(0, 2))}\n${pretty(newestFirst.slice(2))}\n`,
    ],
    ['one price a line', newestFirst.map((price) => JSON.stringify(price)).join('\n')],
    ['a price that is a number', JSON.stringify(newestFirst).replace('"0.002000"', '0.002')],
    [
      'the CLI as text, over pages',
      [
        textLine(['us-east-1a', 't3.nano', 'Linux/UNIX', '0.002000', '2013-01-01T02:00:00.000Z']),
        textLine(['us-east-1b', 't3.nano', 'Linux/UNIX', '0.001700', '2013-01-01T01:00:00.000Z']),
        'NEXTTOKEN\tabc',
        textLine(['us-east-1a', 't3.nano', 'Linux/UNIX', '0.001600', '2013-01-01T00:00:00.000Z']),
        'None',
      ].join('\n'),
    ],
    [
      "a newer CLI as text, with the zone's id",
      newestFirst
        .map((p) =>
          textLine([
            p.AvailabilityZone,
            'use1-az4',
            't3.nano',
            'Linux/UNIX',
            p.SpotPrice,
            p.Timestamp,
          ]),
        )
        .join('\n'),
    ],
  ])('%s', (_, text) => {
    expect(readSeries(text)).toEqual(two);
  });
});

describe('what is said twice', () => {
  const row = (time: string, price: string) =>
    `2013-01-01T${time}Z,us-east-1a,t3.nano,Linux/UNIX,${price}`;
  it('counts once, and of two prices at one moment the higher one does', () => {
    const rows = [row('00:00:00', '0.0016'), row('01:00:00', '0.003'), row('01:00:00', '0.002')];
    const { pools } = readSeries([head, ...rows, rows[0]].join('\n'));
    expect(pools[0]?.changes).toEqual([
      { at, perHour: 0.0016 },
      { at: at + hourMs, perHour: 0.003 },
    ]);
  });
});

describe('of several products', () => {
  const row = (product: string, zone: string) =>
    `2013-01-01T00:00:00Z,${zone},m1.large,${product},0.1`;
  const rows = ['a', 'b', 'c'].map((zone) => row('SUSE Linux', `us-east-1${zone}`));
  const zonesOf = (text: string, product?: string) =>
    readSeries(text, product).pools.map(({ pool }) => pool.zone);

  it('Linux/UNIX is taken', () => {
    expect(zonesOf([head, ...rows, row('Linux/UNIX', 'us-east-1d')].join('\n'))).toEqual([
      'us-east-1d',
    ]);
  });
  it('or the most frequent one', () => {
    const text = [head, row('Windows', 'us-east-1d'), ...rows].join('\n');
    expect(readSeries(text).product).toBe('SUSE Linux');
  });
  it('or the one asked for', () => {
    const text = [head, ...rows, row('Windows', 'us-east-1d')].join('\n');
    expect(zonesOf(text, 'Windows')).toEqual(['us-east-1d']);
    expect(() => zonesOf(text, 'BeOS')).toThrow(
      'there are no prices of "BeOS", only of SUSE Linux, Windows',
    );
  });
});

describe('what is wrong is named with its line', () => {
  const good = '2013-01-01T00:00:00Z,us-east-1a,t3.nano,Linux/UNIX,0.0016';
  it.each<[string, string, string]>([
    ['an empty file', '', 'there are no prices in it'],
    ['a page without prices', '{"SpotPriceHistory": []}', 'there are no prices in it'],
    [
      'a file of something else',
      '<html>',
      'line 1: these are neither prices as `aws ec2 describe-spot-price-history` prints them, in JSON or text, ' +
        `nor CSV with the columns ${head}`,
    ],
    [
      'a CSV without a column',
      `\n${head.replace(',product', '')}\n`,
      "line 2: the CSV's head lacks the columns product",
    ],
    [
      'three wrong fields',
      [
        head,
        good,
        good.replace('0.0016', '-1'),
        good.replace('us-east-1a', 'Virginia'),
        good.replace('2013-01-01T00:00:00Z', 'yesterday'),
      ].join('\n'),
      'line 3: "-1" is no price above 0 like 0.0016\n' +
        'line 4: "Virginia" is no zone like us-east-1a\n' +
        'line 5: "yesterday" is no time like 2013-01-01T00:00:00Z',
    ],
    [
      'a row too short',
      `${head}\n2013-01-01T00:00:00Z,us-east-1a`,
      'line 2: a type like t3.nano is missing',
    ],
    [
      'a day that no calendar has',
      `${head}\n${good.replace('01-01', '13-41')}`,
      'line 2: "2013-13-41T00:00:00Z" is no time like 2013-01-01T00:00:00Z',
    ],
    [
      'a price of nothing',
      `${head}\n${good.replace('0.0016', '0.0')}`,
      'line 2: "0.0" is no price above 0 like 0.0016',
    ],
    ['JSON that ends too early', '{\n"SpotPriceHistory": [\n', 'line 2: this is no JSON'],
    ['JSON with a comma too many', '{\n"SpotPriceHistory": [\n],\n}', 'line 4: this is no JSON'],
    [
      'a price in JSON that is none',
      pretty([json('us-east-1a', 0, '0.0016'), json('us-east-1a', 0, 'cheap')]),
      'line 11: "cheap" is no price above 0 like 0.0016',
    ],
    [
      'one in the second of two outputs',
      `${pretty([json('us-east-1a', 0, '0.0016')])}\n${pretty([json('nowhere', 0, '0.1')])}`,
      'line 16: "nowhere" is no zone like us-east-1a',
    ],
    ['a list of other things', '[1, 2]', 'line 1: 2 of the prices listed are no objects'],
    [
      'text with a line of its own',
      `${textLine(['us-east-1a', 't3.nano', 'Linux/UNIX', '0.0016', '2013-01-01T00:00:00Z'])}\nhello`,
      'line 2: this is no line of SPOTPRICEHISTORY with its five or six fields',
    ],
  ])('%s', (_, text, message) => {
    expect(() => readSeries(text)).toThrow(new SeriesError(message));
  });

  it('but of very many faults only the first', () => {
    const rows = Array.from({ length: 1_000 }, () => 'now,here,it,that,much');
    const fault = () => readSeries([head, ...rows].join('\n'));
    expect(fault).toThrow(/^line 2: .*\n(line .*\n){7}and 992 more$/);
  });
});

describe('any text', () => {
  const signs = ['{', '}', '[', ']', '"', ',', '\n', '\t', ':', '\\', '-', 'null'];
  const words = ['2013-01-01T00:00:00Z', 'us-east-1a', 't3.nano', 'Linux/UNIX', '0.0016'];
  const names = [head, 'SPOTPRICEHISTORY', 'SpotPriceHistory'];
  const piece = fc.constantFrom(...signs, ...words, ...names);
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc
      .array(fc.array(piece), { maxLength: 9 })
      .map((rows) => rows.map((r) => r.join(',')).join('\n')),
  );
  it('gives a series, or an error of its own', () => {
    fc.assert(
      fc.property(text, fc.option(fc.string(), { nil: undefined }), (input, product) => {
        try {
          expect(readSeries(input, product).pools.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(SeriesError);
          expect((error as Error).message.split('\n').length).toBeLessThan(10);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same series in whatever order its prices stand', () => {
    const price = fc.record({
      AvailabilityZone: fc.constantFrom('us-east-1a', 'us-east-1b', 'eu-west-1c'),
      InstanceType: fc.constantFrom('t3.nano', 't4g.nano'),
      ProductDescription: fc.constantFrom('Linux/UNIX', 'SUSE Linux'),
      SpotPrice: fc.constantFrom('0.001', '0.0016', '0.002'),
      Timestamp: fc.constantFrom('2013-01-01T00:00:00Z', '2013-01-02T00:00:00Z'),
    });
    const shuffled = fc
      .array(price, { minLength: 1 })
      .chain((prices) =>
        fc.tuple(fc.constant(prices), fc.shuffledSubarray(prices, { minLength: prices.length })),
      );
    fc.assert(
      fc.property(shuffled, ([some, other]) => {
        expect(readSeries(JSON.stringify(other))).toEqual(readSeries(JSON.stringify(some)));
      }),
    );
  });
});

it('the shipped file has the prices that its README tells of', () => {
  const text = readFileSync(file, 'utf8');
  const [linux, suse] = [readSeries(text), readSeries(text, 'SUSE Linux')];
  const changes = [linux, suse].flatMap(({ pools }) => pools.flatMap((pool) => pool.changes));
  expect(changes).toHaveLength(3_471);
  expect(linux.pools).toHaveLength(20);
  expect(new Date(linux.to).toISOString()).toBe('2013-01-15T11:57:23.000Z');
  const micro = suse.pools.find(({ pool }) => pool.type === 't1.micro' && pool.zone.endsWith('c'));
  expect(Math.max(...(micro?.changes ?? []).map(({ perHour }) => perHour))).toBe(2);
});
