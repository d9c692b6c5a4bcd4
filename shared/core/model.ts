/** The words of Perennial: what people want, and what is there. */
import type { Memory } from './remembered.ts';
import type { Secrets } from './users.ts';

export type Market = 'spot' | 'on-demand';
export type Protocol = 'pptp' | 'wireguard';

/** Where a server can live: an instance type in a zone. Zone `null` leaves the choice to EC2. */
export interface Pool {
  type: string;
  zone: string | null;
}

export type Power = 'on' | 'off';
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** When the VPN is on each week, in local time: windows like 08:00 to 18:00 on some days. */
export interface Schedule {
  /** As the IANA has it: Europe/Berlin. */
  timeZone: string;
  on: { days: Weekday[]; from: string; to: string }[];
}

/** What people want. Only people (through the API or the CLI) change it. Times are epoch milliseconds. */
export interface Desired {
  /** Turned on or off by hand, at that time; `until` is when it turns the other way by itself. */
  power: Power;
  at: number;
  until: number | null;
  /** While it is on: after so many minutes in which nobody used it it turns off. */
  idleMinutes: number | null;
  schedule: Schedule | null;
  /** When somebody asked for a drill: the server is then taken as AWS would take it. */
  drillAt: number | null;
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

/** An Elastic IP address of this VPN, and the server that has it. */
export interface Address {
  id: string;
  address: string;
  serverId: string | null;
}

/** What a server says of itself. `at` is when Parameter Store got it: servers' own clocks may be wrong. */
export interface Report {
  serverId: string;
  at: number;
  /** Whether each protocol really answers on the server. */
  serving: Partial<Record<Protocol, boolean>>;
  /** How many people are connected just now, and for how long nobody has been, as it says; null if unknown. */
  sessions: number;
  idleMs: number | null;
  /** Who they are, if it says so. */
  who?: Session[];
  applied: Versions;
  /** When AWS takes it, and since when it is likelier to, as the server has it from its own metadata; or null. */
  noticeAt: number | null;
  rebalanceAt: number | null;
  /** What keeps it from serving, in its own words, or null. */
  problem: string | null;
  /** How WireGuard's clients came over from the server that had the address before. */
  handover?: Handover;
}

/** `gapMs` is how long the slowest of those who answered missed a server; null if nobody did. */
export interface Handover {
  at: number;
  from: string | null;
  clients: number;
  answered: number;
  gapMs: number | null;
}

/** Somebody who is connected; `bytes` went either way since then. */
export interface Session {
  user: string;
  protocol: Protocol;
  since: number;
  bytes: number;
}

/** Secrets by name, each with its version in Parameter Store. */
export interface Versions {
  users: Record<string, number>;
  keys: Record<string, number>;
}

/** The spot price of a pool, in dollars an hour. */
export interface PoolPrice {
  pool: { type: string; zone: string };
  perHour: number;
  /** The highest that it was within `priceWindowMs`. */
  peak: number;
}

/** AWS recommends to move away, or has announced that it will reboot, stop or retire the server. */
export type RiskCause = 'rebalance' | 'maintenance';

/** Something that carries our tag, serves nobody, and costs money or will. */
export interface Stray {
  kind: 'spot-request' | 'volume' | 'address';
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
  /** By the day of the month, like 07: the hours that the VPN was wanted, and those of them without it. */
  days: Record<string, { wanted: number; out: number }>;
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
  /** Null if EC2 did not tell, or was not asked, since the VPN has none. */
  addresses: Address[] | null;
  /** Null if EC2 did not tell its spot prices. */
  prices: PoolPrice[] | null;
  /** Null if Parameter Store did not list them. */
  secrets: Secrets | null;
  /** Servers whose report is late and whose status checks fail. */
  impaired: string[];
  /** Looked for now and then only. */
  strays: Stray[];
  ledger: Ledger | null;
  memory: Memory;
}

/** What the person who deployed has chosen. Dollars are per hour. */
export interface Policy {
  vpn: string;
  /** The most that spot may cost. */
  cap: number;
  /** Instance types that may serve, each with its on-demand price in this region. */
  types: { type: string; onDemand: number }[];
  protocols: Protocol[];
  /** Whether the VPN has an address of its own, which moves from server to server, or each server has its own. */
  address: 'elastic' | 'dynamic';
  /** The most that servers on demand may cost in a month; above it none is launched. */
  onDemandDollarsMax: number;
  /** After so many days each user gets a new password; 0 for never. */
  rotateDays: number;
  /** How long the old password counts after such a rotation. */
  oldPasswordMinutes: number;
}
