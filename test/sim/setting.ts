/** Where a story takes place: the pools that there are, what they cost on demand, and how their spot prices move. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MarketOptions, PriceChange, PriceCourse } from '../../local/market.ts';
import { modernTypes, toModernCourses } from '../../local/prices/modern.ts';
import { toOnDemand } from '../../local/prices/on-demand.ts';
import { readSeries, type Series } from '../../local/prices/series.ts';
import type { Random } from '../../local/random.ts';
import { types as steadyTypes, start as usualStart } from '../stage.ts';

export interface Setting {
  name: string;
  start: number;
  zones: string[];
  types: MarketOptions['types'];
  /** The most that spot may cost, dollars an hour. */
  cap: number;
  /** The most that on demand may cost in a month, dollars; by default enough for all of it. */
  onDemandMax?: number;
  /** A pool with no course keeps its price. `takenPerHour` is how often its capacity is taken back. */
  courses: (PriceCourse & { takenPerHour?: number })[];
}

export type Prices = 'steady' | 'modern' | '2013';

export function toSetting(prices: Prices, seed: number, random: Random): Setting {
  switch (prices) {
    case 'steady': {
      const zones = ['us-east-1a', 'us-east-1b'];
      const name = 'two types in two zones';
      return { name, start: usualStart, zones, types: steadyTypes, cap: 0.004, courses: [] };
    }
    case 'modern':
      return toModern(random);
    case '2013':
      return to2013(seed, random);
    default:
      return prices satisfies never;
  }
}

/** One image fits one architecture, so the types are either x86 or ARM. */
function toModern(random: Random): Setting {
  const names = random.chance(0.75) ? ['t3.nano', 't3a.nano'] : ['t4g.nano'];
  const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
  const types = Object.fromEntries(
    names.map((type) => [type, { onDemand: modernTypes[type]?.onDemand ?? 0 }]),
  );
  const dearest = Math.max(...Object.values(types).map(({ onDemand }) => onDemand));
  // Most people set the cap to what on demand costs; some want less, and the drift then crosses it now and then.
  const cap = random.chance(0.75) ? dearest : 0.0028;
  const courses = toModernCourses(random, names, zones, usualStart);
  return {
    name: `${names.join(' and ')}, cap $${cap}`,
    start: usualStart,
    zones,
    types,
    cap,
    courses,
  };
}

interface Place {
  product: string;
  type: string;
  /** The last letter of the one zone, or null for all. */
  zone: string | null;
  /** Unless it is the on-demand price. */
  cap?: number;
}

/** What the given back-test used, each beside all of its zones, and two types more that jumped far above on demand. */
const places: Place[] = [
  { product: 'SUSE Linux', type: 't1.micro', zone: 'c' },
  { product: 'Linux/UNIX', type: 'm1.large', zone: 'c' },
  { product: 'Linux/UNIX', type: 't1.micro', zone: 'a', cap: 0.0035 },
  { product: 'SUSE Linux', type: 't1.micro', zone: null },
  { product: 'Linux/UNIX', type: 'm1.large', zone: null },
  { product: 'Linux/UNIX', type: 't1.micro', zone: null, cap: 0.0035 },
  { product: 'Linux/UNIX', type: 'm1.medium', zone: 'b' },
  { product: 'Linux/UNIX', type: 'm1.medium', zone: null },
];

/** Seeds take the places in turn, each from another moment of the fortnight on; after its end it begins anew. */
function to2013(seed: number, random: Random): Setting {
  const place = places[seed % places.length] as Place;
  const series = read2013(place.product);
  const setting = toRecorded(series, place);
  const periodMs = series.to - series.from;
  return {
    ...setting,
    start: Math.floor(random.between(setting.start, series.to)),
    courses: setting.courses.map(({ pool, changes }) => ({
      pool,
      changes: repeat([...changes], periodMs),
    })),
  };
}

/** Of the series only that type counts and, if one is named, that zone. */
export function toRecorded(
  series: Series,
  { type, zone, cap, onDemand }: Omit<Place, 'product'> & { onDemand?: number },
): Setting {
  const chosen = series.pools.filter(
    ({ pool }) => pool.type === type && (zone === null || pool.zone.endsWith(zone)),
  );
  const [first] = chosen;
  if (!first)
    throw new Error(`There are no prices of ${type}${zone ? ` in ${zone}` : ''} for this product`);
  const perHour = onDemand ?? toOnDemand(series.product, type, first.pool.zone);
  if (perHour === null)
    throw new Error(`It is not known what ${type} (${series.product}) costs on demand`);
  const zones = chosen.map(({ pool }) => pool.zone);
  return {
    name: `${series.product} ${type} in ${zone ? first.pool.zone : `${zones.length} zones`}, cap $${cap ?? perHour}`,
    start: Math.min(...chosen.map(({ changes }) => changes[0]?.at ?? series.from)),
    zones,
    types: { [type]: { onDemand: perHour } },
    cap: cap ?? perHour,
    courses: chosen,
  };
}

function* repeat(changes: PriceChange[], periodMs: number): Generator<PriceChange> {
  for (let laterMs = 0; ; laterMs += periodMs)
    for (const { at, perHour } of changes) yield { at: at + laterMs, perHour };
}

const file = join(import.meta.dirname, '../../data/spot-prices/us-east-1-2013-01.csv');
const known = new Map<string, Series>();

/** The shipped series, read once. */
export function read2013(product: string): Series {
  const series = known.get(product) ?? readSeries(readFileSync(file, 'utf8'), product);
  known.set(product, series);
  return series;
}
