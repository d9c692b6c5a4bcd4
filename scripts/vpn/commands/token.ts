/** `vpn token`: makes the token of the HTTP API, keeps it for this person, and leaves AWS only its hash. */
import { Option } from 'commander';
import { newToken } from '../../../shared/http/token.ts';
import type { Command } from '../command.ts';
import {
  type Access,
  readLocalState,
  tokenFileOf,
  writeLocalState,
  writePrivate,
} from '../places.ts';
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
    const { screen, reach, env } = context;
    const [{ toAws }, { PutParameterCommand }] = await Promise.all([
      import('../aws.ts'),
      import('@aws-sdk/client-ssm'),
    ]);
    const aws = toAws(context);
    const { vpn } = aws.settings.policy;
    const made = newToken();
    const api = await screen.during('Making the token', async () => {
      const address = await findApi(context, aws);
      const Name = `/perennial/${vpn}/api/token`;
      const Value = JSON.stringify(made.stored);
      await aws.clients.ssm.send(
        new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }),
      );
      return address;
    });
    const access: Access = { api, token: made.token };
    const file = reach.tokenFile ?? tokenFileOf(vpn, env);
    if (reach.local && !reach.tokenFile)
      writeLocalState({ ...readLocalState(env), ...access }, env);
    else writePrivate(file, `${JSON.stringify(access)}\n`);
    const kept = reach.local && !reach.tokenFile ? null : file;
    const where = kept ? ` It is kept in ${kept}, readable only by you.` : '';
    const shown = given.flag('show') ? { token: made.token } : {};
    screen.show(
      { api, file: kept, ...shown },
      [`The dashboard and the API are at ${api}.${where}`, ...Object.values(shown)].join('\n'),
    );
    return undefined;
  },
};
