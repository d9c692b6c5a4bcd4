/** Reads the journal as people do: is each incident told once, and its end; and how often does it move by itself? */

import type { Entry } from '../../shared/core/deeds.ts';
import { atOnceMs, dayMs } from '../../shared/core/limits.ts';
import { mostWithin } from './timeline.ts';

export interface Reading {
  /** Takes in what has just been written. */
  see: (entries: Entry[]) => void;
  /** Takes in what stands, once passes that wrote at once have merged what they said. */
  read: (entries: Entry[]) => void;
  /** Incidents told again before they were over, and ends told again. */
  readonly retold: number;
  /** The most planned moves within any 24 hours, but for those that AWS had announced to be necessary. */
  readonly movesInADay: number;
}

type Turn = Entry & { kind: 'incident' | 'recovered' };

/** More turns than passes at once can put into another order. */
const turnsMax = 10;

export function startReading(): Reading {
  let turns: Turn[] = [];
  let last: Entry[] = [];
  let [retold, movesInADay] = [0, 0];
  const announced = new Set<number>();
  const moves = new Map<number, number>();

  function noteMove(entry: Entry): void {
    if (entry.kind === 'launching' && entry.why.startsWith('AWS has announced'))
      announced.add(entry.generation);
    if (entry.kind !== 'launched' || !entry.planned) return;
    if (announced.has(entry.generation) || moves.has(entry.generation)) return;
    moves.set(entry.generation, entry.at);
    movesInADay = mostWithin(dayMs, [...moves.values()]);
  }

  function noteTurns(entries: Entry[]): void {
    const oldest = turns[0]?.at ?? 0;
    const isNews = (turn: Turn) => turn.at > oldest && !turns.some((other) => isSame(turn, other));
    const news = entries.filter(isTurn).filter(isNews);
    if (!news.length) return;
    turns = [...turns, ...news].sort((a, b) => a.at - b.at).slice(-turnsMax);
    retold += countRetold(turns);
  }

  return {
    see(entries) {
      for (const entry of entries) noteMove(entry);
      // What a full journal lets go of has been told; what one pass writes over, the other carries on, if it was said.
      const from = entries[0]?.at ?? 0;
      noteTurns(last.filter((entry) => entry.at <= from && !entries.some(isEqual(entry))));
      last = entries;
    },
    read(entries) {
      retold += countRetold(entries.filter(isTurn));
      noteTurns(entries);
    },
    get retold() {
      return retold;
    },
    get movesInADay() {
      return movesInADay;
    },
  };
}

function isTurn(entry: Entry): entry is Turn {
  return entry.kind === 'incident' || entry.kind === 'recovered';
}

const isEqual = (one: Entry) => (other: Entry) => one.at === other.at && one.kind === other.kind;

/** Until they have merged it, passes at once have each said it. */
function isSame(one: Turn, other: Turn): boolean {
  return one.kind === other.kind && Math.abs(one.at - other.at) <= atOnceMs;
}

/** An incident and its end take turns. */
function countRetold(turns: Turn[]): number {
  return turns.filter(({ kind }, index) => kind === turns[index - 1]?.kind).length;
}
