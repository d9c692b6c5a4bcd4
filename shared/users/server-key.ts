/** The WireGuard key that outlives every server, so that no client ever has to change. */
import type { Ports } from '../ports.ts';
import { makeKeyPair } from './credentials.ts';
import { UserError } from './errors.ts';

/** The public half of WireGuard's server key, which is made if there is none: once, whoever else does the same. */
export async function ensureServerKey(secrets: Ports['secrets']): Promise<string> {
  const { privateKey, publicKey } = makeKeyPair();
  if (await secrets.createServerKey(privateKey, publicKey)) return publicKey;
  const { serverKey } = await secrets.list();
  if (serverKey) return serverKey.publicKey;
  throw new UserError('busy', "The server's key has just been made or removed; try again.");
}
