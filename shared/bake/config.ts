/** Reads the configuration of baking from a function's environment: once, whole, all faults in one message. */
import * as v from 'valibot';
import { protocols, types, whole } from '../config.ts';
import { type Environment, readEnvironment, region, url, vpn } from '../environment.ts';
import type { BakePolicy } from './model.ts';

export interface BakeConfig {
  policy: BakePolicy;
  region: string;
  /** As `install.sh` takes it: `latest`, or a version with its checksum. */
  ssmAgent: string;
  endpoints: Record<'ec2' | 'ssm', string | undefined>;
}

export const environment = v.object({
  AWS_REGION: region,
  PERENNIAL_VPN: vpn,
  PERENNIAL_TYPES: types,
  PERENNIAL_PROTOCOLS: protocols,
  PERENNIAL_REFRESH_DAYS: whole('days', 0, 365),
  PERENNIAL_SSM_AGENT: v.pipe(
    v.string(),
    v.regex(
      /^(latest|\d+(\.\d+){3}:[0-9a-f]{64})$/,
      'is latest, or a version with its checksum: 3.3.1.0:SHA256',
    ),
  ),
  AWS_ENDPOINT_URL: url,
  AWS_ENDPOINT_URL_EC2: url,
  AWS_ENDPOINT_URL_SSM: url,
});

export function readBakeConfig(env: Environment): BakeConfig {
  const e = readEnvironment(environment, env);
  return {
    policy: {
      vpn: e.PERENNIAL_VPN,
      types: e.PERENNIAL_TYPES,
      protocols: e.PERENNIAL_PROTOCOLS,
      refreshDays: e.PERENNIAL_REFRESH_DAYS,
    },
    region: e.AWS_REGION,
    ssmAgent: e.PERENNIAL_SSM_AGENT,
    endpoints: {
      ec2: e.AWS_ENDPOINT_URL_EC2 ?? e.AWS_ENDPOINT_URL,
      ssm: e.AWS_ENDPOINT_URL_SSM ?? e.AWS_ENDPOINT_URL,
    },
  };
}
