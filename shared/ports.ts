/** What the loop needs of the world, in our own words. Adapters give it; `local/` plays it. */
import type { Journal } from './core/journal.ts';
import type {
  Address,
  Desired,
  Ledger,
  Market,
  Pool,
  PoolPrice,
  Report,
  Server,
  Stray,
} from './core/model.ts';
import type { Secrets } from './core/users.ts';

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

export interface State {
  desired: Desired;
  reports: Report[];
  journal: Versioned<Journal>;
  ledger: Ledger | null;
}

/** What a server reads of a user to let them in. */
export interface StoredSecret {
  password: string;
  /** WireGuard's, in base64. */
  presharedKey: string | null;
  publicKey: string | null;
  address: string | null;
  old: { version: number; until: number } | null;
}

/** With what only the list of users tells. Times are epoch milliseconds. */
export interface UserSecret extends StoredSecret {
  ownKey: boolean;
  rotatedAt: number;
  expiresAt: number | null;
}

/** A tunnel address, and whose it is. */
interface Claim {
  address: string;
  user: string;
}

/** Systems Manager took the command, or refused it with a code. */
type CommandAnswer =
  | { kind: 'sent'; commandId: string }
  | { kind: 'refused'; code: string; message: string };

/** EC2 gave an address, or refused with a code. */
type AllocateAnswer =
  | { kind: 'allocated'; address: Address }
  | { kind: 'refused'; code: string; message: string };

/** What servers are told of a move of the address before it is made: `from` has had it, if anybody. */
interface Move {
  address: string;
  from: string | null;
  to: string;
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
    /** Tells the servers that the address is about to move. */
    announce: (move: Move) => Promise<void>;
    /** Removes the report of a server that is gone. */
    forget: (serverId: string) => Promise<void>;
  };
  secrets: {
    list: () => Promise<Secrets>;
    /** Answers the version; null if there is such a user already. */
    create: (name: string, secret: UserSecret) => Promise<number | null>;
    /** Answers the new version; null if there is no such user (any more): nobody comes back by it. */
    replace: (name: string, secret: UserSecret) => Promise<number | null>;
    /** Answers false if there was none. */
    remove: (name: string) => Promise<boolean>;
    /** The secret itself, the newest or of that version; null if there is none. */
    read: (name: string, version?: number) => Promise<StoredSecret | null>;
    /** Answers false if there is one: it is never replaced, since all clients know it. */
    createServerKey: (privateKey: string, publicKey: string) => Promise<boolean>;
    claims: () => Promise<Claim[]>;
    /** Answers who has the address now: that user, or another who was earlier. */
    claim: (address: string, user: string) => Promise<string>;
    release: (address: string) => Promise<void>;
  };
  commands: {
    /** Has a server pull and apply the secrets of now; its report says when it has. */
    applySecrets: (serverId: string) => Promise<CommandAnswer>;
  };
  addresses: {
    /** The Elastic IP addresses tagged as this VPN's. */
    list: () => Promise<Address[]>;
    allocate: () => Promise<AllocateAnswer>;
    /** From whichever server has it. Answers false if there is no such address, or no such server that runs. */
    move: (addressId: string, serverId: string) => Promise<boolean>;
    /** Gives it back for good; one that is not there is no error. */
    release: (addressId: string) => Promise<void>;
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

/** What can be looked at without changing anything. */
export interface LookPorts {
  now: Ports['now'];
  servers: Pick<Ports['servers'], 'list' | 'prices' | 'impaired'>;
  state: Pick<Ports['state'], 'read'>;
  name: Pick<Ports['name'], 'read'>;
  addresses: Pick<Ports['addresses'], 'list'>;
  secrets: Pick<Ports['secrets'], 'list'>;
}
