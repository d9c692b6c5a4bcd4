/** Finds who answers: the HTTP API with its token, the VPN on this machine, or AWS itself. */
import type { Caller } from './caller.ts';
import { toHttpCaller } from './caller.ts';
import type { Context } from './command.ts';
import { type Access, readAccess, readLocalState, tokenFileOf } from './places.ts';
import { readSettings } from './settings.ts';
import { Trouble } from './trouble.ts';

export async function connect(context: Context): Promise<Caller> {
  if (context.reach.direct) {
    // The SDK takes its time to load, and only this way needs it.
    const [{ toDirectCaller }, { toAws }] = await Promise.all([
      import('./direct.ts'),
      import('./aws.ts'),
    ]);
    return toDirectCaller(toAws(context));
  }
  const { api, token } = findAccess(context);
  return toHttpCaller(api, token, context.signal);
}

function findAccess({ reach, env }: Context): Access {
  if (reach.local) return readLocalState(env);
  const file = reach.tokenFile ?? tokenFileOf(readSettings(reach.config).policy.vpn, env);
  const kept = readKept(file);
  const api = reach.api ?? kept?.api;
  const token = env.PERENNIAL_TOKEN ?? kept?.token;
  if (api && token) return { api, token };
  throw new Trouble(
    api
      ? `There is no token in ${file}: make one with "vpn token", or set PERENNIAL_TOKEN.`
      : 'Where the VPN is nobody has told yet: do "vpn token" once, or add --local or --direct.',
  );
}

function readKept(file: string): Access | null {
  try {
    return readAccess(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
