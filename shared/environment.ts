/** Reads a function's environment by a schema, all faults in one message; and what functions have in common there. */
import * as v from 'valibot';
import { dnsNameCharsMax, dnsNamePattern } from './core/dns-name.ts';

export type Environment = Record<string, string | undefined>;

export const region = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is a region like us-east-1'),
);

export const vpn = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,19}$/, 'is 1 to 20 of a-z, 0-9 and -, beginning with a letter'),
);

export const zoneId = v.pipe(
  v.string(),
  v.regex(/^[A-Z0-9]{1,32}$/, 'is a hosted zone id like Z0123ABC'),
);

export const dnsName = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.maxLength(dnsNameCharsMax, `is at most ${dnsNameCharsMax} characters`),
  v.regex(dnsNamePattern, 'is a full DNS name like vpn.example.org'),
);

export const url = v.optional(
  v.pipe(v.string(), v.regex(/^https?:\/\//, 'begins with http:// or https://'), v.url('is a URL')),
);

/** Throws one Error that names every variable that is missing or wrong, and what it should be. */
export function readEnvironment<Schema extends v.GenericSchema>(
  schema: Schema,
  env: Environment,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, env);
  if (parsed.success) return parsed.output;
  const faults = parsed.issues.map((issue) => {
    const key = String(issue.path?.[0]?.key);
    const missing = issue.path?.length === 1 && issue.input === undefined;
    return `  ${key}: ${missing ? 'is missing' : issue.message}`;
  });
  throw new Error(
    `The configuration is not usable; nothing was changed.\n${[...new Set(faults)].join('\n')}`,
  );
}
