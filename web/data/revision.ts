/** When to read anew what the status does not tell: a key per view, another one when there may be news for it. */
import type { Status } from './answers.ts';

/** So often everything is read anew, though nothing seems to have happened. */
const periodMs = 5 * 60_000;

export type Revisions = Record<'journal' | 'prices' | 'ledger' | 'users' | 'schedule', string>;

export function toRevisions({
  at,
  state,
  power,
  server,
  plan,
  incident,
  secrets,
}: Status): Revisions {
  const period = Math.floor(new Date(at).getTime() / periodMs);
  const key = (...parts: unknown[]) => JSON.stringify([period, ...parts]);
  const place = [server?.id, server?.address];
  return {
    journal: key(state, power.wanted, power.why, place, plan, incident, secrets),
    prices: key(state, place),
    ledger: key(),
    users: key(place, secrets),
    schedule: key(power.next?.at),
  };
}
