/** What the journal remembers, each part as a fact of its own. Times are epoch milliseconds. */
import type { Market, Pool, RiskCause } from './model.ts';

/** A server that AWS has said it will take, and when. */
interface Doom {
  serverId: string;
  /** When the server is expected to be gone, epoch milliseconds. */
  endsAt: number;
}

/** A server that may be taken, or will be at a time still far off: to be replaced in peace. */
interface Risk {
  at: number;
  serverId: string;
  cause: RiskCause;
}

/** A launch that EC2 took. */
interface Launch {
  at: number;
  serverId: string;
  generation: number;
  market: Market;
  pool: Pool;
}

/** Part of the market that is left alone for a while. What is not named is not limited: `{}` is all of it. */
export interface Hold {
  market?: Market;
  type?: string;
  zone?: string | null;
  until: number;
  /** The AWS error code, or our own word, that closed it. */
  code: string;
  /** How often it was closed for that in a row: each time for longer. */
  times: number;
}

/** Something that went wrong with the server that the name points to, until another serves. */
interface Incident {
  at: number;
  serverId: string;
  /** When that server was last known to serve, once it no longer does: from then on it is an outage. */
  lostAt: number | null;
}

/** A server that lacks today's secrets, and what was done about it. */
export interface Refresh {
  serverId: string;
  /** When it was last told to take them, how often in a row, and when for the first time. */
  at: number;
  times: number;
  since: number;
  /** Which secrets: the print of their versions. */
  wanted: number;
  /** Whether it is known that the last time was in vain. */
  failed: boolean;
}

/** What the journal remembers beyond its entries: a fold over all of them, pruned by age. */
export interface Memory {
  /** The newest launch's generation. */
  generation: number;
  /** Refusals since the newest launch: makes the next client token a new one. */
  attempt: number;
  launches: Launch[];
  dooms: Doom[];
  /** The last drill: asked for at that time, on that server, which is ended then. */
  drill: (Doom & { askedAt: number }) | null;
  /** When it was last turned off since nobody used it. */
  idledAt: number | null;
  risks: Risk[];
  /** Servers known to have ended or asked to end, whatever EC2's list still says. */
  ended: { at: number; serverId: string; explained: boolean }[];
  /** Times of the interruptions, and of the launches that nothing but our own wish asked for, within a day. */
  interruptions: number[];
  moves: number[];
  holds: Hold[];
  /** Where the name was last moved, when, and which server it last pointed to while the VPN was on. */
  named: { at: number; address: string; serverId: string | null } | null;
  /** When an Elastic IP address was last asked for, which one came, and until when none can be had. */
  allocatingAt: number | null;
  allocated: { at: number; id: string; address: string } | null;
  unallocatedUntil: number | null;
  /** To which server it was last moved, and from which. */
  moved: { at: number; id: string; address: string; serverId: string; from: string | null } | null;
  released: { at: number; id: string }[];
  /** The last handover that was told. */
  handed: { at: number; serverId: string } | null;
  incident: Incident | null;
  refreshes: Refresh[];
  /** What keeps us from launching, as last told. */
  stuck: string | null;
}
