/** `vpn prices`: the spot price against the cap, drawn in the terminal, with where the VPN moved. */
import { Option } from 'commander';
import { toDollars, toMarketWords } from '../../../shared/core/words.ts';
import type { Prices } from '../../../web/data/answers.ts';
import { type Command, whole } from '../command.ts';
import { connect } from '../connect.ts';
import { paint } from '../screen.ts';
import { toChart } from '../words/chart.ts';
import { toTable } from '../words/table.ts';
import { toWhen } from '../words/time.ts';

const usualHours = 24;
const height = 14;
/** What stands at the left of the picture. */
const labelsWidth = 24;

export const prices: Command = {
  name: 'prices',
  summary: 'The spot price against the cap and on demand, drawn, with where the VPN moved',
  options: [new Option('--hours <n>', 'how far back').argParser(whole(1, 168)).default(usualHours)],
  examples: [
    ['prices', 'the last day'],
    ['prices --hours 168', 'the last week'],
  ],
  async run(context, given) {
    const { screen } = context;
    const found = await screen.during('Reading prices', async () => {
      const caller = await connect(context);
      const query = { hours: given.number('hours') ?? usualHours };
      return caller.ask<Prices>('GET', '/prices', { query });
    });
    screen.show(found, toText(found, screen.width));
    return undefined;
  },
};

function toText(found: Prices, width: number): string {
  const { cap, pools, moves } = found;
  const [from, to] = [Date.parse(found.from), Date.parse(found.to)];
  if (!pools.length)
    return 'AWS tells no prices of these types here: see "types" in perennial.yml.';
  const onDemand = Math.min(...pools.map((pool) => pool.onDemand));
  const chart = toChart({
    steps: toCheapest(pools),
    from,
    to,
    lines: [
      { value: onDemand, name: 'on demand', color: 'blue' },
      { value: cap, name: 'cap', color: 'red' },
    ],
    marks: moves
      .filter(({ at }) => Date.parse(at) > from)
      .map(({ at, market }) => ({ at: Date.parse(at), sign: toSign(market) })),
    width: Math.max(20, width - labelsWidth),
    height,
    toLabel: (value) => (value ? toDollars(value) : '$0'),
    toTime: (at) => new Date(at).toISOString().slice(5, 16).replace('T', ' '),
    paint,
  });
  const now = pools
    .map(({ type, zone, points }) => ({ type, zone, perHour: points.at(-1)?.[1] ?? Infinity }))
    .sort((a, b) => a.perHour - b.perHour);
  const table = toTable(
    ['now', 'zone', '$/h', ''],
    now.map(({ type, zone, perHour }) => [
      type,
      zone,
      perHour.toFixed(4),
      perHour <= cap ? '' : paint('red', 'above the cap'),
    ]),
  );
  const legend =
    'The cheapest spot pool, dollars an hour. Moved: S to spot, D to on demand, P parked.';
  const moved = moves.map(({ at, market, type, zone }) =>
    market
      ? `${toWhen(at)}  to ${type} in ${zone} ${toMarketWords(market)}`
      : `${toWhen(at)}  parked`,
  );
  return [legend, chart, '', table, ...(moved.length ? ['', ...moved] : [])].join('\n');
}

function toSign(market: Prices['moves'][number]['market']): string {
  if (market === null) return 'P';
  return market === 'spot' ? 'S' : 'D';
}

/** The cheapest of all pools at each time that one of them changed. */
function toCheapest(pools: Prices['pools']): [number, number][] {
  const times = [...new Set(pools.flatMap(({ points }) => points.map(([at]) => at)))];
  return times
    .sort((a, b) => a - b)
    .map((at) => {
      const held = pools.flatMap(
        ({ points }) => points.findLast(([since]) => since <= at)?.[1] ?? [],
      );
      return [at, Math.min(...held)];
    });
}
