/** What the API answers, as the page reads it: the schemas of /openapi.json in TypeScript. Times are ISO texts. */

export type StateWord = 'serving' | 'starting' | 'recovering' | 'stopping' | 'off' | 'stuck';
export type Power = 'on' | 'off';
export type Market = 'spot' | 'on-demand';

export interface Status {
  vpn: string;
  name: string;
  protocols: ('pptp' | 'wireguard')[];
  at: string;
  state: StateWord;
  power: {
    wanted: Power;
    why: string;
    next: { at: string; power: Power; why: string } | null;
    until: string | null;
    idleMinutes: number | null;
  };
  server: Server | null;
  sessions: number;
  who: Session[];
  secrets: { current: boolean; lacking: string[] };
  incident: { since: string; serverId: string; lost: boolean } | null;
  lastIncident: Incident | null;
  month: { month: string; dollars: number; saving: number } | null;
  plan: string[];
  cap: number;
  onDemand: number;
  unread: string[];
}

interface Server {
  id: string;
  market: Market;
  type: string;
  zone: string | null;
  address: string | null;
  since: string;
  dollarsPerHour: number | null;
  serving: boolean;
}

export interface Session {
  user: string;
  protocol: 'pptp' | 'wireguard';
  since: string;
  bytes: number;
}

export interface Schedule {
  timeZone: string;
  on: { days: Day[]; from: string; to: string }[];
}

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];

export interface PricePool {
  type: string;
  zone: string;
  onDemand: number;
  /** Epoch milliseconds, and dollars an hour from then on. */
  points: [number, number][];
}

export interface Prices {
  cap: number;
  from: string;
  to: string;
  pools: PricePool[];
  /** Where the name moved; nulls where it was parked. */
  moves: { at: string; market: Market | null; type: string | null; zone: string | null }[];
}

export interface Entry {
  at: string;
  kind: string;
  why: string;
}

export interface Incident {
  at: string;
  serverId: string;
  why: string;
  /** Null while it goes on; `gapMs` is what WireGuard's clients missed, if anybody measured it. */
  end: { at: string; serverId: string | null; outageSeconds: number; gapMs: number | null } | null;
}

export interface Journal {
  /** The newest first. */
  entries: Entry[];
  before: string | null;
  /** The last ten, the newest first. */
  incidents: Incident[];
}

interface Amount {
  hours: number;
  dollars: number;
}

export interface Ledger {
  month: string;
  until: string;
  spot: Amount;
  onDemand: Amount;
  address: Amount;
  disk: Amount;
  alwaysOnDemand: Amount;
  /** By the day of the month, in hours. */
  days: Record<string, { wanted: number; out: number }>;
  dollars: number;
  saving: number;
}

export interface User {
  name: string;
  version: number;
  rotated: string;
  expires: string | null;
  publicKey: string | null;
  address: string | null;
  ownKey: boolean;
  grace: { version: number; until: string } | null;
  applied: boolean;
}

/** New secrets of a user, shown this once. */
export interface Shown {
  user: string;
  version: number;
  password: string;
  wireguard: {
    privateKey: string | null;
    presharedKey: string;
    address: string;
    serverPublicKey: string;
    config: string;
  } | null;
}

export interface Profile {
  user: string;
  system: string;
  steps: string[];
  files: { name: string; protocol: 'pptp' | 'wireguard'; mediaType: string; content: string }[];
}
