/** Reads perennial.yml with the defaults that serverless.yml has: what is deployed, or would be. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type BakeConfig, readBakeConfig } from '../../shared/bake/config.ts';
import { type Config, readConfig } from '../../shared/config.ts';
import { type DyndnsConfig, readDyndnsConfig } from '../../shared/dyndns/config.ts';
import { type Settled, toEnvironment, toFaults } from '../settings-faults.ts';
import type { Environment } from './command.ts';
import { Trouble } from './trouble.ts';

/** Where serverless.yml is, and everything else of ours. */
export const root = join(import.meta.dirname, '../..');

export const usualConfigFile = join(root, 'perennial.yml');

interface Service {
  custom: Record<string, string>;
  functions: Record<'api' | 'bake' | 'dyndns' | 'tell', { environment: Record<string, unknown> }>;
  resources: { Parameters: Settled['parameters'] };
}

/** `endpoints` are other AWSs to talk to. Throws a Trouble with all faults. */
export function readSettings(
  file: string = usualConfigFile,
  env: Environment = {},
  isForGood = false,
): Config {
  const settled = readSettled(file, isForGood);
  const endpoints = Object.entries(env).filter(([key]) => key.startsWith('AWS_ENDPOINT_URL'));
  return readConfig({
    ...toEnvironment(settled.environments.api, settled.region),
    ...Object.fromEntries(endpoints),
  });
}

/** What the function that bakes is deployed with. Throws a Trouble with all faults. */
export function readBakeSettings(file: string = usualConfigFile): BakeConfig {
  const { environments, region } = readSettled(file, false);
  return readBakeConfig(toEnvironment(environments.bake, region));
}

/** What the function of dynamic DNS is deployed with. Throws a Trouble with all faults. */
export function readDyndnsSettings(file: string = usualConfigFile): DyndnsConfig {
  const { environments, region } = readSettled(file, false);
  return readDyndnsConfig(toEnvironment(environments.dyndns, region));
}

function readSettled(file: string, isForGood: boolean): Settled {
  const settled = settle(existsSync(file) ? readFileSync(file, 'utf8') : '');
  const faults = toFaults(settled, isForGood);
  if (!faults.length) return settled;
  throw new Trouble(
    [`${file} is not usable: mend it, or write it anew with "vpn init".`, ...faults].join('\n  '),
  );
}

/** All faults of a perennial.yml, each a key with a sentence; for a deployment the examples are faults too. */
export function toSettingsFaults(text: string, isForGood: boolean): string[] {
  return toFaults(settle(text), isForGood);
}

/** Puts the file's values where serverless.yml has variables for them, as osls does. */
function settle(text: string): Settled {
  const file = join(root, 'serverless.yml');
  const options = { logLevel: 'silent', merge: true } as const;
  const service = parse(readFileSync(file, 'utf8'), options) as Service;
  const given = readGiven(text);
  const custom = Object.fromEntries(
    Object.entries(service.custom).map(([key, variable]) => [
      key,
      String(given[key] ?? toDefault(variable)),
    ]),
  );
  const fill = (values: object) =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, toFilled(value, custom)]),
    );
  const { api, bake, dyndns, tell } = service.functions;
  const { Parameters } = service.resources;
  return {
    given: Object.keys(given),
    custom,
    region: String(custom.region),
    environments: {
      api: fill(api.environment),
      bake: fill(bake.environment),
      dyndns: fill(dyndns.environment),
      tell: fill(tell.environment),
    },
    parameters: Object.fromEntries(
      Object.entries(Parameters).map(([name, one]) => [
        name,
        { ...one, Default: toFilled(one.Default, custom) },
      ]),
    ),
  };
}

function readGiven(text: string): Record<string, string | number> {
  try {
    const value = parse(text) as unknown;
    if (value === null || value === undefined) return {};
    if (typeof value === 'object' && !Array.isArray(value))
      return value as Record<string, string | number>;
  } catch (error) {
    throw new Trouble(`perennial.yml is no YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  throw new Trouble('perennial.yml has lines like "name: vpn.example.org", and nothing else');
}

/** `${file(./perennial.yml):cap, '0.0052'}` -> `0.0052`. */
export function toDefault(variable: string): string {
  const [, value] = /^\$\{file\(\.\/perennial\.yml\):\w+, '?(.*?)'?\}$/.exec(variable) ?? [];
  if (value === undefined) throw new Error(`serverless.yml has no default in ${variable}`);
  return value;
}

/** `${self:custom.cap}` -> its value. What only CloudFormation knows is left to it. */
function toFilled(value: unknown, custom: Record<string, string>): unknown {
  const text = String(value).replace(/\$\{self:custom\.(\w+)\}/g, (_, key) => custom[key] ?? '');
  return text.includes('${') ? { 'Fn::Sub': text } : text;
}
