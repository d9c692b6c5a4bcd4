/** What the incidents of late have cost, as the journal's entries tell. */
import type { Entry } from './deeds.ts';
import { toMissed } from './incident.ts';

export interface PastIncident {
  /** Epoch milliseconds. */
  at: number;
  serverId: string;
  why: string;
  /** Null while it goes on. */
  end: End | null;
}

interface End {
  at: number;
  /** The server that serves instead; null if the VPN was turned off before one did. */
  serverId: string | null;
  outageMs: number;
  /** What WireGuard's clients missed; null where none of them was there to measure it. */
  gapMs: number | null;
}

type Turn = Entry & { kind: 'incident' | 'recovered' };

/** `entries` oldest first; the incidents newest first. */
export function toIncidents(entries: Entry[]): PastIncident[] {
  const turns = entries.filter(isTurn);
  return turns
    .flatMap((turn, index): PastIncident[] => {
      if (turn.kind !== 'incident') return [];
      const { at, serverId, why } = turn;
      const [end, after] = turns.slice(index + 1);
      const until = after?.at ?? Number.POSITIVE_INFINITY;
      return [{ at, serverId, why, end: end ? toEnd(end, entries, until) : null }];
    })
    .toReversed();
}

function isTurn(entry: Entry): entry is Turn {
  return entry.kind === 'incident' || entry.kind === 'recovered';
}

/** The clients' word may have come later than the end was told. */
function toEnd(end: Turn, entries: Entry[], until: number): End | null {
  if (end.kind !== 'recovered') return null;
  const { at, serverId, outageMs } = end;
  const isTheirs = (entry: Entry): entry is Entry & { kind: 'handed' } =>
    entry.kind === 'handed' && entry.serverId === serverId && entry.at < until;
  const gapMs = end.gapMs ?? toMissed(outageMs, entries.findLast(isTheirs)?.gapMs);
  return { at, serverId, outageMs, gapMs };
}
