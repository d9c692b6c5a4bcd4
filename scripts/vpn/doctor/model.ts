/** The words of a diagnosis: checks, and what each of them finds. */

/** `unknown` is a check that could not be made; `moot` one that there is nothing to make of, as of a VPN that is off. */
export type Level = 'good' | 'warning' | 'bad' | 'unknown' | 'moot';

/** What is checked before a deployment, and what once there is one. */
export type Part = 'account' | 'vpn';

export interface Said {
  level: Level;
  says: string;
  /** What to do; null if there is nothing. */
  remedy: string | null;
}

export interface Finding extends Said {
  part: Part;
  name: string;
}

export interface Check {
  part: Part;
  name: string;
  /** Several sayings have names of their own. What is thrown makes it a check that could not be made. */
  run: () => Promise<Said | (Said & { name: string })[]>;
}

export const good = (says: string): Said => ({ level: 'good', says, remedy: null });
export const warning = (says: string, remedy: string): Said => ({ level: 'warning', says, remedy });
export const bad = (says: string, remedy: string): Said => ({ level: 'bad', says, remedy });
export const unknown = (says: string, remedy: string | null = null): Said => ({
  level: 'unknown',
  says,
  remedy,
});

/** Thrown by a check where there is nothing to check. */
export class Moot extends Error {
  override name = 'Moot';
}

/** Thrown by a check that needs what another check has found to be missing. */
export class Unmet extends Error {
  override name = 'Unmet';
}
