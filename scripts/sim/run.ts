/** Runs stories one seed after the other, and finds the smallest that breaks a promise as the first of them did. */
import type { Pledge } from '../../test/sim/promises.ts';
import type { Setting } from '../../test/sim/setting.ts';
import { type Shrunk, shrink } from '../../test/sim/shrink.ts';
import { type Outcome, type Story, simulate } from '../../test/sim/simulation.ts';
import { type Troubles, troublesOf, type Weather } from '../../test/sim/weather.ts';
import type { Report } from './report.ts';
import { addStory, noTotals, type Totals } from './totals.ts';

export interface Run {
  /** As the person wrote it, without what was switched off. */
  weatherName: string;
  weather: Weather;
  without: (keyof Troubles)[];
  first: number;
  seeds: number;
  hours: number;
  /** Instead of the weather's own. */
  setting: Setting | null;
  /** Instead of all that Perennial promises. */
  pledges: Pledge[] | null;
  twice: boolean;
  trace: boolean;
  /** Further options of the command that runs it again. */
  options: string[];
  signal: AbortSignal;
}

export interface Listener {
  /** Of each story when it is over. */
  onStory: (outcome: Outcome) => void;
  /** Of all hours simulated by now. */
  onHours: (hours: number, totals: Totals) => void;
}

export async function runStories(run: Run, { onStory, onHours }: Listener): Promise<Report> {
  const report: Report = {
    weather: run.weatherName,
    totals: noTotals,
    places: new Map(),
    broken: [],
    unequal: run.twice ? [] : null,
    wasStopped: false,
  };
  for (let seed = run.first; seed < run.first + run.seeds && !run.signal.aborted; seed++) {
    const story = toStory(run, seed);
    const before = report.totals;
    const tell = (hours: number) => onHours(before.hours + Math.min(hours, run.hours), before);
    const outcome = await simulate({ ...story, onHours: tell });
    takeIn(report, run, outcome);
    if (run.twice && !run.signal.aborted) {
      const again = await simulate(story);
      if (again.digest !== outcome.digest && !run.signal.aborted) report.unequal?.push(seed);
    }
    onStory(outcome);
  }
  report.wasStopped = run.signal.aborted;
  return report;
}

function takeIn(report: Report, run: Run, outcome: Outcome): void {
  const { seed, place, broken } = outcome;
  report.totals = addStory(report.totals, outcome);
  report.places.set(place, addStory(report.places.get(place) ?? noTotals, outcome));
  const [first] = broken;
  if (first) report.broken.push({ ...first, seed, again: toCommand(run, seed, run) });
}

/** Of the first broken promise; null if there is none, or it does not break again. */
export async function findSmallest(
  run: Run,
  { broken }: Report,
): Promise<(Shrunk & { again: string }) | null> {
  const [first] = broken;
  if (!first || run.signal.aborted) return null;
  const shrunk = await shrink(toStory({ ...run, trace: false }, first.seed), first.promise);
  if (!shrunk) return null;
  const without = [...run.without, ...shrunk.without];
  const again = toCommand(run, first.seed, { ...shrunk.story, without });
  return { ...shrunk, again };
}

function toStory({ weather, hours, setting, pledges, trace, signal }: Run, seed: number): Story {
  return {
    seed,
    hours,
    weather,
    keepTrace: trace,
    signal,
    ...(setting && { setting }),
    ...(pledges && { pledges }),
  };
}

/** What shows the story again. */
function toCommand(
  { weatherName, options }: Run,
  seed: number,
  { hours, weather, without }: Pick<Run, 'hours' | 'weather' | 'without'>,
): string {
  const kept = troublesOf(weather);
  const isFew = kept.length > 0 && kept.length < without.length;
  return [
    `npm run sim -- --weather ${weatherName} --hours ${hours} --seed ${seed}`,
    ...(isFew ? [`--only ${kept.join(',')}`] : []),
    ...(without.length && !isFew ? [`--without ${without.join(',')}`] : []),
    ...options,
    '--trace',
  ].join(' ');
}

/** What `--without` names, or what `--only` does not. Throws an Error that says what there is to name. */
export function toLeftOut(
  values: { without?: string; only?: string },
  weather: Weather,
): (keyof Troubles)[] {
  const known = troublesOf(weather);
  const toKinds = (option: string, text = '') =>
    text.split(',').map((word) => {
      const kind = known.find((other) => other === word.trim());
      if (kind) return kind;
      throw new Error(`--${option} takes any of ${known.join(', ')}, not "${word}"`);
    });
  if (values.only !== undefined) {
    const kept = toKinds('only', values.only);
    return known.filter((kind) => !kept.includes(kind));
  }
  return values.without === undefined ? [] : toKinds('without', values.without);
}
