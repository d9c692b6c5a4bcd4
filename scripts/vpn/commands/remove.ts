/** `vpn remove`: takes a VPN out of the account, whole, and proves that nothing of it costs anything any more. */
import { existsSync } from 'node:fs';
import { Option } from 'commander';
import { toAsking } from '../asking.ts';
import type { Aws } from '../aws.ts';
import { type Command, type Context, whole } from '../command.ts';
import type { Standing } from '../remove/take-out.ts';
import { usualConfigFile } from '../settings.ts';
import { Trouble, Usage } from '../trouble.ts';
import { toHoldingsText } from '../words/holdings.ts';
import { list } from './leftovers.ts';

const waitMinutes = 10;

export const remove: Command = {
  name: 'remove',
  summary:
    'Takes the VPN out of your AWS account, with all that costs money, its users and its images',
  options: [
    new Option('--yes', 'without asking'),
    new Option('--force', 'ends the servers itself, if the loop no longer does'),
    new Option('--minutes <n>', 'how long the loop may take to end the servers')
      .argParser(whole(1, 60))
      .default(waitMinutes),
  ],
  examples: [
    ['remove', "shows what goes, and asks for the VPN's name"],
    ['remove --yes --json', 'for programs; may be done again after it was broken off'],
  ],
  async run(context, given) {
    const { reach, screen } = context;
    if (reach.config !== undefined && reach.config !== usualConfigFile)
      throw new Usage(`osls reads ${usualConfigFile} and no other: leave --config out.`);
    if (!reach.local && !existsSync(usualConfigFile))
      throw new Trouble(
        'There is no perennial.yml: write it as it was deployed, with at least vpn, region, name and zoneId.',
      );
    const [{ toAws }, { takeOut, whatStands }] = await Promise.all([
      import('../aws.ts'),
      import('../remove/take-out.ts'),
    ]);
    const aws = toAws(context);
    const standing = await screen.during('Looking at what there is', () => whatStands(aws));
    if (!standing.isAnything) {
      screen.show(
        { ...toIdentity(aws), removed: null, left: [] },
        `Nothing of ${aws.settings.policy.vpn} is in ${aws.settings.region}.`,
      );
      return undefined;
    }
    if (!given.flag('yes')) await ask(context, aws, standing.words);
    try {
      const removed = await takeOut(context, aws, {
        force: given.flag('force'),
        minutes: given.number('minutes') ?? waitMinutes,
      });
      // Of the person's own image only the VPN's records knew, which are gone now.
      const left = [...standing.theirs, ...(await list(context, aws))];
      screen.show(
        { ...toIdentity(aws), removed, left },
        toText(aws, left.length ? toHoldingsText(left) : null),
      );
      return left.some(({ use }) => use === null) ? 1 : 0;
    } catch (error) {
      await tellWhatStands(context, aws, whatStands);
      throw error;
    }
  },
};

type WhatStands = (aws: Aws) => Promise<Standing>;

async function ask({ screen, signal }: Context, aws: Aws, words: string[]): Promise<void> {
  const { vpn } = aws.settings.policy;
  const asking = toAsking(signal);
  if (asking.isThere) {
    screen.note(toHoldingsText(await list({ screen, signal } as Context, aws)));
    screen.note(`There is also ${words.join(', ')}. All of it goes, for good.`);
  }
  await asking.repeat('--yes', `Remove the VPN ${vpn} from ${aws.settings.region}?`, vpn);
}

/** After ^C, or when something failed: it may be done again, and goes on from there. */
async function tellWhatStands({ screen }: Context, aws: Aws, whatStands: WhatStands) {
  try {
    const { isAnything, words } = await whatStands(aws);
    screen.note(
      isAnything
        ? `Not finished: there still is ${words.join(', ')}. Go on with: vpn remove`
        : 'Nothing is left.',
    );
  } catch {
    screen.note('Not finished: see with "vpn leftovers", and go on with: vpn remove');
  }
}

function toIdentity({ settings }: Aws) {
  return { vpn: settings.policy.vpn, region: settings.region };
}

function toText({ settings }: Aws, left: string | null): string {
  const { vpn } = settings.policy;
  const done = `${vpn} is removed from ${settings.region}.`;
  return left ? `${done} What is left:\n${left}` : `${done} Nothing of it costs anything any more.`;
}
