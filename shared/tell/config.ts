/** Reads the telling's configuration from its environment: once, whole, all faults in one message. */
import * as v from 'valibot';
import { dnsName, type Environment, readEnvironment, region, url, vpn } from '../environment.ts';
import type { Sender } from './message.ts';

interface TellConfig {
  vpn: string;
  region: string;
  sender: Sender;
  /** Where Parameter Store is, if not at AWS. */
  endpoint: string | undefined;
}

export const environment = v.object({
  AWS_REGION: region,
  PERENNIAL_VPN: vpn,
  PERENNIAL_NAME: dnsName,
  PERENNIAL_DASHBOARD: url,
  AWS_ENDPOINT_URL: url,
  AWS_ENDPOINT_URL_SSM: url,
});

export function readTellConfig(env: Environment): TellConfig {
  const e = readEnvironment(environment, env);
  return {
    vpn: e.PERENNIAL_VPN,
    region: e.AWS_REGION,
    sender: { name: e.PERENNIAL_NAME, dashboard: e.PERENNIAL_DASHBOARD ?? null },
    endpoint: e.AWS_ENDPOINT_URL_SSM ?? e.AWS_ENDPOINT_URL,
  };
}
