/** Sums up many stories. */
import { add, type Cost, nothing } from '../../local/billing.ts';
import type { Outcome } from '../../test/sim/simulation.ts';

/** Milliseconds, dollars, counts. */
export interface Totals {
  stories: number;
  hours: number;
  wantedMs: number;
  outageMs: number;
  longestOutageMs: number;
  interruptions: number;
  launches: number;
  passes: number;
  moves: number;
  movesInADay: number;
  /** How often the VPN's address moved, and the longest time that WireGuard's clients missed a server. */
  addressMoves: number;
  longestGapMs: number;
  /** The same where the server that had the address served until it moved. */
  longestHandedMs: number;
  spot: Cost;
  onDemand: Cost;
  alwaysOnDemand: Cost;
  persistent: { wantedMs: number; upMs: number; cost: Cost };
}

export const noTotals: Totals = {
  stories: 0,
  hours: 0,
  wantedMs: 0,
  outageMs: 0,
  longestOutageMs: 0,
  interruptions: 0,
  launches: 0,
  passes: 0,
  moves: 0,
  movesInADay: 0,
  addressMoves: 0,
  longestGapMs: 0,
  longestHandedMs: 0,
  spot: nothing,
  onDemand: nothing,
  alwaysOnDemand: nothing,
  persistent: { wantedMs: 0, upMs: 0, cost: nothing },
};

export function addStory(totals: Totals, story: Outcome): Totals {
  return {
    stories: totals.stories + 1,
    hours: totals.hours + story.hours,
    wantedMs: totals.wantedMs + story.wantedMs,
    outageMs: totals.outageMs + story.outageMs,
    longestOutageMs: Math.max(totals.longestOutageMs, story.longestOutageMs),
    interruptions: totals.interruptions + story.interruptions,
    launches: totals.launches + story.launches,
    passes: totals.passes + story.passes,
    moves: totals.moves + story.moves,
    movesInADay: Math.max(totals.movesInADay, story.movesInADay),
    addressMoves: totals.addressMoves + story.gaps.moves,
    longestGapMs: Math.max(totals.longestGapMs, story.gaps.longestMs),
    longestHandedMs: Math.max(totals.longestHandedMs, story.gaps.handedMs),
    spot: add(totals.spot, story.costs.spot),
    onDemand: add(totals.onDemand, story.costs['on-demand']),
    alwaysOnDemand: add(totals.alwaysOnDemand, story.alwaysOnDemand),
    persistent: {
      wantedMs: totals.persistent.wantedMs + story.persistent.wantedMs,
      upMs: totals.persistent.upMs + story.persistent.upMs,
      cost: add(totals.persistent.cost, story.persistent.cost),
    },
  };
}

/** Of the time it was wanted, from 0 to 1. */
export function toAvailability({ wantedMs, outageMs }: Pick<Totals, 'wantedMs' | 'outageMs'>) {
  return wantedMs ? 1 - outageMs / wantedMs : 1;
}

export function toPersistentAvailability({ persistent }: Pick<Totals, 'persistent'>): number {
  return persistent.wantedMs ? persistent.upMs / persistent.wantedMs : 1;
}
