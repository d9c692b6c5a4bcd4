/** What dynamic DNS needs of the world, in our own words. */
import type { Address } from './address.ts';
import type { Credential } from './credential.ts';
import type { Memory } from './memory.ts';

/** What is known of a host: who may change it, and what happened of late. */
interface Known {
  credential: Credential | null;
  memory: Memory;
}

/** What a name points to; null where there is no record. Of more than one address, and of an alias, some other text. */
export type Records = Record<Address['type'], string | null>;

/** For the function. */
export interface UpdatePorts {
  /** Epoch milliseconds. */
  now: () => number;
  hosts: {
    read: (host: string, now: number) => Promise<Known>;
    /** Of two writes at once one may be lost: the bounds need not be exact. */
    remember: (host: string, memory: Memory) => Promise<void>;
  };
  records: {
    read: (host: string) => Promise<Records>;
    /** False if the zone does not take such a record. */
    write: (host: string, addresses: Address[]) => Promise<boolean>;
  };
}

/** For people, by way of the CLI or the API. */
export interface HostPorts {
  /** Null for credentials that can't be read. */
  list: () => Promise<{ host: string; credential: Credential | null }[]>;
  write: (host: string, credential: Credential) => Promise<void>;
  /** False if there was none. */
  remove: (host: string) => Promise<boolean>;
}
