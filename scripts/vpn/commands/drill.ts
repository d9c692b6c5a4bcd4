/** `vpn drill`: takes the server on purpose, and follows how it comes back. */
import { Option } from 'commander';
import type { Status } from '../../../web/data/answers.ts';
import type { Command, Context } from '../command.ts';
import { connect } from '../connect.ts';
import { Trouble } from '../trouble.ts';
import { toHeadline } from '../words/status.ts';
import { follow, readEntries } from './watch.ts';

export const drill: Command = {
  name: 'drill',
  summary: 'Has the server replaced on purpose, and follows it',
  options: [
    new Option('--real', 'ends the server at AWS without notice: an outage, as AWS may cause one'),
    new Option('--no-follow', 'comes back at once'),
  ],
  examples: [
    ['drill', 'as at a notice from AWS: no outage'],
    ['drill --real', 'with your AWS credentials: how long is it really out?'],
  ],
  async run(context, given) {
    const { screen } = context;
    const { caller, before, known } = await screen.during('Asking for it', async () => {
      const asked = await connect(context);
      const now = await asked.ask<Status>('GET', '/status');
      const entries = await readEntries(asked);
      if (given.flag('real')) await terminate(context, now);
      else await asked.ask('POST', '/drill');
      return { caller: asked, before: now, known: entries };
    });
    if (!given.flag('follow')) {
      screen.show({ drilled: before.server?.id }, 'The drill begins. See it with: vpn watch');
      return undefined;
    }
    const seen = await follow(context, caller, (now) => isReplaced(before, now), known);
    screen.note(toHeadline(seen));
    return undefined;
  },
};

/** Another server serves, and nothing is left to do. */
function isReplaced(before: Status, { state, server, plan }: Status): boolean {
  return state === 'serving' && server?.id !== before.server?.id && !plan.length;
}

async function terminate(context: Context, { server, state }: Status): Promise<void> {
  if (!server || state !== 'serving')
    throw new Trouble('No server serves just now: start it with "vpn start --wait" first.');
  const [{ toAws }, { TerminateInstancesCommand }] = await Promise.all([
    import('../aws.ts'),
    import('@aws-sdk/client-ec2'),
  ]);
  const { clients } = toAws(context);
  await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [server.id] }));
}
