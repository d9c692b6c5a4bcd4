/** What a run of the simulation found, for people and for programs. */
import { styleText } from 'node:util';
import { add, toTotal } from '../../local/billing.ts';
import { toGap } from '../../shared/core/words.ts';
import type { Broken } from '../../test/sim/promises.ts';
import type { Shrunk } from '../../test/sim/shrink.ts';
import { troublesOf } from '../../test/sim/weather.ts';
import { toMoneyTable, toPercent, toTable } from '../money.ts';
import { type Totals, toAvailability, toPersistentAvailability } from './totals.ts';

export interface Report {
  weather: string;
  totals: Totals;
  /** The same by place, for each place that stories took place in. */
  places: Map<string, Totals>;
  /** The first break of each story, with the command that shows it again. */
  broken: (Broken & { seed: number; again: string })[];
  /** Seeds whose two runs differed; null if none was run twice. */
  unequal: number[] | null;
  /** Somebody did not want to wait for the rest. */
  wasStopped: boolean;
}

export function toText(report: Report): string {
  const { totals, weather } = report;
  const longest = (totals.longestOutageMs / 1_000).toFixed(0);
  return [
    `${toCount(totals.hours)} h in ${weather} weather, ${toCount(totals.stories)} stories${report.wasStopped ? ', stopped' : ''}`,
    '',
    toTable([
      ['available', toPercent(toAvailability(totals))],
      ['longest outage', `${longest} s`],
      ['interruptions', toCount(totals.interruptions)],
      ['moves', toCount(totals.moves)],
      ['most moves within 24 h', toCount(totals.movesInADay)],
      ['launches', toCount(totals.launches)],
      ['moves of the address', toCount(totals.addressMoves)],
      ["longest gap of WireGuard's", toGap(totals.longestGapMs)],
      ['  handed from server to server', toGap(totals.longestHandedMs)],
      ['passes of the loop', toCount(totals.passes)],
    ]),
    '',
    toMoney(totals),
    '',
    ...(report.places.size > 1 ? [toPlaces(report.places), ''] : []),
    toVerdict(report),
  ].join('\n');
}

function toMoney(totals: Totals): string {
  return toMoneyTable([
    {
      what: 'Perennial',
      available: toAvailability(totals),
      cost: add(totals.spot, totals.onDemand),
    },
    { what: '  of that on spot', available: null, cost: totals.spot },
    { what: '  of that on demand', available: null, cost: totals.onDemand },
    { what: 'always on demand', available: null, cost: totals.alwaysOnDemand },
    {
      what: 'persistent spot request',
      available: toPersistentAvailability(totals),
      cost: totals.persistent.cost,
    },
  ]);
}

function toPlaces(places: Map<string, Totals>): string {
  const rows = [...places].map(([place, totals]) => [
    place,
    toCount(totals.hours),
    toPercent(toAvailability(totals)),
    `${(totals.longestOutageMs / 1_000).toFixed(0)} s`,
    toCount(totals.movesInADay),
    toPercent(toPersistentAvailability(totals)),
  ]);
  const head = ['where', 'hours', 'available', 'longest', 'moves a day', 'persistent request'];
  return toTable([head, ...rows]);
}

function toVerdict({ broken, unequal }: Report): string {
  const good = (text: string) => styleText('green', text);
  const bad = (text: string) => styleText('red', text);
  const breaks = broken.map(
    ({ seed, at, promise, again }) =>
      `${bad('✖')} seed ${seed}, ${new Date(at).toISOString()}: ${promise}\n    ${again}`,
  );
  const differ = (unequal ?? []).map((seed) => `${bad('✖')} seed ${seed} told two stories`);
  const ends = [
    ...(unequal?.length === 0 ? [`${good('✔')} each seed told the same story twice`] : []),
    ...(broken.length ? [] : [`${good('✔')} no promise was broken`]),
  ];
  return [...breaks, ...differ, ...ends].join('\n');
}

/** The end of the trace is what broke it; what the loop writes and servers say every minute is left out of it. */
const tailLines = 40;
const isNoise = (line: string) =>
  / Parameter Store Change .*\/state\/(journal|servers\/)/.test(line);

export function toShrunkText({ story, broken, trace }: Shrunk, again: string): string {
  const lines = trace.filter((line) => !isNoise(line)).slice(-tailLines);
  const left = troublesOf(story.weather);
  return [
    `The smallest story found that breaks it has ${story.hours} h and of all troubles only ${left.join(', ') || 'none'}:`,
    ...lines.map((line) => `  ${line}`),
    styleText(
      'red',
      `  ${new Date(broken.at).toISOString().slice(5, 23)} broken: ${broken.promise}`,
    ),
    '',
    `  ${again}`,
  ].join('\n');
}

export function toJson(report: Report, shrunk: (Shrunk & { again: string }) | null): string {
  const { weather, totals, places, broken, unequal, wasStopped } = report;
  const toIso = (at: number) => new Date(at).toISOString();
  return JSON.stringify(
    {
      weather,
      wasStopped,
      ...toFigures(totals),
      places: [...places].map(([place, its]) => ({ place, ...toFigures(its) })),
      unequal,
      broken: broken.map((one) => ({ ...one, at: toIso(one.at) })),
      smallest: shrunk && {
        hours: shrunk.story.hours,
        without: shrunk.without,
        promise: shrunk.broken.promise,
        at: toIso(shrunk.broken.at),
        again: shrunk.again,
        trace: shrunk.trace.slice(-tailLines),
      },
    },
    null,
    2,
  );
}

function toFigures(totals: Totals) {
  const { persistent, spot, onDemand, alwaysOnDemand, ...counts } = totals;
  const { wantedMs, outageMs, longestOutageMs, longestGapMs, longestHandedMs, ...others } = counts;
  return {
    ...others,
    wantedHours: wantedMs / 3_600_000,
    availability: toAvailability(totals),
    outageSeconds: outageMs / 1_000,
    longestOutageSeconds: longestOutageMs / 1_000,
    longestGapSeconds: longestGapMs / 1_000,
    longestHandedSeconds: longestHandedMs / 1_000,
    persistentAvailability: toPersistentAvailability(totals),
    dollars: {
      perennial: toTotal(add(spot, onDemand)),
      alwaysOnDemand: toTotal(alwaysOnDemand),
      persistent: toTotal(persistent.cost),
    },
    costs: { spot, onDemand, alwaysOnDemand, persistent: persistent.cost },
  };
}

function toCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
