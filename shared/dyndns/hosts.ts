/** Who may change which home name: for the CLI and the API, whose people see a password once and never again. */

import { isDnsName } from '../core/dns-name.ts';
import { type Credential, toHash } from './credential.ts';
import type { Login } from './login.ts';
import type { HostPorts } from './ports.ts';

export interface HostOptions extends Partial<Pick<Credential, 'user' | 'v6' | 'allow'>> {
  /** One login for all of them, as for one router. */
  hosts: string[];
}

/** So many random bytes. */
type Random = (count: number) => Uint8Array;

/** 128 bits, which are 22 characters of base64: what any router's form takes, and needs no escape in a URL. */
const passwordBytes = 16;
const saltBytes = 16;

/** Makes credentials, in place of those that were there. The password is nowhere else: it must be shown now. */
export async function addHosts(
  ports: Pick<HostPorts, 'write'>,
  random: Random,
  { hosts, v6 = true, allow = [], user = toUser(hosts) }: HostOptions,
): Promise<Login> {
  const wrong = hosts.find((host) => !isDnsName(host));
  if (wrong !== undefined || hosts.length === 0)
    throw new Error(`"${wrong ?? ''}" is no full DNS name like home.example.org, in small letters`);
  if (!/^[A-Za-z0-9._@-]{1,64}$/.test(user))
    throw new Error('A user is 1 to 64 letters, digits and . _ @ -');
  const login = { user, password: Buffer.from(random(passwordBytes)).toString('base64url') };
  for (const host of hosts) {
    const salt = Buffer.from(random(saltBytes)).toString('base64');
    await ports.write(host, { user, salt, hash: toHash(salt, login), v6, allow });
  }
  return login;
}

/** False if the host had no credentials. Its name stays where it points. */
export function removeHost(ports: Pick<HostPorts, 'remove'>, host: string): Promise<boolean> {
  return ports.remove(host);
}

/** Without hash and salt. `user` is null where the credentials can't be read: nobody gets in with them. */
export async function listHosts(ports: Pick<HostPorts, 'list'>) {
  const all = await ports.list();
  return all.map(({ host, credential }) => ({
    host,
    user: credential?.user ?? null,
    v6: credential?.v6 ?? false,
    allow: credential?.allow ?? [],
  }));
}

/** home.example.org is home. */
function toUser([first = '']: string[]): string {
  return first.split('.')[0] ?? '';
}
