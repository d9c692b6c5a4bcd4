/** `vpn drill`: takes the server on purpose, and follows how it comes back. */
import { Option } from 'commander';
import type { Command } from '../command.ts';
import { followOn, lookBefore } from '../drill/follow.ts';

export const drill: Command = {
  name: 'drill',
  summary: 'Has the server replaced on purpose, and follows it',
  options: [
    new Option('--real', "has AWS take it, with AWS's own notice where that can be had"),
    new Option('--without-notice', 'has AWS take it at once: an outage').implies({ real: true }),
    new Option('--yes', 'without asking, whether it costs something or is an outage'),
    new Option('--no-follow', 'comes back at once'),
  ],
  examples: [
    ['drill', 'as at a notice from AWS: no outage, and no cost'],
    ['drill --real', "with your AWS credentials: is AWS's own notice heard? About $0.20"],
    ['drill --without-notice', 'with your AWS credentials: how long is it really out?'],
  ],
  async run(context, given) {
    const { screen } = context;
    const before = await screen.during('Looking at the server', () => lookBefore(context));
    const follows = given.flag('follow');
    if (!given.flag('real')) {
      await screen.during('Asking for it', () => before.caller.ask('POST', '/drill'));
      await followOn(context, before, follows);
      return undefined;
    }
    // The SDK takes its time to load, and only this way needs it.
    const { takeReally } = await import('../drill/real.ts');
    const withNotice = !given.flag('withoutNotice');
    return takeReally(context, before, { withNotice, follows, asks: !given.flag('yes') });
  },
};
