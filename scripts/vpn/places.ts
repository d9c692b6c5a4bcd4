/** Where `vpn` keeps what it must not lose: the token below the XDG config folder; and what `npm start` leaves it. */
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Environment } from './command.ts';
import { Trouble } from './trouble.ts';

/** How the HTTP API is reached. */
export interface Access {
  api: string;
  token: string;
}

/** What `npm start` runs just now. */
export interface LocalState extends Access {
  /** AWS's address, as played. */
  aws: string;
  region: string;
  /** The file that shows its time, which may be faster than ours. */
  clock: string;
  /** Where its DNS answers, like 127.0.0.1:4566. */
  dns: string;
  /** Where the ports of the server are that the name points to. */
  ports: Record<string, { host: string; port: number }>;
}

const access = v.object({ api: v.pipe(v.string(), v.url()), token: v.string() });
const localState = v.object({
  ...access.entries,
  aws: v.string(),
  region: v.string(),
  clock: v.string(),
  dns: v.string(),
  ports: v.record(v.string(), v.object({ host: v.string(), port: v.number() })),
});

export function tokenFileOf(vpn: string, env: Environment): string {
  const config = env.XDG_CONFIG_HOME ?? join(homedir(), '.config');
  return join(config, 'perennial', `${vpn}.json`);
}

export function readAccess(file: string): Access {
  return readPrivate(file, access);
}

/** Below the runtime folder, which is the person's alone, or else in a folder of their own in /tmp. */
function localFileOf(env: Environment): string {
  const folder = env.XDG_RUNTIME_DIR
    ? join(env.XDG_RUNTIME_DIR, 'perennial')
    : join(tmpdir(), `perennial-${userInfo().uid}`);
  return join(folder, 'local.json');
}

export function readLocalState(env: Environment): LocalState {
  const file = localFileOf(env);
  try {
    return readPrivate(file, localState);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Trouble(
      'No VPN runs on this machine: start it in another terminal with "npm start".',
    );
  }
}

export function writeLocalState(state: LocalState, env: Environment): void {
  writePrivate(localFileOf(env), `${JSON.stringify(state)}\n`);
}

export function removeLocalState({ aws }: LocalState, env: Environment): void {
  // Another `npm start` may have come since.
  if (readLocalState(env).aws === aws) rmSync(localFileOf(env), { force: true });
}

/** Only its owner can read it, from the first byte on. The folder is made if need be. */
export function writePrivate(file: string, text: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600, flag: 'wx' });
  renameSync(next, file);
}

/** Throws ENOENT as it comes. */
function readPrivate<S extends v.GenericSchema>(file: string, schema: S): v.InferOutput<S> {
  const { mode, uid } = statSync(file);
  if (mode & 0o077) throw new Trouble(`${file} can be read by others: do "chmod 600 ${file}".`);
  // In /tmp anybody may have made it first.
  if (uid !== userInfo().uid || lstatSync(file).isSymbolicLink())
    throw new Trouble(`${file} is not your own: remove it, and start again.`);
  try {
    return v.parse(schema, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new Trouble(`${file} is spoilt: remove it, and do "vpn token" again.`);
  }
}
