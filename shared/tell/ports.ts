/** What the telling needs of the world, in our own words. */
import type { Attempts } from '../core/attempts.ts';
import type { Journal } from '../core/journal.ts';
import type { Ledger } from '../core/model.ts';
import type { Versioned } from '../ports.ts';
import type { Bookmark, Try } from './documents.ts';
import type { SlackMessage } from './message.ts';
import type { Webhook } from './webhook.ts';

export interface Desk {
  bookmark: Bookmark | null;
  /** As it stands; read after the bookmark, and so never older, unless somebody began it anew. */
  journal: Versioned<Journal>;
  ledger: Ledger | null;
  /** Wrong tokens of late. */
  attempts: Attempts | null;
  /** Null while nobody wants to be told. */
  webhook: Webhook | null;
}

/** What became of a message: the receiver has it, may take it later, or never will. */
export type Delivery =
  | { kind: 'taken' }
  /** `afterMs` is how long the receiver asks to be left alone. */
  | { kind: 'later'; why: string; afterMs: number | null }
  | { kind: 'refused'; why: string };

export interface TellPorts {
  /** Epoch milliseconds. */
  now: () => number;
  read: () => Promise<Desk>;
  /** The journal as it was written under that version; null if its history no longer has it. */
  readJournal: (version: number) => Promise<Journal | null>;
  saveBookmark: (bookmark: Bookmark) => Promise<void>;
  /** All tries to send that message, the first one first. */
  tries: (messageId: string) => Promise<Try[]>;
  /** Makes the `number`-th try this caller's own; false if it is somebody else's. */
  claim: (messageId: string, number: number, at: number) => Promise<boolean>;
  /** Says how a try ended that was this caller's own. */
  settle: (messageId: string, number: number, outcome: Try) => Promise<void>;
  /** Forgets tries of messages from before that time. */
  forget: (before: number) => Promise<void>;
  /** Never rejects: what goes wrong is an answer. */
  send: (webhook: Webhook, message: SlackMessage) => Promise<Delivery>;
}
