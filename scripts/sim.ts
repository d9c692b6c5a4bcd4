/** Simulates the loop over many hours and seeds, and says which promises broke, if any. */
import { parseArgs } from 'node:util';
import { type Pledge, servingPromise, toPledges } from '../test/sim/promises.ts';
import { type Weather, weathers, without } from '../test/sim/weather.ts';
import { toPercent } from './money.ts';
import { startProgress } from './progress.ts';
import { readRecorded, recordedHelp, recordedOptions } from './recorded.ts';
import { toJson, toShrunkText, toText } from './sim/report.ts';
import { findSmallest, type Run, runStories, toLeftOut } from './sim/run.ts';
import { toAvailability } from './sim/totals.ts';
import { toNumber } from './story.ts';

const names = [...weathers.keys()];
const help = `Runs the real loop against the played AWS in virtual time, with faults by chance from a seed.

  npm run sim -- [--weather ${names.join('|')}] [--seeds N] [--hours H] [--seed S] [--prices FILE] …

  --weather W    what goes wrong (default storm); 2013 replays that January's prices, modern is as it is today
  --seeds N      how many stories (default 20)
  --hours H      simulated hours of each, before all trouble stops (default 50, or all of FILE)
  --seed S       the first seed (default 1); alone it means this one story
  --prices FILE  a file's spot prices instead of the weather's: see npm run backtest -- --help; and with it
${recordedHelp}
  --without K,…  without these kinds of trouble; or with none but those of --only K,…
  --outage S     how long an outage may last, in seconds (default what the weather allows)
  --twice        runs each story twice, and compares the two
  --trace        prints everything that happens
  --json         the figures as JSON

Exits 1 if a promise broke, and shows the smallest story that breaks it; 130 after ^C, with what was found by then.`;

const options = {
  weather: { type: 'string', default: 'storm' },
  seeds: { type: 'string' },
  hours: { type: 'string' },
  seed: { type: 'string' },
  prices: { type: 'string' },
  ...recordedOptions,
  without: { type: 'string' },
  only: { type: 'string' },
  outage: { type: 'string' },
  twice: { type: 'boolean', default: false },
  trace: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const stop = new AbortController();
  const run = toRun(values, stop.signal);
  // The first ^C asks for what there is by now, the second one does not ask.
  process.once('SIGINT', () => stop.abort());

  const progress = startProgress(run.seeds * run.hours);
  const report = await runStories(run, {
    onHours(hours, totals) {
      const words = `${totals.stories} stories, ${toPercent(toAvailability(totals))} available`;
      progress.show(hours, words);
    },
    onStory({ trace }) {
      progress.clear();
      if (run.trace && !values.json) console.log(trace.join('\n'));
    },
  });
  progress.clear();
  if (!values.json) console.log(toText(report));
  const smallest = await findSmallest(run, report);
  if (values.json) console.log(toJson(report, smallest));
  else if (smallest) console.log(`\n${toShrunkText(smallest, smallest.again)}`);
  if (report.broken.length || report.unequal?.length) return 1;
  return report.wasStopped ? 130 : 0;
}

/** Throws an Error that says what is wrong with the options. */
function toRun(values: Values, signal: AbortSignal): Run {
  const named = weathers.get(values.weather);
  if (!named) throw new Error(`--weather is one of ${names.join(', ')}, not "${values.weather}"`);
  const recorded = values.prices === undefined ? null : readRecorded(values.prices, values);
  const setting = recorded?.setting ?? null;
  // Prices that jump by themselves would not be the file's.
  const priced = setting ? without(named, ['priceJumpsPerHour', 'reclaims']) : named;
  const kinds = toLeftOut(values, priced);
  const weather = without(priced, kinds);
  return {
    weatherName: named.name,
    weather,
    without: kinds,
    first: toWhole('seed', values.seed ?? '1', 0, 2 ** 31),
    seeds: toWhole('seeds', values.seeds ?? (values.seed ? '1' : '20'), 1, 1_000_000),
    hours: values.hours ? toNumber('hours', values.hours, 0.01, 100_000) : (recorded?.hours ?? 50),
    setting,
    pledges: values.outage === undefined ? null : toStricter(weather, values.outage),
    twice: values.twice,
    trace: values.trace,
    options: (['prices', ...Object.keys(recordedOptions), 'outage'] as (keyof Values)[]).flatMap(
      (option) => {
        const value = values[option];
        const isUsual = option === 'zone' && value === recordedOptions.zone.default;
        return value === undefined || isUsual ? [] : [`--${option} ${quote(String(value))}`];
      },
    ),
    signal,
  };
}

/** All promises, but with a bound of one's own for outages. */
function toStricter({ bounds }: Weather, seconds: string): Pledge[] {
  const forMs = toNumber('outage', seconds, 0, 86_400) * 1_000;
  return toPledges(bounds).map((pledge) =>
    pledge.promise === servingPromise ? { ...pledge, forMs } : pledge,
  );
}

function toWhole(option: string, text: string, min: number, max: number): number {
  const value = toNumber(option, text, min, max);
  if (Number.isInteger(value)) return value;
  throw new Error(`--${option} is a whole number, not ${JSON.stringify(text)}`);
}

/** For a shell. */
function quote(text: string): string {
  return /^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

process.exitCode = await main().catch((error: Error) => {
  console.error(`sim: ${error.message}`);
  return 2;
});
