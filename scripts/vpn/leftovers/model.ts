/** The words of what a VPN has in an account and costs money there, whether it is still of use or not. */

export type Kind =
  | 'spot request'
  | 'instance'
  | 'address'
  | 'volume'
  | 'image'
  | 'snapshot'
  | 'log group';

/** Everything of one VPN that AWS lists, and what the VPN itself has written down. */
export interface Seen {
  /** Whether what "vpn deploy" makes is there, and so somebody who looks after servers. */
  isDeployed: boolean;
  /** The image that people want launched. */
  desiredImageId: string | null;
  /** The bake that is under way. */
  runId: string | null;
  /** Persistent ones, which launch again and again. */
  requests: { id: string; dollarsPerHourMax: number | null; instanceId: string | null }[];
  instances: Instance[];
  addresses: { id: string; address: string; instanceId: string | null }[];
  volumes: { id: string; gigabytes: number; instanceId: string | null }[];
  images: Image[];
  snapshots: { id: string; gigabytes: number; runId: string | null }[];
  logGroups: { name: string; bytes: number }[];
}

interface Instance {
  id: string;
  state: string;
  type: string;
  /** What it costs while it runs; null if nobody knows. */
  dollarsPerHour: number | null;
  address: string | null;
  /** The bake that launched it; null for a server. */
  runId: string | null;
}

interface Image {
  id: string;
  state: string;
  /** Epoch milliseconds. */
  madeAt: number;
  snapshotIds: string[];
  runId: string | null;
  /** False for one that a person has named, and no bake has made: it is theirs. */
  isBaked: boolean;
}

/** One thing, with its price. */
export interface Holding {
  kind: Kind;
  id: string;
  /** What there is to know of it, like `t3.nano, running`. */
  what: string;
  /** Null if nobody knows. */
  dollarsPerMonth: number | null;
  /** What it is there for; null if it is a leftover. */
  use: string | null;
  /** The instance or the image with which it goes by itself, or once that is gone. */
  goesWith: string | null;
}
