/**
 * What is worth a message. Messages are made of these fields and nothing else: all of them are in the journal, which
 * is public to whoever may read the VPN's state, or in the count of wrong tokens; none of them can hold a secret.
 */
import type { Market, Pool } from '../core/model.ts';

/** A server as far as the journal has told of it. */
export interface Place {
  serverId: string;
  market: Market | null;
  pool: Pool | null;
  address: string | null;
  /** Dollars an hour when it was launched. */
  perHour: number | null;
}

/** Why a server no longer serves. Times are epoch milliseconds. */
export type Cause =
  | { kind: 'notice'; endsAt: number }
  | { kind: 'taken' }
  | { kind: 'gone'; why: string }
  | { kind: 'drill'; endsAt: number }
  | { kind: 'silent'; since: number }
  /** It runs, but can't be kept. */
  | { kind: 'unfit'; why: string };

/** `id` is the same whoever reads it from the journal, and however often. */
export type News = { id: string; at: number } & (
  | { kind: 'incident'; lost: Place; cause: Cause; launching: string | null }
  /** `now` is the server that serves, or null if the VPN was turned off before one did. */
  | {
      kind: 'recovered';
      lost: Place;
      now: Place | null;
      outageMs: number;
      /** What WireGuard's clients missed, where it was measured. */
      gapMs: number | null;
      isDrill: boolean;
    }
  | { kind: 'moved'; from: Place; to: Place }
  | { kind: 'on'; to: Place }
  | { kind: 'off'; why: string | null }
  | { kind: 'stuck'; why: string }
  | { kind: 'free'; to: Place }
  | { kind: 'unrefreshed'; place: Place; why: string }
  /** `gone`: the server never took its secrets, and has ended. */
  | { kind: 'refreshed'; place: Place; gone: boolean }
  /** `from` are addresses, the latest first; not all of them, if there are many. */
  | { kind: 'guessed'; since: number; count: number; from: string[] }
);

/** A name for a parameter: in the order of time, without what Parameter Store does not take. */
export function toId(at: number, kind: News['kind']): string {
  return `${new Date(at).toISOString().replaceAll(':', '.')}-${kind}`;
}
