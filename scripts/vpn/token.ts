/** The token of the HTTP API: made here, kept for this person, and left to AWS as a hash only. */
import { GetParameterCommand, ParameterNotFound, PutParameterCommand } from '@aws-sdk/client-ssm';
import { newToken } from '../../shared/http/token.ts';
import type { Aws } from './aws.ts';
import type { Context } from './command.ts';
import {
  type Access,
  readLocalState,
  tokenFileOf,
  writeLocalState,
  writePrivate,
} from './places.ts';

export interface Made {
  token: string;
  /** Where it is kept; null for the VPN that runs on this machine, which keeps it itself. */
  file: string | null;
}

export async function makeToken(
  { reach, env }: Context,
  { settings, clients }: Aws,
  api: string,
): Promise<Made> {
  const { vpn } = settings.policy;
  const { token, stored } = newToken();
  const Value = JSON.stringify(stored);
  await clients.ssm.send(
    new PutParameterCommand({ Name: toName(vpn), Value, Type: 'String', Overwrite: true }),
  );
  const access: Access = { api, token };
  if (reach.local && !reach.tokenFile) {
    writeLocalState({ ...readLocalState(env), ...access }, env);
    return { token, file: null };
  }
  const file = reach.tokenFile ?? tokenFileOf(vpn, env);
  writePrivate(file, `${JSON.stringify(access)}\n`);
  return { token, file };
}

/** Null if there is one already, here or on another machine, which is to go on counting. */
export async function makeFirstToken(
  context: Context,
  aws: Aws,
  api: string,
): Promise<Made | null> {
  const { clients, settings } = aws;
  try {
    await clients.ssm.send(new GetParameterCommand({ Name: toName(settings.policy.vpn) }));
    return null;
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
    return makeToken(context, aws, api);
  }
}

function toName(vpn: string): string {
  return `/perennial/${vpn}/api/token`;
}
