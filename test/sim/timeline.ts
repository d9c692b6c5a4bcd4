/** Who served behind the name, from when to when: what people had of it all. */
import type { InstanceRecord } from '../../local/ec2/instances.ts';

/** Times in epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
  /** Who served; null if nobody did. */
  by: Pick<InstanceRecord, 'id' | 'market' | 'pool'> | null;
  wanted: boolean;
}

export interface Timeline {
  /** To be told whenever it may have changed. */
  see: (now: number, by: InstanceRecord | null, wanted: boolean) => void;
  /** All spans up to `now`, oldest first. */
  read: (now: number) => Span[];
}

export function startTimeline(from: number): Timeline {
  const spans: Span[] = [];
  let last: Span = { from, to: from, by: null, wanted: true };
  return {
    see(now, by, wanted) {
      if (last.by?.id === by?.id && last.wanted === wanted) return;
      if (now > last.from) spans.push({ ...last, to: now });
      const who = by && { id: by.id, market: by.market, pool: by.pool };
      last = { from: now, to: now, by: who, wanted };
    },
    read: (now) => [...spans, { ...last, to: now }],
  };
}

export interface Presence {
  wantedMs: number;
  /** Of that, how long nobody served. */
  outageMs: number;
  longestOutageMs: number;
  /** How often the name went to a server on another market or in another pool than the one before. */
  moves: number;
  /** The most moves within any 24 hours. */
  movesInADay: number;
}

const dayMs = 24 * 60 * 60_000;

/** Sums up the spans from that moment on. */
export function toPresence(spans: Span[], from: number): Presence {
  const presence = { wantedMs: 0, outageMs: 0, longestOutageMs: 0, moves: 0, movesInADay: 0 };
  const movedAt: number[] = [];
  let [place, outMs] = ['', 0];
  for (const { by, wanted, ...span } of spans) {
    const ms = Math.max(0, span.to - Math.max(from, span.from));
    const out = wanted && !by;
    // Two spans without a server, before and after somebody turned it off, are two outages.
    outMs = out ? outMs + ms : 0;
    if (wanted) presence.wantedMs += ms;
    if (out) presence.outageMs += ms;
    presence.longestOutageMs = Math.max(presence.longestOutageMs, outMs);
    if (!by) continue;
    const next = `${by.market} ${by.pool.type} ${by.pool.zone}`;
    if (place && next !== place && span.from >= from) movedAt.push(span.from);
    place = next;
  }
  presence.moves = movedAt.length;
  presence.movesInADay = mostWithin(dayMs, movedAt);
  return presence;
}

/** Of these times, oldest first, so many lie within that of each other. */
export function mostWithin(ms: number, times: number[]): number {
  let [most, first] = [0, 0];
  for (const [index, at] of times.entries()) {
    while (at - (times[first] ?? at) >= ms) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
