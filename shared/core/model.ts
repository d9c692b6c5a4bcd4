/** The words of Perennial: what people want, what is there, and what the loop may do about it. */

export type Market = 'spot' | 'on-demand';
export type Protocol = 'pptp' | 'wireguard';

/** Where a server can live: an instance type in a zone. Zone `null` leaves the choice to EC2. */
export interface Pool {
  type: string;
  zone: string | null;
}

/** What people want. Only people (through the API or the CLI) change it. */
export interface Desired {
  power: 'on' | 'off';
  /** The AMI to launch, or null while none was baked. */
  imageId: string | null;
}

type ServerState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

/** One EC2 instance of this VPN. Times are epoch milliseconds. */
export interface Server {
  id: string;
  state: ServerState;
  market: Market;
  pool: Pool;
  /** Public IPv4 address; null before EC2 has given one and after it has taken it back. */
  address: string | null;
  launchedAt: number;
  /** Counts launches; 0 for a server that somebody started by hand. */
  generation: number;
}

/** What a server says of itself. `at` is when Parameter Store got it: servers' own clocks may be wrong. */
export interface Report {
  serverId: string;
  at: number;
  /** Whether each protocol really answers on the server. */
  serving: Partial<Record<Protocol, boolean>>;
}

/** The current spot price of a pool, in dollars an hour. */
export interface PoolPrice {
  pool: { type: string; zone: string };
  perHour: number;
}

/** Everything one pass of the loop knows. What could not be read, but can be done without, is null. */
export interface Observed {
  now: number;
  desired: Desired;
  /** Every instance tagged as ours that EC2 still lists, ended ones too. */
  servers: Server[];
  reports: Report[];
  /** Where the name points; `address: null` while there is no record. Null if Route 53 did not answer. */
  name: { address: string | null } | null;
  /** Null if EC2 did not tell its spot prices. */
  prices: PoolPrice[] | null;
  memory: Memory;
}

/** A server that AWS has said it will take, and when. */
interface Doom {
  serverId: string;
  /** When the server is expected to be gone, epoch milliseconds. */
  endsAt: number;
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
}

/** What the journal remembers beyond its entries: a fold over all of them, pruned by age. */
export interface Memory {
  /** The newest launch's generation. */
  generation: number;
  /** Refusals since the newest launch: makes the next client token a new one. */
  attempt: number;
  launches: Launch[];
  dooms: Doom[];
  /** Servers known to have ended or asked to end, whatever EC2's list still says. */
  ended: { at: number; serverId: string }[];
  holds: Hold[];
  /** Where the name was last moved, and when. */
  named: { at: number; address: string } | null;
  /** What keeps us from launching, as last told. */
  stuck: string | null;
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
    }
  | { kind: 'point'; serverId: string; address: string }
  | { kind: 'park' }
  | { kind: 'retire'; serverId: string }
  | { kind: 'forget'; serverId: string }
  | { kind: 'stuck' }
);

/** One line of the journal: something learnt, decided or done. `at` in epoch milliseconds. */
export type Entry = { at: number; why: string } & (
  | { kind: 'doomed'; serverId: string; endsAt: number; market: Market; pool: Pool }
  | { kind: 'ended'; serverId: string }
  | { kind: 'launching'; market: Market; pool: Pool; generation: number; attempt: number }
  | {
      kind: 'launched';
      serverId: string;
      market: Market;
      pool: Pool;
      generation: number;
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
  | { kind: 'parking' }
  | { kind: 'retiring'; serverId: string }
  | { kind: 'stuck' }
);

/** What the person who deployed has chosen. Dollars are per hour. */
export interface Policy {
  vpn: string;
  /** The most that spot may cost. */
  cap: number;
  /** Instance types that may serve, each with its on-demand price in this region. */
  types: { type: string; onDemand: number }[];
  protocols: Protocol[];
}
