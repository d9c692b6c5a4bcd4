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
  /** Why it is no longer running, in EC2's code, like Server.SpotInstanceTermination; null while it runs. */
  stateReason: string | null;
  market: Market;
  pool: Pool;
  imageId: string | null;
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
  /** How many people are connected just now. */
  sessions: number;
}

/** The spot price of a pool, in dollars an hour. */
export interface PoolPrice {
  pool: { type: string; zone: string };
  perHour: number;
  /** The highest that it was within `priceWindowMs`. */
  peak: number;
}

/** Something that carries our tag, serves nobody, and costs money or will. */
export interface Stray {
  kind: 'spot-request' | 'volume';
  id: string;
}

/** Hours and dollars of a month, so far. */
export interface Amount {
  hours: number;
  dollars: number;
}

/** What a month has cost, as far as the loop saw it. `until` (epoch milliseconds) is how far it is counted. */
export interface Ledger {
  /** Like 2026-11, in UTC. */
  month: string;
  until: number;
  spot: Amount;
  onDemand: Amount;
  /** The public IPv4 addresses, and the disks. */
  address: Amount;
  disk: Amount;
  /** What one server, always on demand, would have cost while the VPN was wanted: with its address and disk. */
  alwaysOnDemand: Amount;
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
  /** Servers whose report is late and whose status checks fail. */
  impaired: string[];
  /** Looked for now and then only. */
  strays: Stray[];
  ledger: Ledger | null;
  memory: Memory;
}

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

/** AWS recommends to move away, or has announced that it will reboot, stop or retire the server. */
export type RiskCause = 'rebalance' | 'maintenance';

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

/** What the journal remembers beyond its entries: a fold over all of them, pruned by age. */
export interface Memory {
  /** The newest launch's generation. */
  generation: number;
  /** Refusals since the newest launch: makes the next client token a new one. */
  attempt: number;
  launches: Launch[];
  dooms: Doom[];
  risks: Risk[];
  /** Servers known to have ended or asked to end, whatever EC2's list still says. */
  ended: { at: number; serverId: string; explained: boolean }[];
  /** Times of the interruptions, and of the launches that nothing but our own wish asked for, within a day. */
  interruptions: number[];
  moves: number[];
  holds: Hold[];
  /** Where the name was last moved, when, and which server it last pointed to while the VPN was on. */
  named: { at: number; address: string; serverId: string | null } | null;
  incident: Incident | null;
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
      /** Whether it replaces a server that could stay: such moves are limited. */
      planned: boolean;
    }
  | { kind: 'point'; serverId: string; address: string }
  /** `serverId`: the server that the name pointed to last, if it is still wanted. */
  | { kind: 'park'; serverId: string | null }
  | { kind: 'retire'; serverId: string }
  | { kind: 'forget'; serverId: string }
  | { kind: 'remove'; stray: Stray }
  | { kind: 'stuck' }
  | { kind: 'incident'; serverId: string; lostAt: number | null }
  | { kind: 'recovered'; serverId: string | null; outageMs: number }
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
  | { kind: 'retiring'; serverId: string }
  | { kind: 'removing'; stray: Stray }
  | { kind: 'stuck' }
  | { kind: 'incident'; serverId: string; lostAt: number | null }
  | { kind: 'recovered'; serverId: string | null; outageMs: number }
);

/** What the person who deployed has chosen. Dollars are per hour. */
export interface Policy {
  vpn: string;
  /** The most that spot may cost. */
  cap: number;
  /** Instance types that may serve, each with its on-demand price in this region. */
  types: { type: string; onDemand: number }[];
  protocols: Protocol[];
  /** The most that servers on demand may cost in a month; above it none is launched. */
  onDemandDollarsMax: number;
}
