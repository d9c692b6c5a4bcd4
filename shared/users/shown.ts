/** What is shown once to the person who asked for it, and never again, nor kept, nor logged. */
import type { StoredSecret } from '../ports.ts';

export interface Shown {
  user: string;
  /** When a server has applied this version, it lets them in. */
  version: number;
  password: string;
  wireguard: ShownKeys | null;
}

export interface ShownKeys {
  /** Null if the person has it: theirs from the start, or shown to them before. */
  privateKey: string | null;
  presharedKey: string;
  address: string;
  serverPublicKey: string;
}

export function toShown(
  user: string,
  version: number,
  { password, presharedKey, address }: StoredSecret,
  serverPublicKey: string | null,
  privateKey: string | null,
): Shown {
  const wireguard =
    presharedKey && address && serverPublicKey
      ? { privateKey, presharedKey, address, serverPublicKey }
      : null;
  return { user, version, password, wireguard };
}
