/** AWS as the person at the terminal may use it: their credentials, found where any AWS tool finds them. */
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { type Clients, toClients } from '../../shared/adapters/clients.ts';
import type { Config } from '../../shared/config.ts';
import type { Context } from './command.ts';
import { readLocalState } from './places.ts';
import { readSettings } from './settings.ts';

export interface Aws {
  settings: Config;
  clients: Clients;
  /** For a client of any other service. */
  options: Options;
  /** AWS's time, epoch milliseconds. */
  now: () => number;
}

export interface Options {
  region: string;
  credentials: ReturnType<typeof fromNodeProviderChain>;
  endpoint?: string;
  maxAttempts: number;
}

const attemptsMax = 3;

/** Nobody checks credentials there. */
const localCredentials = async () => ({ accessKeyId: 'local', secretAccessKey: 'local' });

export function toAws(context: Context): Aws {
  const settings = readSettings(context.reach.config, toPlaces(context));
  const options = toOptions(context, settings.region);
  const { credentials } = options;
  return { settings, clients: toClients(settings, { credentials }), options, now: context.now };
}

export function toOptions(context: Context, region: string): Options {
  const { AWS_ENDPOINT_URL: endpoint } = toPlaces(context);
  return {
    region,
    credentials: context.reach.local ? localCredentials : fromNodeProviderChain(),
    maxAttempts: attemptsMax,
    ...(endpoint && { endpoint }),
  };
}

/** Where AWS is, if it is not Amazon's. */
function toPlaces({ reach, env }: Context): Context['env'] {
  return reach.local ? { AWS_ENDPOINT_URL: readLocalState(env).aws } : env;
}
