/** What is wrong with perennial.yml, all faults at once: what the functions would say, CloudFormation, and IAM. */
import { readBakeConfig } from '../shared/bake/config.ts';
import { readConfig } from '../shared/config.ts';
import { readDyndnsConfig } from '../shared/dyndns/config.ts';
import { readTellConfig } from '../shared/tell/config.ts';

/** For so long CloudWatch keeps a log; it takes no other number. */
const logDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 2192, 2557, 2922, 3288, 3653,
];
export const logDaysRule = `is one of ${logDays.join(', ')}`;

/** What serverless.yml has for want of anything better. */
const examples = { name: 'vpn.example.org', zoneId: 'Z0EXAMPLE' };

/** Values as serverless.yml has them, with perennial.yml's in their places. */
export interface Settled {
  /** The keys that stand in perennial.yml. */
  given: string[];
  custom: Record<string, unknown>;
  region: string;
  /** Of the functions, by their names; only CloudFormation knows what is an object here. */
  environments: Record<'api' | 'bake' | 'dyndns' | 'tell', Record<string, unknown>>;
  parameters: Record<string, Parameter>;
}

interface Parameter {
  Default: unknown;
  AllowedPattern?: string;
  ConstraintDescription?: string;
}

/** Each is a key of perennial.yml with a sentence. `isForGood` asks for what only a person can know, too. */
export function toFaults(settled: Settled, isForGood: boolean): string[] {
  return [
    ...toKeyFaults(settled, isForGood),
    ...toFunctionFaults(settled),
    ...toParameterFaults(settled),
  ];
}

function toKeyFaults({ custom, given }: Settled, isForGood: boolean): string[] {
  const keys = Object.keys(custom);
  const faults = given
    .filter((key) => !keys.includes(key))
    .map((key) => `${key}: is no key; there are ${keys.join(', ')}`);
  // IAM compares the name letter by letter, Route 53 does not.
  for (const key of ['name', 'home'])
    if (custom[key] !== String(custom[key]).toLowerCase())
      faults.push(`${key}: is in small letters`);
  if (!logDays.some((days) => String(days) === String(custom.logRetentionDays)))
    faults.push(`logRetentionDays: ${logDaysRule}`);
  // The examples would deploy, and then the name would never move.
  if (isForGood)
    for (const [key, example] of Object.entries(examples))
      if (custom[key] === example) faults.push(`${key}: is missing, and only you know it`);
  return faults;
}

/** What the functions themselves would say once they run. */
function toFunctionFaults({
  environments: { api, bake, dyndns, tell },
  region,
}: Settled): string[] {
  const faults = [
    ...toConfigFaults(api, region, readConfig),
    ...toConfigFaults(dyndns, region, readDyndnsConfig),
    ...toConfigFaults(bake, region, readBakeConfig),
    ...toConfigFaults(tell, region, readTellConfig),
  ];
  return [...new Set(faults)];
}

export function toEnvironment(environment: Record<string, unknown>, region: string) {
  const env: Record<string, string> = { AWS_REGION: region };
  for (const [key, value] of Object.entries(environment)) env[key] = toText(value);
  return env;
}

/** Only CloudFormation knows launch templates and the API's address. */
function toText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const { 'Fn::Sub': text } = value as { 'Fn::Sub': string };
  if (/^\$\{\w+Template\}:/.test(text)) return 'lt-0:1';
  return text.replaceAll(/\$\{[^}]+\}/g, 'deployed');
}

function toConfigFaults(
  environment: Record<string, unknown>,
  region: string,
  read: (env: Record<string, string>) => unknown,
): string[] {
  try {
    read(toEnvironment(environment, region));
    return [];
  } catch (error) {
    const lines = (error as Error).message.split('\n').slice(1);
    return lines.map((line) => line.trim().replace(/^[A-Z_]+/, toKey));
  }
}

/** PERENNIAL_ZONE_ID is zoneId, and AWS_REGION is region. */
function toKey(variable: string): string {
  const [, first = '', ...rest] = variable.toLowerCase().split('_');
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** What CloudFormation would say of the template's parameters. */
function toParameterFaults({ parameters }: Settled): string[] {
  return Object.entries(parameters)
    .filter(([, one]) => !new RegExp(one.AllowedPattern ?? '').test(String(one.Default)))
    .map(([name, { ConstraintDescription }]) => {
      const key = name.charAt(0).toLowerCase() + name.slice(1);
      return `${key}: ${ConstraintDescription}`;
    });
}
