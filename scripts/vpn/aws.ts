/** AWS as the person at the terminal may use it: their credentials, found where any AWS tool finds them. */
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { type Clients, toClients } from '../../shared/adapters/clients.ts';
import type { Context } from './command.ts';
import { readLocalState } from './places.ts';
import { readSettings, type Settings } from './settings.ts';

export interface Aws {
  settings: Settings;
  clients: Clients;
  /** For a client of any other service. */
  options: Options;
}

interface Options {
  region: string;
  credentials: ReturnType<typeof fromNodeProviderChain>;
  endpoint?: string;
  maxAttempts: number;
}

const attemptsMax = 3;

/** Nobody checks credentials there. */
const localCredentials = async () => ({ accessKeyId: 'local', secretAccessKey: 'local' });

export function toAws({ reach, env }: Context): Aws {
  const local = reach.local ? readLocalState(env) : null;
  const places = local ? { AWS_ENDPOINT_URL: local.aws } : env;
  const settings = readSettings(reach.config, places);
  const endpoint = places.AWS_ENDPOINT_URL;
  const options = {
    region: settings.region,
    credentials: local ? localCredentials : fromNodeProviderChain(),
    maxAttempts: attemptsMax,
    ...(endpoint && { endpoint }),
  };
  const { credentials } = options;
  return { settings, clients: toClients(settings, { credentials }), options };
}
