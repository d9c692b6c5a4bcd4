/** `vpn rotate`: new secrets for a user, or for all. */
import { Option } from 'commander';
import type { Shown } from '../../../web/data/answers.ts';
import { type Command, whole } from '../command.ts';
import { connect } from '../connect.ts';
import { Trouble, Usage } from '../trouble.ts';
import { checkOut, receivers, showFresh } from './users.ts';

export const rotate: Command = {
  name: 'rotate',
  summary: "Makes a user's secrets anew, and shows them once",
  takes: ['[user]'],
  options: [
    new Option('--all', "all users' secrets"),
    new Option('--grace <minutes>', 'so long the old ones still hold').argParser(whole(0, 10_080)),
    ...receivers,
  ],
  examples: [
    ['rotate alice', 'at once: whoever knows the old ones is out'],
    ['rotate --all --grace 60', 'everybody, with an hour to change over'],
  ],
  async run(context, given) {
    const user = given.arg(0);
    const isAll = given.flag('all');
    if (isAll === (user !== undefined)) throw new Usage('Give a user or --all.');
    if (isAll && given.text('for')) throw new Usage('--for takes one user, not --all.');
    checkOut(given);
    const graceMinutes = given.number('grace');
    const body = { ...(graceMinutes !== undefined && { graceMinutes }) };
    await context.screen.during('Making new secrets', async () => {
      const caller = await connect(context);
      if (user !== undefined) {
        const path = `/users/${encodeURIComponent(user)}/rotate`;
        const shown = await caller.ask<Shown>('POST', path, { body });
        return showFresh(context, caller, given, [shown]);
      }
      const { rotated, failed } = await caller.ask<All>('POST', '/rotate', { body });
      await showFresh(context, caller, given, rotated);
      const [first] = failed;
      if (first) throw new Trouble(failed.map((one) => `${one.user}: ${one.says}`).join('\n'));
    });
    return undefined;
  },
};

interface All {
  rotated: Shown[];
  failed: { user: string; says: string }[];
}
