/** The how-to's picture, with what came of it: prices, cap, on demand, and who served when. An SVG of its own. */
import type { PoolSeries } from '../../local/prices/series.ts';
import type { Span } from '../../test/sim/timeline.ts';
import { type Scale, toPriceScale, toTimeScale } from './scales.ts';

export interface Picture {
  title: string;
  /** A line each; at most three fit. */
  caption: string[];
  /** Epoch milliseconds. */
  from: number;
  to: number;
  pools: PoolSeries[];
  /** Dollars an hour. */
  cap: number;
  onDemand: number;
  spans: Span[];
}

const width = 1_000;
const height = 494;
const plot = { left: 70, right: width - 20, top: 116, bottom: 384 };
const band = { top: 420, height: 22 };
/** A shorter outage is still to be seen. */
const leastWidth = 1.5;
/** More zones than colours take them in turn. */
const zoneColors = 6;

/** It brings its own ground, so it is as good to read on a white page as on a dark one. */
const style = `
  .ground { fill: #ffffff; stroke: #d7dbe0 }
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .quiet { fill: #59636e }
  .grid { stroke: #e3e6ea }
  .line { fill: none; stroke-width: 1.3 }
  .cap { stroke: #1f2328; stroke-dasharray: 6 4 }
  .demand { stroke: #bc4c00; stroke-dasharray: 2 3; stroke-width: 1.5 }
  .on-demand { fill: #e16f24 }
  .out { fill: #cf222e }
  .z0 { color: #0969da } .z1 { color: #1a7f37 } .z2 { color: #8250df }
  .z3 { color: #9a6700 } .z4 { color: #bf3989 } .z5 { color: #0a7a86 }
  .stroke { stroke: currentColor } .fill { fill: currentColor }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc }
    .quiet { fill: #9198a1 }
    .grid { stroke: #262c36 }
    .cap { stroke: #f0f6fc }
    .demand { stroke: #ffa657 }
    .on-demand { fill: #db6d28 }
    .out { fill: #ff5a52 }
    .z0 { color: #58a6ff } .z1 { color: #3fb950 } .z2 { color: #b48cff }
    .z3 { color: #d8a21b } .z4 { color: #f778ba } .z5 { color: #39c5cf }
  }`;

export function toSvg(picture: Picture): string {
  const { title, caption, from, to, pools, cap, onDemand } = picture;
  const prices = pools.flatMap(({ changes }) => changes.map(({ perHour }) => perHour));
  const x = toTimeScale(from, to, plot.left, plot.right);
  const y = toPriceScale([...toEnds(prices), cap, onDemand], plot.bottom, plot.top);
  const parts = [
    `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    toText(plot.left, 30, title, 'title'),
    ...caption.map((line, index) => toText(plot.left, 51 + index * 18, line, 'quiet')),
    ...toGrid(x, y),
    ...pools.map((series, index) => toCourse(series, index, x, y, to)),
    toLevel(y.toPlace(onDemand), 'demand'),
    ...(cap === onDemand ? [] : [toLevel(y.toPlace(cap), 'cap')]),
    ...toBand(picture, x),
    ...toLegend(picture),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${toXml(title)}</title>`,
    `<desc>${toXml(caption.join(' '))}</desc>`,
    `<style>${style}\n</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Math.min and max of a hundred thousand arguments overflow the stack. */
function toEnds(values: number[]): number[] {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return [least, values.reduce((a, b) => Math.max(a, b), 0)].filter(Number.isFinite);
}

function toGrid(x: Scale, y: Scale): string[] {
  const { left, right, top, bottom } = plot;
  const days = x.ticks.map((at) => {
    const place = round(x.toPlace(at));
    const midnight = at % 86_400_000 === 0;
    const iso = new Date(at).toISOString();
    return (
      `<path class="grid" d="M${place} ${top}V${bottom}"/>` +
      toText(place, bottom + 20, midnight ? toDay(at) : iso.slice(11, 16), 'quiet', 'middle')
    );
  });
  const dollars = y.ticks.map((tick) => {
    const place = round(y.toPlace(tick));
    return (
      `<path class="grid" d="M${left} ${place}H${right}"/>` +
      toText(left - 8, place + 4, `$${tick}`, 'quiet', 'end')
    );
  });
  return [...days, ...dollars];
}

/** A step for each change; of many within one pixel only the lowest, the highest and the last are to be seen. */
function toCourse({ changes }: PoolSeries, index: number, x: Scale, y: Scale, to: number): string {
  let path = '';
  let [column, low, high, last] = [Number.NaN, 0, 0, 0];
  const finish = () => (low === high ? '' : `V${low}V${high}V${last}`);
  for (const { at, perHour } of changes) {
    const [place, level] = [round(x.toPlace(Math.min(at, to))), round(y.toPlace(perHour))];
    if (place === column) {
      [low, high, last] = [Math.min(low, level), Math.max(high, level), level];
      continue;
    }
    path += path ? `${finish()}H${place}V${level}` : `M${place} ${level}`;
    [column, low, high, last] = [place, level, level, level];
  }
  path += `${finish()}H${plot.right}`;
  return `<path class="line stroke z${index % zoneColors}" d="${path}"/>`;
}

function toLevel(place: number, kind: string): string {
  return `<path class="line ${kind}" d="M${plot.left} ${round(place)}H${plot.right}"/>`;
}

/** Who served: in its zone's colour on spot, in on demand's own, and red where nobody did. */
function toBand({ spans, pools, from }: Picture, x: Scale): string[] {
  const { top } = band;
  const zones = pools.map(({ pool }) => pool.zone);
  const toRect = ({ from: begin, to: end }: Span, kind: string) => {
    const [left, right] = [x.toPlace(begin), x.toPlace(end)];
    const wide = kind === 'out' ? Math.max(leastWidth, right - left) : right - left;
    return `<rect class="${kind}" x="${round(left)}" y="${top}" width="${round(wide)}" height="${band.height}"/>`;
  };
  const served = spans.flatMap((span) => {
    if (!span.by) return [];
    if (span.by.market === 'on-demand') return toRect(span, 'on-demand');
    return toRect(span, `fill z${Math.max(0, zones.indexOf(span.by.pool.zone)) % zoneColors}`);
  });
  return [
    toText(plot.left - 8, top + 16, 'served', 'quiet', 'end'),
    ...served,
    ...toOutages(spans, from).map((span) => toRect(span, 'out')),
  ];
}

/** Before the first server serves nothing has failed yet. */
function toOutages(spans: Span[], from: number): Span[] {
  return spans.filter(({ by, wanted, from: begin }) => !by && wanted && begin > from);
}

function toLegend({ pools, cap, onDemand, spans, from }: Picture): string[] {
  const y = band.top + band.height + 30;
  const items = [
    ...pools.map(({ pool }, index) => ({
      words: pool.zone,
      sign: (x: number) =>
        `<rect class="fill z${index % zoneColors}" x="${x}" y="${y - 9}" width="14" height="9"/>`,
    })),
    {
      words: `on demand $${onDemand}${cap === onDemand ? ', the cap' : ''}`,
      sign: (x: number) =>
        `<rect class="on-demand" x="${x}" y="${y - 9}" width="14" height="9"/><path class="line demand" d="M${x} ${y - 13}h14"/>`,
    },
    ...(cap === onDemand ? [] : [toCapItem(cap, y)]),
    ...(toOutages(spans, from).length ? [toOutItem(y)] : []),
  ];
  let x = plot.left;
  return items.map(({ words, sign }) => {
    const item = sign(x) + toText(x + 21, y, words, 'quiet');
    x += 46 + words.length * 7;
    return item;
  });
}

function toCapItem(cap: number, y: number) {
  const sign = (x: number) => `<path class="line cap" d="M${x - 2} ${y - 4}h18"/>`;
  return { words: `cap $${cap}`, sign };
}

function toOutItem(y: number) {
  const sign = (x: number) =>
    `<rect class="out" x="${x + 4}" y="${y - 11}" width="4" height="13"/>`;
  return { words: 'nobody', sign };
}

function toText(x: number, y: number, words: string, kind = '', anchor = 'start'): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${toXml(words)}</text>`;
}

function toDay(at: number): string {
  const options = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return new Date(at).toLocaleDateString('en-GB', options);
}

function round(place: number): number {
  return Math.round(place * 10) / 10;
}

function toXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
