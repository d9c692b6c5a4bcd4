/** What the journal remembers: a fold over its entries, pruned by age, so that it always fits. */
import { interruptedPoolMs, listLagMs, memoryMs, parkedAddress } from './limits.ts';
import type { Entry, Hold, Memory } from './model.ts';
import { toHold } from './refusals.ts';

export const emptyMemory: Memory = {
  generation: 0,
  attempt: 0,
  launches: [],
  dooms: [],
  ended: [],
  holds: [],
  named: null,
  stuck: null,
};

/** Takes one entry in. Taking it in twice changes nothing. */
export function remember(memory: Memory, entry: Entry): Memory {
  const known = prune(memory, entry.at);
  const { at } = entry;
  switch (entry.kind) {
    case 'doomed': {
      const { serverId, endsAt, market, pool } = entry;
      const hold = { market, ...pool, until: at + interruptedPoolMs, code: 'interrupted' };
      return {
        ...known,
        dooms: [...known.dooms.filter((doom) => doom.serverId !== serverId), { serverId, endsAt }],
        holds: market === 'spot' ? withHold(known, hold) : known.holds,
      };
    }
    case 'ended':
    case 'retiring': {
      const { serverId } = entry;
      const others = known.ended.filter((end) => end.serverId !== serverId);
      return { ...known, ended: [...others, { at, serverId }] };
    }
    case 'launched': {
      const { serverId, generation, market, pool } = entry;
      const others = known.launches.filter((launch) => launch.serverId !== serverId);
      return {
        ...known,
        generation: Math.max(known.generation, generation),
        attempt: generation > known.generation ? 0 : known.attempt,
        launches: [...others, { at, serverId, generation, market, pool }],
        stuck: null,
      };
    }
    case 'refused':
      return {
        ...known,
        attempt:
          entry.generation > known.generation
            ? Math.max(known.attempt, entry.attempt + 1)
            : known.attempt,
        holds: withHold(known, toHold(entry.code, entry.market, entry.pool, at)),
      };
    case 'pointing':
      return withName(known, at, entry.address);
    case 'parking':
      return withName(known, at, parkedAddress);
    case 'stuck':
      return { ...known, stuck: entry.why };
    case 'launching':
      return known;
    default:
      return entry satisfies never;
  }
}

/** Drops what no longer matters at `now`. */
function prune(memory: Memory, now: number): Memory {
  return {
    ...memory,
    launches: memory.launches.filter(({ at }) => at + memoryMs > now),
    dooms: memory.dooms.filter(({ endsAt }) => endsAt + memoryMs > now),
    ended: memory.ended.filter(({ at }) => at + listLagMs > now),
    holds: memory.holds.filter(({ until }) => until > now),
  };
}

/** Of two passes' moves, which a merge may take in out of order, the later one counts. */
function withName(memory: Memory, at: number, address: string): Memory {
  return memory.named && memory.named.at > at ? memory : { ...memory, named: { at, address } };
}

/** A newer hold of the same part of the market takes the older one's place. */
function withHold({ holds }: Memory, hold: Hold): Hold[] {
  const same = (other: Hold) =>
    other.market === hold.market && other.type === hold.type && other.zone === hold.zone;
  return [...holds.filter((other) => !same(other)), hold];
}
