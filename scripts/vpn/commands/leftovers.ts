/** `vpn leftovers`: everything of the VPN in the account that costs money, and what of it nobody needs. */
import { Option } from 'commander';
import { toAsking } from '../asking.ts';
import type { Aws } from '../aws.ts';
import type { Command, Context } from '../command.ts';
import type { Holding } from '../leftovers/model.ts';
import type { Outcome } from '../leftovers/remove.ts';
import { toHoldingsShown, toHoldingsText } from '../words/holdings.ts';

export const leftovers: Command = {
  name: 'leftovers',
  summary: 'All that costs money in your AWS account, what for, and what nobody needs any more',
  options: [
    new Option('--remove', 'removes what nobody needs'),
    new Option('--yes', 'without asking'),
  ],
  examples: [
    ['leftovers', 'exits with 1 if there is something that nobody needs'],
    ['leftovers --remove', 'asks before it removes anything'],
    ['leftovers --remove --yes --json', 'for programs'],
  ],
  async run(context, given) {
    const { toAws } = await import('../aws.ts');
    const aws = toAws(context);
    const before = await list(context, aws);
    const unneeded = before.filter(({ use }) => use === null);
    if (!given.flag('remove') || !unneeded.length) {
      show(context, aws, before, []);
      return unneeded.length ? 1 : 0;
    }
    if (!given.flag('yes')) await ask(context, unneeded);
    const outcomes = await removeThem(context, aws, unneeded);
    const after = await list(context, aws);
    show(context, aws, after, outcomes);
    return after.some(({ use }) => use === null) ? 1 : 0;
  },
};

export async function list({ screen }: Context, aws: Aws): Promise<Holding[]> {
  return screen.during('Looking for what costs money', async () => {
    const [{ look }, { judge }] = await Promise.all([
      import('../leftovers/look.ts'),
      import('../leftovers/judge.ts'),
    ]);
    return judge(await look(aws));
  });
}

async function ask({ screen, signal }: Context, unneeded: Holding[]): Promise<void> {
  const asking = toAsking(signal);
  if (asking.isThere) screen.note(toHoldingsText(unneeded));
  const many = unneeded.length === 1 ? 'this' : `these ${unneeded.length}`;
  const otherwise = { says: 'Nothing was removed.', usual: false };
  await asking.agree('--yes', `Remove ${many}, for good?`, otherwise);
}

/** What can't be removed is told, and the rest goes. */
async function removeThem(
  { screen, signal }: Context,
  aws: Aws,
  unneeded: Holding[],
): Promise<Outcome[]> {
  const { removeAll } = await import('../leftovers/remove.ts');
  const outcomes = await screen.during('Removing', (say) =>
    removeAll(aws, unneeded, { signal, say }),
  );
  for (const { kind, id, fault } of outcomes)
    screen.note(fault === null ? `The ${kind} ${id} is removed` : `The ${kind} ${id}: ${fault}`);
  return outcomes;
}

function show(
  { screen }: Context,
  { settings }: Aws,
  holdings: Holding[],
  outcomes: Outcome[],
): void {
  const { region, policy } = settings;
  const removed = outcomes.filter(({ fault }) => fault === null);
  screen.show(
    {
      vpn: policy.vpn,
      region,
      ...toHoldingsShown(holdings),
      removed,
      failed: outcomes.filter(({ fault }) => fault !== null),
    },
    holdings.length
      ? toHoldingsText(holdings)
      : `Nothing of ${policy.vpn} in ${region} costs anything.`,
  );
}
