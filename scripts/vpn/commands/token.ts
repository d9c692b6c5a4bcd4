/** `vpn token`: makes the token of the HTTP API anew, and keeps it for the next commands. */
import { Option } from 'commander';
import type { Command } from '../command.ts';
import { findApi } from '../stack.ts';

export const token: Command = {
  name: 'token',
  summary: 'Makes the token of the HTTP API anew; the one before counts no more',
  options: [new Option('--show', 'print it too, for another device')],
  examples: [
    ['token', 'makes it with your AWS credentials, and keeps it for the next commands'],
    ['token --show', 'to sign in to the dashboard'],
  ],
  async run(context, given) {
    const { screen } = context;
    const [{ toAws }, { makeToken }] = await Promise.all([
      import('../aws.ts'),
      import('../token.ts'),
    ]);
    const aws = toAws(context);
    const { api, file, ...made } = await screen.during('Making the token', async () => {
      const address = await findApi(context, aws);
      return { api: address, ...(await makeToken(context, aws, address)) };
    });
    const where = file ? ` It is kept in ${file}, readable only by you.` : '';
    const shown = given.flag('show') ? { token: made.token } : {};
    screen.show(
      { api, file, ...shown },
      [`The dashboard and the API are at ${api}.${where}`, ...Object.values(shown)].join('\n'),
    );
    return undefined;
  },
};
