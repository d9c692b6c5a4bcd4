/** Users as the loop and the lists know them: everything but their secrets. */

/** One who may connect, without any secret. Times are epoch milliseconds. */
export interface User {
  name: string;
  /** The parameter's version is the secrets' version: what a server must have applied. */
  version: number;
  /** When that version was written. */
  at: number;
  /** WireGuard's; null for one who has none. */
  publicKey: string | null;
  address: string | null;
  /** Whether they keep a private key of their own, which is never made anew for them. */
  ownKey: boolean;
  rotatedAt: number;
  /** From then on they may not connect any more; null for never. */
  expiresAt: number | null;
  /** Until then servers go on with that version's secrets. */
  old: { version: number; until: number } | null;
}

/** Which secrets there should be on every server: no more of them than anybody may know. */
export interface Secrets {
  users: User[];
  /** WireGuard's; null while it was never made. */
  serverKey: { version: number; publicKey: string } | null;
}

/**
 * Case matters to pppd and not to Windows, so there is only one. Twenty characters fit every router; Peplink's cut a name
 * after 32. The rest is what Parameter Store takes in a name without its slash.
 */
const userName = /^[a-z][a-z0-9._-]{0,19}$/;

export function isUserName(text: string): boolean {
  return userName.test(text);
}
