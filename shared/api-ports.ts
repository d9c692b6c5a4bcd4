/** What the HTTP API needs of the world beside what the loop does, in our own words. */
import type { Attempts } from './core/attempts.ts';
import type { Entry } from './core/deeds.ts';
import type { Desired, Ledger } from './core/model.ts';
import type { Ports, Versioned } from './ports.ts';

/** What was asked with an Idempotency-Key, as a hash. */
export interface DoneRequest {
  /** Epoch milliseconds. */
  at: number;
  asked: string;
  done: boolean;
}

/** The API's token, which is kept as a salted hash only. */
export interface TokenHash {
  salt: string;
  hash: string;
}

/** What the HTTP API needs for itself. */
export interface AccessPorts {
  now: Ports['now'];
  access: {
    /** Who may come in, and who has tried to in vain. */
    read: () => Promise<{ token: TokenHash | null; attempts: Attempts | null }>;
    writeAttempts: (attempts: Attempts) => Promise<void>;
  };
  requests: {
    /** Null if it is ours now, else what stands there. */
    claim: (id: string, request: DoneRequest) => Promise<Versioned<DoneRequest> | null>;
    /** Answers the version that it got. */
    write: (id: string, request: DoneRequest) => Promise<number>;
    remove: (id: string) => Promise<void>;
    /** Removes what is older. */
    sweep: (before: number) => Promise<void>;
  };
}

/** What the slash command of Slack needs. */
export interface SlackPorts {
  slack: {
    /** What Slack signs its requests with; null if nobody has told us. */
    signingSecret: () => Promise<string | null>;
  };
}

/** What is desired as it was written once, and on top of which version that was. */
export interface Wish extends Versioned<Desired> {
  base: number;
}

/** What people change what is desired by. */
export interface WishPorts {
  now: Ports['now'];
  wishes: {
    /** As it was written under that version; null for what stands. */
    read: (version: number | null) => Promise<Wish>;
    /** Answers the version that it got, or null if another write was under way. */
    write: (desired: Desired, base: number) => Promise<number | null>;
  };
}

/** A price that held from then on. */
export interface PricePoint {
  pool: { type: string; zone: string };
  at: number;
  perHour: number;
}

/** What was. */
export interface PastPorts {
  past: {
    /** Each pool's first is the one that held at `from`; the oldest first. */
    prices: (types: string[], from: number, to: number) => Promise<PricePoint[]>;
    /** All that Parameter Store still knows of the journal, the oldest first. */
    entries: () => Promise<Entry[]>;
    /** A finished month's, or null. */
    ledger: (month: string) => Promise<Ledger | null>;
  };
}
