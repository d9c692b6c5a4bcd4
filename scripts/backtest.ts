/** Runs the real loop over recorded spot prices: what it would have cost, how long it would have been out. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { add, toTotal } from '../local/billing.ts';
import { relaunchMs } from '../local/persistent-request.ts';
import { type Outcome, simulate } from '../test/sim/simulation.ts';
import { still } from '../test/sim/weather.ts';
import { toSvg } from './backtest/picture.ts';
import { toMoney, toMoneyTable, toPercent, toTable, type Way } from './money.ts';
import { startProgress } from './progress.ts';
import { type Recorded, readRecorded, recordedHelp, recordedOptions } from './recorded.ts';

const help = `Runs the real loop over recorded spot prices, with every notice given and every boot done, and compares what it
costs and how long it is out with a server that is always on demand, and with the set-up of the how-to of 2012: a
persistent spot request with the cap as its limit, for the pool that is cheapest at the start (dead above the cap, and
back ${relaunchMs / 60_000} minutes after the price is).

  npm run backtest -- FILE [options]

  FILE           what \`aws ec2 describe-spot-price-history\` prints, as JSON or text, or CSV with the columns
                 timestamp,availability_zone,instance_type,product,usd_per_hour, like the one in data/spot-prices/
${recordedHelp}
  --svg OUT      draws the picture: prices, cap, on demand, who served when, outages
  --json         the figures as JSON

Addresses ($.005/h) and disks (8 GB of gp3) cost what they cost today.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...recordedOptions,
      svg: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [file, ...others] = positionals;
  if (!file || others.length) throw new Error('Name one file of prices; see --help');
  const recorded = readRecorded(file, values);
  const { setting, hours } = recorded;
  const progress = startProgress(hours);
  const onHours = (done: number) => progress.show(done, 'of the prices');
  const outcome = await simulate({ seed: 1, hours, weather: still, setting, onHours });
  progress.clear();
  if (values.svg) writeFileSync(values.svg, toPicture(recorded, outcome));
  console.log(values.json ? toJson(recorded, outcome) : toText(recorded, outcome));
  if (values.svg && !values.json) console.log(`\nThe picture is in ${values.svg}`);
  return 0;
}

/** The how-to's own set-up comes first, since that is what there was. */
function toWays({ costs, persistent, alwaysOnDemand, ...outcome }: Outcome): Way[] {
  return [
    {
      what: 'persistent spot request',
      available: persistent.upMs / persistent.wantedMs,
      cost: persistent.cost,
    },
    { what: 'always on demand', available: 1, cost: alwaysOnDemand },
    {
      what: 'Perennial',
      available: toAvailability(outcome),
      cost: add(costs.spot, costs['on-demand']),
    },
    { what: '  of that on spot', available: null, cost: costs.spot },
    { what: '  of that on demand', available: null, cost: costs['on-demand'] },
  ];
}

function toAvailability({ outageMs, wantedMs }: Pick<Outcome, 'outageMs' | 'wantedMs'>): number {
  return 1 - outageMs / wantedMs;
}

function toTitle({ product, setting, pools, hours }: Recorded): string {
  const zones = pools.map(({ pool }) => pool.zone).join(', ');
  const [from, to] = [setting.start, setting.start + hours * 3_600_000].map(toDay);
  return `${product} ${Object.keys(setting.types).join(', ')} in ${zones}, ${from} to ${to}`;
}

function toText(recorded: Recorded, outcome: Outcome): string {
  const days = outcome.hours / 24;
  return [
    toTitle(recorded),
    `cap $${recorded.setting.cap}/h, on demand $${toOnDemandPrice(recorded)}/h`,
    '',
    toMoneyTable(toWays(outcome)),
    '',
    toTable([
      ['interruptions', String(outcome.interruptions)],
      ['moves', `${outcome.moves}, ${(outcome.moves / days).toFixed(1)} a day`],
      ['most moves within 24 h', String(outcome.movesInADay)],
      ['launches', String(outcome.launches)],
      ['longest outage', `${(outcome.longestOutageMs / 1_000).toFixed(0)} s`],
    ]),
  ].join('\n');
}

function toJson(recorded: Recorded, outcome: Outcome): string {
  const { product, setting, hours, pools } = recorded;
  const { interruptions, launches, moves, movesInADay, longestOutageMs, outageMs, spans } = outcome;
  return JSON.stringify(
    {
      product,
      types: Object.keys(setting.types),
      pools: pools.map(({ pool }) => pool),
      from: toIso(setting.start),
      hours,
      cap: setting.cap,
      onDemand: toOnDemandPrice(recorded),
      ways: toWays(outcome).map((way) => ({
        ...way,
        what: way.what.trim(),
        dollars: toTotal(way.cost),
      })),
      interruptions,
      launches,
      moves,
      movesInADay,
      outageSeconds: outageMs / 1_000,
      longestOutageSeconds: longestOutageMs / 1_000,
      spans: spans.map(({ from, to, by }) => ({
        from: toIso(from),
        to: toIso(to),
        by: by && { market: by.market, ...by.pool },
      })),
    },
    null,
    2,
  );
}

function toPicture(recorded: Recorded, outcome: Outcome): string {
  const { setting, hours, pools } = recorded;
  const words = toWays(outcome)
    .filter(({ available }) => available !== null)
    .map(
      ({ what, available, cost }) =>
        `${what}: ${toPercent(available ?? 0)} up, ${toMoney(cost.instance)} for servers`,
    );
  return toSvg({
    title: toTitle(recorded),
    caption: words,
    from: setting.start,
    to: setting.start + hours * 3_600_000,
    pools,
    cap: setting.cap,
    onDemand: toOnDemandPrice(recorded),
    spans: outcome.spans,
  });
}

function toOnDemandPrice({ setting }: Recorded): number {
  return Math.min(...Object.values(setting.types).map(({ onDemand }) => onDemand));
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}

function toDay(at: number): string {
  return toIso(at).slice(0, 10);
}

process.exitCode = await main().catch((error: Error) => {
  console.error(`backtest: ${error.message}`);
  return 2;
});
