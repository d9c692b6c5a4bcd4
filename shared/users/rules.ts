/** What names, passwords and keys may be: only what the server, Windows, phones and routers all take. */
import { isUserName } from '../core/users.ts';
import { UserError } from './errors.ts';

/** The PPTP server has so many addresses for its clients (10.40.1.20 to 10.40.1.50). */
export const usersMax = 31;

/** Printable ASCII: nobody knows in which encoding Windows or a phone would send more. */
const printable = /^[\x20-\x7e]*$/;

/**
 * Eight, since MS-CHAPv2 can be guessed at without the server. 63 is what most routers' forms take, as for WPA; pppd and
 * Windows take 256 (RFC 2759). Peplink's cut silently after 32, and DrayTek's take 11 to 19: of those, bring a shorter one.
 */
const passwordChars = { min: 8, max: 63 };

/** 32 bytes in base64: the last character carries four bits. */
const key = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** What WireGuard's tools write for "no key". */
const noKey = `${'A'.repeat(43)}=`;

/** Past this a password that may have leaked would hardly have been changed at all. */
const graceMinutesMax = 7 * 24 * 60;

export function checkName(value: string): void {
  if (isUserName(value)) return;
  throw invalid(
    'A user name is 1 to 20 of a-z, 0-9, dot, underscore and hyphen, and begins with a letter.',
  );
}

export function checkPassword(value: string): void {
  const { min, max } = passwordChars;
  if (value.length < min || value.length > max)
    throw invalid(`A password has ${min} to ${max} characters.`);
  if (!printable.test(value))
    throw invalid('A password has letters, digits and signs of a US keyboard only.');
  // pppd would read the password from a file of that name, wherever the quotes got lost.
  if (value.startsWith('@/')) throw invalid('A password does not begin with @/.');
  if (value.trim() !== value)
    throw invalid('A password does not begin or end with a blank, which many forms cut off.');
}

/** `others` are the public keys that are taken: a server knows people by theirs. */
export function checkPublicKey(value: string, others: (string | null)[]): void {
  if (!key.test(value) || value === noKey)
    throw invalid('A WireGuard public key is 44 characters of base64, as `wg pubkey` prints it.');
  if (others.includes(value))
    throw invalid('That WireGuard key is taken; make another one with `wg genkey`.');
}

export function checkExpiry(expiresAt: number | null, now: number): void {
  if (expiresAt === null || expiresAt > now) return;
  throw invalid('An expiry lies in the future; to end it now, remove the user.');
}

export function checkGrace(minutes: number): void {
  if (Number.isInteger(minutes) && minutes >= 0 && minutes <= graceMinutesMax) return;
  throw invalid(`The old password may go on for 0 to ${graceMinutesMax} whole minutes.`);
}

function invalid(says: string): UserError {
  return new UserError('invalid', says);
}
