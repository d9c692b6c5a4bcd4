/** The options by which recorded prices are chosen, for every script that replays them. */
import { readFileSync } from 'node:fs';
import { toOnDemand } from '../local/prices/on-demand.ts';
import { type PoolSeries, readSeries, type Series, SeriesError } from '../local/prices/series.ts';
import { type Setting, toRecorded } from '../test/sim/setting.ts';
import { toNumber } from './story.ts';

/** For parseArgs. */
export const recordedOptions = {
  product: { type: 'string' },
  type: { type: 'string' },
  zone: { type: 'string', default: 'all' },
  cap: { type: 'string' },
  'on-demand': { type: 'string' },
} as const;

export const recordedHelp = `  --product P    of several products this one (default Linux/UNIX, or the most frequent)
  --type T       the instance type (default the one that is cheapest on demand)
  --zone Z       one zone, by its name or its last letter, or all (default all)
  --cap D        the most that spot may cost, dollars an hour (default the on-demand price)
  --on-demand D  what the type costs on demand, dollars an hour (known of nano, micro and small types of today and
                 of those of 2013, in us-east-1)`;

export interface Recorded {
  setting: Setting;
  /** From the first price chosen to the last one of the file. */
  hours: number;
  product: string;
  pools: PoolSeries[];
}

interface Chosen {
  product?: string;
  type?: string;
  zone: string;
  cap?: string;
  'on-demand'?: string;
}

/** Throws an Error that says what is wrong with the file or the options, and what there is instead. */
export function readRecorded(file: string, chosen: Chosen): Recorded {
  const toDollars = (option: 'cap' | 'on-demand') => {
    const text = chosen[option];
    return text === undefined ? undefined : toNumber(option, text, 0.001, 10);
  };
  const [cap, given] = [toDollars('cap'), toDollars('on-demand')];
  const series = read(file, chosen.product);
  const type = toType(series, chosen.type);
  const zone = toZone(series, type, chosen.zone);
  const known = series.pools.find(({ pool }) => pool.type === type)?.pool.zone ?? '';
  const onDemand = given ?? toOnDemand(series.product, type, known);
  if (onDemand === null)
    throw new Error(
      `What ${type} (${series.product}) costs on demand in ${known} is not known here: say it with --on-demand`,
    );
  const setting = toRecorded(series, { type, zone, onDemand, ...(cap && { cap }) });
  return {
    setting,
    hours: Math.max(0.01, (series.to - setting.start) / 3_600_000),
    product: series.product,
    pools: series.pools.filter(
      ({ pool }) => pool.type === type && setting.zones.includes(pool.zone),
    ),
  };
}

function read(file: string, product: string | undefined): Series {
  try {
    return readSeries(readFileSync(file, 'utf8'), product);
  } catch (error) {
    if (error instanceof SeriesError)
      throw new Error(`${file}: ${error.message.replaceAll('\n', '\n  ')}`);
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${file} can't be read (${code})`);
  }
}

function toType({ pools, product }: Series, wanted: string | undefined): string {
  const types = [...new Set(pools.map(({ pool }) => pool.type))];
  if (wanted && !types.includes(wanted))
    throw new Error(`--type is one of ${types.join(', ')}, not ${wanted}`);
  const price = (type: string) =>
    toOnDemand(product, type, pools[0]?.pool.zone ?? '') ?? Number.POSITIVE_INFINITY;
  return wanted ?? types.toSorted((a, b) => price(a) - price(b))[0] ?? '';
}

/** Null for all of them. */
function toZone({ pools }: Series, type: string, wanted: string): string | null {
  if (wanted === 'all') return null;
  const zones = pools.filter(({ pool }) => pool.type === type).map(({ pool }) => pool.zone);
  const found = zones.find(
    (zone) => zone === wanted || (wanted.length === 1 && zone.endsWith(wanted)),
  );
  if (found) return found;
  throw new Error(`--zone is one of ${zones.join(', ')} or all, not ${wanted}`);
}
