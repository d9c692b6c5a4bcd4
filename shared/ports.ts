/** What the loop needs of the world, in our own words. Adapters give it; `local/` plays it. */
import type { Attempts } from './core/attempts.ts';
import type { Journal } from './core/journal.ts';
import type {
  Desired,
  Ledger,
  Market,
  Pool,
  PoolPrice,
  Report,
  Server,
  Stray,
} from './core/model.ts';

export interface LaunchRequest {
  /** The same token gives the same server, however often it is asked. */
  token: string;
  generation: number;
  market: Market;
  pool: Pool;
  imageId: string;
  /** Dollars an hour, spot only. */
  maxPrice: number | null;
}

/** EC2 took the launch, or refused it with a code (a row of `core/refusals.ts`). */
export type LaunchAnswer =
  | { kind: 'launched'; server: Server }
  | { kind: 'refused'; code: string; message: string };

/** A document with the version under which the store keeps it; version 0 is "not there yet". */
export interface Versioned<T> {
  value: T;
  version: number;
}

interface State {
  desired: Desired;
  reports: Report[];
  journal: Versioned<Journal>;
  ledger: Ledger | null;
}

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

export interface Ports {
  /** Epoch milliseconds. */
  now: () => number;
  servers: {
    /** Every instance tagged as this VPN's that EC2 lists. */
    list: () => Promise<Server[]>;
    launch: (request: LaunchRequest) => Promise<LaunchAnswer>;
    /** Ends a server; one that has already ended is no error. */
    terminate: (serverId: string) => Promise<void>;
    /** Which of these fail EC2's status checks. */
    impaired: (serverIds: string[]) => Promise<string[]>;
    /** The spot price of every pool of these types: now, and its peak of late. */
    prices: (types: string[], now: number) => Promise<PoolPrice[]>;
  };
  state: {
    read: () => Promise<State>;
    /** The journal as it was written under that version; null for the one that stands. */
    readJournal: (version: number | null) => Promise<Versioned<Journal>>;
    /** Writes the journal; answers the version that it got, or null if another write was under way. */
    writeJournal: (journal: Journal) => Promise<number | null>;
    /** Writes the month's ledger; `finished` is last month's, which gets a place of its own. */
    writeLedger: (current: Ledger, finished: Ledger | null) => Promise<void>;
    /** Removes the report of a server that is gone. */
    forget: (serverId: string) => Promise<void>;
  };
  strays: {
    list: () => Promise<Stray[]>;
    remove: (stray: Stray) => Promise<void>;
  };
  name: {
    /** Where the name points, or null while there is no record. */
    read: () => Promise<string | null>;
    point: (address: string) => Promise<void>;
  };
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
