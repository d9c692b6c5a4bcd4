/** `vpn status`: how it is. */
import type { Status } from '../../../web/data/answers.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { toStatusText } from '../words/status.ts';

export const status: Command = {
  name: 'status',
  summary: 'How it is, and what the loop is about to do',
  examples: [
    ['status', 'in words'],
    ['status --json', 'for programs'],
    ['status --direct', 'with your AWS credentials, where there is no token'],
  ],
  async run(context) {
    const { screen } = context;
    const seen = await screen.during('Asking how it is', async () => {
      const caller = await connect(context);
      return caller.ask<Status>('GET', '/status');
    });
    screen.show(seen, toStatusText(seen));
    return undefined;
  },
};
