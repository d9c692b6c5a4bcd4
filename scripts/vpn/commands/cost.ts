/** `vpn cost`: a month's money. */
import { Option } from 'commander';
import { toCents } from '../../../shared/core/words.ts';
import type { Ledger } from '../../../web/data/answers.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { toMonthWords } from '../words/status.ts';
import { toTable } from '../words/table.ts';
import { toWhen } from '../words/time.ts';

export const cost: Command = {
  name: 'cost',
  summary: "A month's money, and how much of the month the VPN was there",
  options: [new Option('--month <yyyy-mm>', 'another month than this one')],
  examples: [
    ['cost', 'this month so far'],
    ['cost --month 2026-10 --json', 'October, for programs'],
  ],
  async run(context, given) {
    const { screen } = context;
    const month = given.text('month');
    const ledger = await screen.during('Reading the ledger', async () => {
      const caller = await connect(context);
      return caller.ask<Ledger>('GET', '/ledger', { query: { ...(month && { month }) } });
    });
    screen.show(ledger, toText(ledger));
    return undefined;
  },
};

const rows = [
  ['servers on spot', 'spot'],
  ['servers on demand', 'onDemand'],
  ['public addresses', 'address'],
  ['disks', 'disk'],
] as const;

function toText(ledger: Ledger): string {
  const days = Object.values(ledger.days);
  const sum = (of: 'wanted' | 'out') => days.reduce((total, day) => total + day[of], 0);
  const wanted = sum('wanted');
  const there = wanted ? ((100 * (wanted - sum('out'))) / wanted).toFixed(2) : null;
  const table = toTable(
    ['', 'hours', 'dollars'],
    rows.map(([name, key]) => [name, ledger[key].hours.toFixed(1), toCents(ledger[key].dollars)]),
  );
  return [
    `${ledger.month}, until ${toWhen(ledger.until)}: ${toMonthWords(ledger)}`,
    table,
    ...(there ? [`Wanted for ${wanted.toFixed(1)} h, and there for ${there} % of them.`] : []),
    'Not in it: the hosted zone ($0.50 a month), traffic above 100 GB, and what is kept of images.',
  ].join('\n');
}
