/** What the HTTP API needs of the world beside what the loop does, in our own words. */
import type { Attempts } from './core/attempts.ts';
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
