/** Reads the configuration of a function from its environment: once, whole, all faults in one message. */
import * as v from 'valibot';
import type { Policy, Protocol } from './core/model.ts';
import {
  dnsName,
  type Environment,
  readEnvironment,
  region,
  url,
  vpn,
  zoneId,
} from './environment.ts';

export interface Config {
  policy: Policy;
  region: string;
  /** The Route 53 hosted zone and the name in it, without a trailing dot. */
  zoneId: string;
  name: string;
  templates: { spot: LaunchTemplate; 'on-demand': LaunchTemplate };
  /** Who may use the slash command, by their ids in Slack; empty for everybody in the workspace. */
  slackUsers: string[];
  endpoints: Record<'ec2' | 'ssm' | 'route53', string | undefined>;
}

interface LaunchTemplate {
  id: string;
  version: string;
}

const addresses = ['auto', 'elastic', 'dynamic'] as const;

const known = ['pptp', 'wireguard'] as const satisfies Protocol[];

export const protocols = v.pipe(
  v.string(),
  v.transform((text) => text.split(',')),
  v.array(v.picklist(known, `is one or both of ${known.join(', ')}`)),
  v.check((list) => new Set(list).size === list.length, 'names a protocol twice'),
);

const dollars = (what: string) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+(\.\d+)?$/, `${what} is a number of dollars an hour, like 0.0052`),
    v.transform(Number),
    v.minValue(0.001, `${what} is at least 0.001 dollars an hour, EC2's own minimum`),
    v.maxValue(10, `${what} is at most 10 dollars an hour: this is a personal server`),
  );

export const whole = (unit: string, min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,5}$/, `is a whole number of ${unit}`),
    v.transform(Number),
    v.minValue(min, `is at least ${min} ${unit}`),
    v.maxValue(max, `is at most ${max} ${unit}`),
  );

const onDemand = dollars("a type's on-demand price");

export const types = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9-]+\.[a-z0-9-]+=[\d.]+(,[a-z0-9-]+\.[a-z0-9-]+=[\d.]+){0,9}$/,
    'give one to ten types, each with its on-demand price: t3.nano=0.0052,t3a.nano=0.0047',
  ),
  v.transform((text) =>
    text.split(',').map((pair) => {
      const [type = '', price = ''] = pair.split('=');
      return { type, onDemand: price };
    }),
  ),
  v.array(v.object({ type: v.string(), onDemand })),
  v.check(
    (list) => new Set(list.map(({ type }) => isArm(type))).size === 1,
    'mixes ARM (t4g, …) with x86 types, but one image fits only one of them',
  ),
  v.check(
    (list) => new Set(list.map(({ type }) => type)).size === list.length,
    'names a type twice',
  ),
);

const template = v.pipe(
  v.string(),
  v.regex(
    /^lt-[0-9a-f]+:(\d+|\$Latest|\$Default)$/,
    'is a launch template with its version: lt-0abc:1',
  ),
  v.transform((text): LaunchTemplate => {
    const [id = '', version = ''] = text.split(':');
    return { id, version };
  }),
);

const slackUsers = v.pipe(
  v.optional(v.string(), ''),
  v.regex(
    /^([UW][A-Z0-9]{2,20}(,[UW][A-Z0-9]{2,20})*)?$/,
    "has member ids of Slack with commas between them, like U012AB3CD; names aren't safe",
  ),
  v.transform((text) => (text === '' ? [] : text.split(','))),
);

export const environment = v.object({
  AWS_REGION: region,
  PERENNIAL_VPN: vpn,
  PERENNIAL_ZONE_ID: zoneId,
  PERENNIAL_NAME: dnsName,
  PERENNIAL_CAP: dollars('the cap'),
  PERENNIAL_TYPES: types,
  PERENNIAL_ON_DEMAND_MAX: v.pipe(
    v.string(),
    v.regex(/^\d+(\.\d+)?$/, 'is a number of dollars a month, like 5'),
    v.transform(Number),
    v.maxValue(1_000, 'is at most 1000 dollars a month: this is a personal server'),
  ),
  PERENNIAL_PROTOCOLS: protocols,
  PERENNIAL_ADDRESS: v.picklist(addresses, `is one of ${addresses.join(', ')}`),
  PERENNIAL_ROTATE_DAYS: whole('days', 0, 3_650),
  PERENNIAL_OLD_PASSWORD_MINUTES: whole('minutes', 0, 10_080),
  PERENNIAL_TEMPLATE_SPOT: template,
  PERENNIAL_TEMPLATE_ON_DEMAND: template,
  PERENNIAL_SLACK_USERS: slackUsers,
  AWS_ENDPOINT_URL: url,
  AWS_ENDPOINT_URL_EC2: url,
  AWS_ENDPOINT_URL_SSM: url,
  AWS_ENDPOINT_URL_ROUTE_53: url,
});

/** Throws one Error that names every variable that is missing or wrong, and what it should be. */
export function readConfig(env: Environment): Config {
  const e = readEnvironment(environment, env);
  return {
    policy: {
      vpn: e.PERENNIAL_VPN,
      cap: e.PERENNIAL_CAP,
      types: e.PERENNIAL_TYPES,
      protocols: e.PERENNIAL_PROTOCOLS,
      address: toAddress(e),
      onDemandDollarsMax: e.PERENNIAL_ON_DEMAND_MAX,
      rotateDays: e.PERENNIAL_ROTATE_DAYS,
      oldPasswordMinutes: e.PERENNIAL_OLD_PASSWORD_MINUTES,
    },
    region: e.AWS_REGION,
    zoneId: e.PERENNIAL_ZONE_ID,
    name: e.PERENNIAL_NAME,
    slackUsers: e.PERENNIAL_SLACK_USERS,
    templates: { spot: e.PERENNIAL_TEMPLATE_SPOT, 'on-demand': e.PERENNIAL_TEMPLATE_ON_DEMAND },
    endpoints: {
      ec2: e.AWS_ENDPOINT_URL_EC2 ?? e.AWS_ENDPOINT_URL,
      ssm: e.AWS_ENDPOINT_URL_SSM ?? e.AWS_ENDPOINT_URL,
      route53: e.AWS_ENDPOINT_URL_ROUTE_53 ?? e.AWS_ENDPOINT_URL,
    },
  };
}

/** Clients of PPTP dial again by the name, and gain less from an address that stays. */
function toAddress(e: v.InferOutput<typeof environment>): Policy['address'] {
  if (e.PERENNIAL_ADDRESS !== 'auto') return e.PERENNIAL_ADDRESS;
  return e.PERENNIAL_PROTOCOLS.includes('wireguard') ? 'elastic' : 'dynamic';
}

/** Graviton families carry a g behind their generation: t4g, m7gd. */
export function isArm(type: string): boolean {
  return /^[a-z]+\d+g/.test(type);
}
