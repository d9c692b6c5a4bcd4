/** How long things take in the played world: durations by chance, as they were measured. */
import type { Random } from './random.ts';

/** How long things take, drawn anew each time, in milliseconds. */
export interface Times {
  pendingMs: () => number;
  /** From running to serving; null for a boot that fails. */
  bootMs: () => number | null;
  shuttingDownMs: () => number;
  listLagMs: () => number;
  inSyncMs: () => number;
  /** From running to Systems Manager's knowing it, from a command's sending to its start, and from there to its end. */
  managedMs: () => number;
  deliveryMs: () => number;
  applyMs: () => number;
  /** From a builder's running to its last word, and from an image's making to its use; null for one that fails. */
  bakeMs: () => number;
  imageMs: () => number | null;
  /** Until an instance that an Elastic IP address was taken from gets another address. */
  newAddressMs: () => number;
  /** A write of a parameter keeps other writers of it out for so long. */
  writeMs: () => number;
  /** Until a new role is known to the services that are to act as it. */
  roleMs: () => number;
}

/** By chance of their own, so that a command leaves what EC2 does as it would have been. */
export function managedTimes({
  between,
}: Random): Omit<Times, keyof ReturnType<typeof usualTimes>> {
  return {
    managedMs: () => between(10_000, 60_000),
    deliveryMs: () => between(400, 900),
    applyMs: () => between(500, 3_000),
    bakeMs: () => between(4 * 60_000, 8 * 60_000),
    imageMs: () => between(2 * 60_000, 6 * 60_000),
    newAddressMs: () => between(5_000, 90_000),
    writeMs: () => 0,
    roleMs: () => between(4_000, 15_000),
  };
}

/** Measured on AWS and in a VM: see docs/decisions.md. */
export function usualTimes({ between }: Random) {
  return {
    pendingMs: () => between(8_000, 20_000),
    bootMs: () => between(25_000, 55_000),
    shuttingDownMs: () => between(20_000, 40_000),
    listLagMs: () => between(0, 10_000),
    inSyncMs: () => between(10_000, 45_000),
  };
}
