/** The secrets on a server: pulled whole from Parameter Store, and used at every log-in. */
import * as v from 'valibot';
import { isUserName } from '../../shared/core/users.ts';
import { AwsFault } from '../fault.ts';

/** How the server asks Systems Manager: as its role. */
export type CallSsm = (operation: string, input: object) => object;

export interface Secrets {
  /** Epoch milliseconds. */
  pulledAt: number;
  users: Map<string, User>;
  /** The versions of those that can't be used, and so let nobody in. */
  spoilt: Map<string, number>;
  /** The version of each of the server's own keys. */
  keys: Map<string, number>;
}

interface User {
  version: number;
  now: Credentials;
  /** What still counts in its stead, and until when. */
  old: { credentials: Credentials; until: number } | null;
}

const credentials = v.object({
  password: v.string(),
  presharedKey: v.nullable(v.string()),
  publicKey: v.nullable(v.string()),
});
type Credentials = v.InferOutput<typeof credentials>;

const document = v.object({
  ...credentials.entries,
  old: v.nullable(
    v.object({ version: v.number(), until: v.pipe(v.string(), v.transform(Date.parse)) }),
  ),
});

/** Throws the AwsFault with which Parameter Store refuses any of it: half of the secrets are none. */
export function pull(call: CallSsm, vpn: string, now: number): Secrets {
  const path = `/perennial/${vpn}/users`;
  const spoilt = new Map<string, number>();
  const users = readAll(call, path).flatMap(({ name, version, value }): [string, User][] => {
    const user = isUserName(name) ? parse(document, value) : null;
    if (!user) {
      if (isUserName(name)) spoilt.set(name, version);
      return [];
    }
    const { old, ...now } = user;
    const before = old && parse(credentials, readVersion(call, `${path}/${name}:${old.version}`));
    const both = before ? { credentials: before, until: old.until } : null;
    return [[name, { version, now, old: both }]];
  });
  const keys = readAll(call, `/perennial/${vpn}/keys`);
  return {
    pulledAt: now,
    users: new Map(users),
    spoilt,
    keys: new Map(keys.map(({ name, version }) => [name, version])),
  };
}

/** By password, over PPTP. */
export function logsIn(secrets: Secrets, user: string, password: string, now: number): boolean {
  const known = secrets.users.get(user);
  return known !== undefined && inForce(known, now).password === password;
}

/** By keys, over WireGuard. */
export function acceptsPeer(
  secrets: Secrets,
  publicKey: string,
  presharedKey: string | null,
  now: number,
): boolean {
  return [...secrets.users.values()].some((user) => {
    const known = inForce(user, now);
    return known.publicKey === publicKey && known.presharedKey === presharedKey;
  });
}

function inForce({ now: newest, old }: User, now: number): Credentials {
  return old && now < old.until ? old.credentials : newest;
}

interface Found {
  /** Without its path. */
  name: string;
  version: number;
  value: string;
}

interface Page {
  Parameters: { Name: string; Version: number; Value: string }[];
  NextToken?: string;
}

function readAll(call: CallSsm, path: string): Found[] {
  const all: Found[] = [];
  let token: string | undefined;
  do {
    const input = { Path: path, WithDecryption: true, NextToken: token };
    const page = call('GetParametersByPath', input) as Page;
    for (const { Name, Version, Value } of page.Parameters)
      all.push({ name: Name.slice(path.length + 1), version: Version, value: Value });
    token = page.NextToken;
  } while (token);
  return all;
}

/** Nothing if that version is no longer kept, or the whole parameter was made anew. */
function readVersion(call: CallSsm, name: string): string {
  try {
    const answer = call('GetParameter', { Name: name, WithDecryption: true });
    return (answer as { Parameter: { Value: string } }).Parameter.Value;
  } catch (error) {
    if (error instanceof AwsFault && /^Parameter(Version)?NotFound$/.test(error.code)) return '';
    throw error;
  }
}

function parse<T>(schema: v.GenericSchema<unknown, T>, json: string): T | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(json));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
