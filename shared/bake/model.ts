/** The words of baking: how an image comes about, what there is of it so far, and what comes next. */
import type { Policy, Report } from '../core/model.ts';

/** The machine that becomes the image, and the one that is launched from it to see whether it serves. */
export type Part = 'builder' | 'canary';

/** One bake. Times are epoch milliseconds. */
export interface Run {
  /** Like 20261122t050000z, in UTC: part of every name and tag that the bake gives. */
  id: string;
  startedAt: number;
  /** The Debian that it begins with. */
  stockImageId: string;
  /** SHA-256 of the packed folder `image/`. */
  sum: string;
}

export interface Ending {
  runId: string;
  outcome: 'promoted' | 'failed' | 'cancelled';
  why: string;
  at: number;
}

/** What was about to be done, and why. */
export interface BakeEntry {
  at: number;
  why: string;
}

export interface Machine {
  id: string;
  runId: string;
  part: Part;
  state: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';
  launchedAt: number;
}

export interface Image {
  id: string;
  runId: string;
  state: 'pending' | 'available' | 'failed';
  madeAt: number;
  snapshotIds: string[];
}

export interface Snapshot {
  id: string;
  runId: string;
}

/** What a builder says at its end. */
export interface Word {
  machineId: string;
  good: boolean;
  sentence: string;
}

/** Everything that is known before each step. */
export interface Seen {
  now: number;
  /** The latest bake, and how it ended. */
  run: Run | null;
  ending: Ending | null;
  machines: Machine[];
  images: Image[];
  snapshots: Snapshot[];
  words: Word[];
  /** What canaries say of themselves, as servers do. */
  reports: Report[];
  /** The image that people want launched. */
  desiredImageId: string | null;
}

export interface BakePolicy extends Pick<Policy, 'vpn' | 'protocols' | 'types'> {
  /** After so many days an image is baked anew; 0 for never. */
  refreshDays: number;
}

/** One thing to do, with its reason; or to wait for something, or that all is done. */
export type Step =
  | { kind: 'begin'; why: string }
  | { kind: 'launch'; part: Part; run: Run; imageId: string; why: string }
  | { kind: 'make'; run: Run; machineId: string; why: string }
  | { kind: 'promote'; imageId: string; why: string }
  | { kind: 'conclude'; run: Run; outcome: Ending['outcome']; why: string }
  | { kind: 'end'; machineId: string; why: string }
  | { kind: 'deregister'; imageId: string; why: string }
  | { kind: 'delete'; snapshotId: string; why: string }
  | { kind: 'forget'; part: Part; machineId: string; why: string }
  | { kind: 'wait'; why: string }
  | { kind: 'rest'; why: string };
