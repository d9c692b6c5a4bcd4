/** What the function of dynamic DNS is configured for: a zone, and the names of homes in it. */
import * as v from 'valibot';
import {
  dnsName,
  type Environment,
  readEnvironment,
  region,
  url,
  vpn,
  zoneId,
} from '../environment.ts';

export interface DyndnsConfig {
  vpn: string;
  region: string;
  zoneId: string;
  /** Empty: then nothing can be changed. */
  homes: string[];
  endpoints: Record<'ssm' | 'route53', string | undefined>;
}

/** Each name of a request costs up to two calls of Route 53, which takes five a second of an account. */
const homesMax = 5;

export const environment = v.pipe(
  v.object({
    AWS_REGION: region,
    PERENNIAL_VPN: vpn,
    PERENNIAL_ZONE_ID: zoneId,
    PERENNIAL_NAME: dnsName,
    PERENNIAL_HOME: v.pipe(
      v.string(),
      v.transform((text) => (text === '' ? [] : text.split(','))),
      v.array(dnsName),
      v.maxLength(homesMax, `has at most ${homesMax} names`),
    ),
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_SSM: url,
    AWS_ENDPOINT_URL_ROUTE_53: url,
  }),
  v.forward(
    v.check(
      (all) => !all.PERENNIAL_HOME.includes(all.PERENNIAL_NAME),
      "has the VPN's own name, which only the loop moves",
    ),
    ['PERENNIAL_HOME'],
  ),
);

/** Throws one Error that names every variable that is missing or wrong, and what it should be. */
export function readDyndnsConfig(env: Environment): DyndnsConfig {
  const e = readEnvironment(environment, env);
  return {
    vpn: e.PERENNIAL_VPN,
    region: e.AWS_REGION,
    zoneId: e.PERENNIAL_ZONE_ID,
    homes: e.PERENNIAL_HOME,
    endpoints: {
      ssm: e.AWS_ENDPOINT_URL_SSM ?? e.AWS_ENDPOINT_URL,
      route53: e.AWS_ENDPOINT_URL_ROUTE_53 ?? e.AWS_ENDPOINT_URL,
    },
  };
}
