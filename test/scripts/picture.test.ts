/** The picture: what is on it, however many prices there are. */
import { describe, expect, it } from 'vitest';
import { type Picture, toSvg } from '../../scripts/backtest/picture.ts';
import { toPriceScale, toTimeScale } from '../../scripts/backtest/scales.ts';

const hourMs = 60 * 60_000;
const from = Date.UTC(2013, 0, 1);
const pool = { type: 't1.micro', zone: 'us-east-1a' };
const by = (market: 'spot' | 'on-demand') => ({ id: 'i-1', market, pool });
const picture: Picture = {
  title: 'Prices <of> "t1.micro" & others',
  caption: ['one', 'two'],
  from,
  to: from + 10 * hourMs,
  pools: [
    {
      pool,
      changes: [
        { at: from, perHour: 0.004 },
        { at: from + 5 * hourMs, perHour: 0.008 },
      ],
    },
  ],
  cap: 0.006,
  onDemand: 0.02,
  spans: [
    { from, to: from + hourMs, by: null, wanted: true },
    { from: from + hourMs, to: from + 5 * hourMs, by: by('spot'), wanted: true },
    { from: from + 5 * hourMs, to: from + 5 * hourMs + 1_000, by: null, wanted: true },
    { from: from + 5 * hourMs + 1_000, to: from + 10 * hourMs, by: by('on-demand'), wanted: true },
  ],
};
const count = (svg: string, what: RegExp) => [...svg.matchAll(what)].length;

describe('the picture', () => {
  const svg = toSvg(picture);
  it('has the price as steps, the cap and on demand', () => {
    expect(svg).toMatch(/<path class="line stroke z0" d="M70 \d[\d.]*H525V[\d.]+H980"\/>/);
    expect(svg).toContain('<path class="line cap" d="M70 ');
    expect(svg).toContain('<path class="line demand" d="M70 ');
    for (const words of ['cap $0.006', 'on demand $0.02', 'us-east-1a', 'nobody'])
      expect(svg).toContain(`>${words}</text>`);
  });
  it('shows who served, and even the shortest outage, but none before the first server', () => {
    expect(count(svg, /<rect class="fill z0" x="161"/g)).toBe(1);
    expect(count(svg, /<rect class="on-demand" x="525/g)).toBe(1);
    const band = [...svg.matchAll(/<rect class="out" x="[\d.]+" y="420" width="([\d.]+)"/g)];
    expect(band.map(([, width]) => Number(width))).toEqual([1.5]);
  });
  it('has words for those who do not see it, and nothing that breaks out of them', () => {
    expect(svg).toContain('<title>Prices &#60;of&#62; &#34;t1.micro&#34; &#38; others</title>');
    expect(svg).toContain('<desc>one two</desc>');
  });
  it('shows a cap at on demand as one line, and no sign for outages that were not', () => {
    const other = toSvg({ ...picture, cap: 0.02, spans: picture.spans.slice(0, 2) });
    expect(other).not.toContain('class="line cap"');
    expect(other).toContain('>on demand $0.02, the cap</text>');
    expect(other).not.toContain('class="out"');
  });
  it('stays small, however many prices there are', () => {
    const changes = Array.from({ length: 200_000 }, (_, index) => ({
      at: from + index * 180,
      perHour: 0.004 + (index % 9) / 10_000,
    }));
    const large = toSvg({ ...picture, pools: [{ pool, changes }] });
    expect(large.length).toBeLessThan(400_000);
    expect(large).not.toContain('NaN');
  });
});

describe('scales', () => {
  it.each<[string, number[], number[]]>([
    ['close prices begin at 0', [0.004, 0.02], [0, 0.005, 0.01, 0.015, 0.02]],
    [
      'prices over decades are logarithmic',
      [0.006, 2],
      [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2],
    ],
    ['over many decades only each of them has a tick', [0.001, 9], [0.001, 0.01, 0.1, 1, 10]],
  ])('%s', (_, prices, ticks) => {
    const scale = toPriceScale(prices, 100, 0);
    expect(scale.ticks).toEqual(ticks);
    for (const price of prices) {
      expect(scale.toPlace(price)).toBeGreaterThanOrEqual(0);
      expect(scale.toPlace(price)).toBeLessThanOrEqual(100);
    }
  });
  it.each([
    ['hours', 6 * hourMs, 7],
    ['days', 9 * 24 * hourMs, 10],
    ['months', 300 * 24 * hourMs, 11],
    ['a single moment', 0, 1],
  ])('%s', (_, spanMs, ticks) => {
    expect(toTimeScale(from, from + spanMs, 0, 100).ticks.length).toBeLessThanOrEqual(ticks);
  });
});
