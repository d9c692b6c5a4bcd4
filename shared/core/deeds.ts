/** What the loop may do, and what the journal says: each with its reason in a sentence for people. */

import type { Market, Pool, RiskCause, Stray } from './model.ts';
import type { User } from './users.ts';

/** How WireGuard's clients came over: when the server says that they began to, how many, and how long it took. */
interface Gap {
  handoverAt: number;
  clients: number;
  answered: number;
  gapMs: number | null;
}

/** One thing to do, with the reason in a sentence for people. */
export type Action = { why: string } & (
  | {
      kind: 'launch';
      market: Market;
      pool: Pool;
      imageId: string;
      /** Dollars an hour; null where a limit would only add interruptions. */
      maxPrice: number | null;
      /** What the pool is expected to cost, dollars an hour; null if prices are unknown. */
      perHour: number | null;
      generation: number;
      attempt: number;
      /** Whether it replaces a server that could stay: such moves are limited. */
      planned: boolean;
    }
  | { kind: 'point'; serverId: string; address: string }
  /** `serverId`: the server that the name pointed to last, if it is still wanted. */
  | { kind: 'park'; serverId: string | null }
  | { kind: 'allocate' }
  /** The address to that server; `from` is the one that clients were sent to last. */
  | { kind: 'move'; addressId: string; address: string; serverId: string; from: string | null }
  | { kind: 'release'; addressId: string; address: string }
  | ({ kind: 'handed'; serverId: string } & Gap)
  | { kind: 'retire'; serverId: string }
  | { kind: 'forget'; serverId: string }
  | { kind: 'remove'; stray: Stray }
  | { kind: 'stuck' }
  | { kind: 'incident'; serverId: string; lostAt: number | null }
  | { kind: 'recovered'; serverId: string | null; outageMs: number; gapMs: number | null }
  /** Makes the key by which clients know the server, whichever server it is. */
  | { kind: 'generate' }
  | { kind: 'rotate'; user: User }
  | { kind: 'expire'; user: User }
  /** Tells a server to take today's secrets; `wanted` is the print of their versions. */
  | { kind: 'refresh'; serverId: string; wanted: number }
  | { kind: 'refreshed'; serverId: string }
  /** Turns the VPN off: nobody uses it. */
  | { kind: 'idle' }
  | { kind: 'drill'; serverId: string; endsAt: number; askedAt: number }
);

/** One line of the journal: something learnt, decided or done. `at` in epoch milliseconds. */
export type Entry = { at: number; why: string } & (
  | { kind: 'doomed'; serverId: string; endsAt: number; market: Market; pool: Pool }
  | { kind: 'risky'; serverId: string; cause: RiskCause }
  /** `taken` says from which pool, if AWS took it; `explained` whether EC2 has said why it ended. */
  | {
      kind: 'ended';
      serverId: string;
      taken: { market: Market; pool: Pool } | null;
      explained: boolean;
    }
  | { kind: 'launching'; market: Market; pool: Pool; generation: number; attempt: number }
  | {
      kind: 'launched';
      serverId: string;
      market: Market;
      pool: Pool;
      generation: number;
      planned: boolean;
      /** What it was expected to cost, dollars an hour; left out if prices were unknown. */
      perHour?: number;
    }
  | {
      kind: 'refused';
      market: Market;
      pool: Pool;
      generation: number;
      attempt: number;
      code: string;
    }
  | { kind: 'pointing'; serverId: string; address: string }
  | { kind: 'parking'; serverId: string | null }
  | { kind: 'allocating' }
  | { kind: 'allocated'; addressId: string; address: string }
  /** None could be had; asked for again at `until`. */
  | { kind: 'unallocated'; code: string; until: number }
  | { kind: 'moving'; addressId: string; address: string; serverId: string; from: string | null }
  | { kind: 'releasing'; addressId: string; address: string }
  | ({ kind: 'handed'; serverId: string } & Gap)
  | { kind: 'retiring'; serverId: string }
  | { kind: 'removing'; stray: Stray }
  | { kind: 'stuck' }
  | { kind: 'incident'; serverId: string; lostAt: number | null }
  /** `gapMs` is what WireGuard's clients missed, the outage included, where it was measured. */
  | { kind: 'recovered'; serverId: string | null; outageMs: number; gapMs?: number }
  | { kind: 'generating' }
  | { kind: 'rotating' | 'expiring'; user: string }
  | { kind: 'refreshing'; serverId: string; wanted: number }
  /** It could not be told, or could not do it. */
  | { kind: 'unrefreshed'; serverId: string }
  | { kind: 'refreshed'; serverId: string }
  | { kind: 'idling' }
  | { kind: 'drilling'; serverId: string; endsAt: number; askedAt: number }
);
