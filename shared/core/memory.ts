/** What the journal remembers: a fold over its entries, pruned by age, so that it always fits. */

import type { Entry } from './deeds.ts';
import { dayMs, holdMemoryMs, listLagMs, memoryMs, parkedAddress, riskMs } from './limits.ts';
import { toHold } from './refusals.ts';
import type { Hold, Memory, Refresh } from './remembered.ts';

export const emptyMemory: Memory = {
  generation: 0,
  attempt: 0,
  launches: [],
  dooms: [],
  drill: null,
  idledAt: null,
  risks: [],
  ended: [],
  interruptions: [],
  moves: [],
  holds: [],
  named: null,
  allocatingAt: null,
  allocated: null,
  unallocatedUntil: null,
  moved: null,
  released: [],
  handed: null,
  incident: null,
  refreshes: [],
  stuck: null,
};

/** Takes one entry in. Taking it in twice changes nothing. */
export function remember(memory: Memory, entry: Entry): Memory {
  const known = prune(memory, entry.at);
  const { at } = entry;
  switch (entry.kind) {
    case 'doomed': {
      const { serverId, endsAt, market } = entry;
      // Of a notice that is long over nothing would be remembered, not even that it was counted.
      if (has(known.dooms, serverId) || endsAt + memoryMs <= at) return known;
      const dooms = [...known.dooms, { serverId, endsAt }];
      return market === 'spot' ? { ...withInterruption(known, entry), dooms } : { ...known, dooms };
    }
    case 'risky': {
      const { serverId, cause } = entry;
      if (has(known.risks, serverId)) return known;
      return { ...known, risks: [...known.risks, { at, serverId, cause }] };
    }
    case 'ended': {
      const { serverId, taken, explained } = entry;
      // Taken without notice counts as an interruption like any other; with notice it has been counted.
      const unexpected = taken && !has(known.dooms, serverId) && !has(known.ended, serverId);
      const after = withEnd(known, at, serverId, explained);
      return unexpected ? withInterruption(after, { at, ...taken }) : after;
    }
    case 'retiring':
      return withEnd(known, at, entry.serverId, true);
    case 'launched': {
      const { serverId, generation, market, pool, planned } = entry;
      const again = has(known.launches, serverId);
      return {
        ...known,
        generation: Math.max(known.generation, generation),
        attempt: generation > known.generation ? 0 : known.attempt,
        launches: again
          ? known.launches
          : [...known.launches, { at, serverId, generation, market, pool }],
        moves: planned && !again ? [...known.moves, at] : known.moves,
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
        holds: withHold(known.holds, entry),
      };
    case 'pointing':
      return withName(known, at, entry.address, entry.serverId);
    case 'parking':
      return withName(known, at, parkedAddress, entry.serverId);
    case 'allocating':
      return { ...known, allocatingAt: Math.max(at, known.allocatingAt ?? 0) };
    case 'allocated': {
      const { addressId: id, address } = entry;
      return { ...known, allocated: { at, id, address }, unallocatedUntil: null };
    }
    case 'unallocated':
      return { ...known, unallocatedUntil: entry.until };
    case 'moving':
      return withMove(known, entry);
    case 'releasing': {
      const others = known.released.filter(({ id }) => id !== entry.addressId);
      return { ...known, released: [...others, { at, id: entry.addressId }] };
    }
    case 'handed':
      return { ...known, handed: { at: entry.handoverAt, serverId: entry.serverId } };
    case 'incident': {
      const { serverId, lostAt } = entry;
      return known.incident ? known : { ...known, incident: { at, serverId, lostAt } };
    }
    case 'recovered': {
      // Turned off meanwhile: of the server that failed then nothing is to be told when it is on again.
      const { named } = known;
      const isOff = entry.serverId === null && named !== null;
      return { ...known, incident: null, named: isOff ? { ...named, serverId: null } : named };
    }
    case 'refreshing':
      return withRefresh(known, entry);
    case 'unrefreshed': {
      const { serverId } = entry;
      const refreshes = known.refreshes.map((one) =>
        one.serverId === serverId && one.at <= at ? { ...one, failed: true } : one,
      );
      return { ...known, refreshes };
    }
    case 'refreshed': {
      const { serverId } = entry;
      const isOver = (one: Refresh) => one.serverId === serverId && one.at <= at;
      return { ...known, refreshes: known.refreshes.filter((one) => !isOver(one)) };
    }
    case 'idling':
      return { ...known, idledAt: Math.max(at, known.idledAt ?? 0) };
    case 'drilling': {
      const { serverId, endsAt, askedAt } = entry;
      return known.drill && known.drill.askedAt >= askedAt
        ? known
        : { ...known, drill: { serverId, endsAt, askedAt } };
    }
    case 'stuck':
      return { ...known, stuck: entry.why };
    case 'launching':
    case 'removing':
    case 'generating':
    case 'rotating':
    case 'expiring':
      return known;
    default:
      // A person, or a newer version, has written of something that is not known here.
      entry satisfies never;
      return known;
  }
}

/** Drops what no longer matters at `now`. */
function prune(memory: Memory, now: number): Memory {
  return {
    ...memory,
    launches: memory.launches.filter(({ at }) => at + memoryMs > now),
    dooms: memory.dooms.filter(({ endsAt }) => endsAt + memoryMs > now),
    drill: memory.drill && memory.drill.endsAt + memoryMs > now ? memory.drill : null,
    risks: memory.risks.filter(({ at }) => at + riskMs > now),
    ended: memory.ended.filter(({ at }) => at + memoryMs > now),
    interruptions: memory.interruptions.filter((at) => at + dayMs > now),
    moves: memory.moves.filter((at) => at + dayMs > now),
    holds: memory.holds.filter(({ until }) => until + holdMemoryMs > now),
    refreshes: memory.refreshes.filter(({ at }) => at + memoryMs > now),
    released: memory.released.filter(({ at }) => at + listLagMs > now),
  };
}

function has(list: { serverId: string }[], serverId: string): boolean {
  return list.some((other) => other.serverId === serverId);
}

type Where = Pick<Entry & { kind: 'refused' }, 'at' | 'market' | 'pool'>;

function withInterruption(memory: Memory, { at, market, pool }: Where): Memory {
  return {
    ...memory,
    interruptions: [...memory.interruptions, at],
    holds: withHold(memory.holds, { at, market, pool, code: 'interrupted' }),
  };
}

function withEnd(memory: Memory, at: number, serverId: string, explained: boolean): Memory {
  const { incident } = memory;
  const lost = incident?.serverId === serverId && incident.lostAt === null;
  const others = memory.ended.filter((end) => end.serverId !== serverId);
  return {
    ...memory,
    ended: [...others, { at, serverId, explained }],
    refreshes: memory.refreshes.filter((other) => other.serverId !== serverId),
    incident: lost ? { ...incident, lostAt: at } : incident,
  };
}

/** Told again, for the same secrets or for newer ones: how long it has lacked some counts from the first time. */
function withRefresh(memory: Memory, entry: Entry & { kind: 'refreshing' }): Memory {
  const { at, serverId, wanted } = entry;
  const last = memory.refreshes.find((one) => one.serverId === serverId);
  if (last && last.at >= at) return memory;
  const times = last?.wanted === wanted ? last.times + 1 : 1;
  const refresh = { serverId, at, times, since: last?.since ?? at, wanted, failed: false };
  return { ...memory, refreshes: [...memory.refreshes.filter((one) => one !== last), refresh] };
}

/** Each hold in a row is longer than the last; one that still holds is only confirmed. */
function withHold(holds: Hold[], closed: Where & { code: string }): Hold[] {
  const first = toHold(closed, 1);
  const isSame = (other: Hold) =>
    other.code === first.code &&
    other.market === first.market &&
    other.type === first.type &&
    other.zone === first.zone;
  const last = holds.find(isSame);
  if (first.until <= closed.at || (last && last.until > closed.at)) return holds;
  return [...holds.filter((other) => other !== last), toHold(closed, (last?.times ?? 0) + 1)];
}

/** Of two passes' moves, which a merge may take in out of order, the later one counts. */
function withName(memory: Memory, at: number, address: string, serverId: string | null): Memory {
  const later = memory.named !== null && memory.named.at > at;
  return later ? memory : { ...memory, named: { at, address, serverId } };
}

/** Where the name points to the address already, whoever is sent there finds another server from now on. */
function withMove(memory: Memory, entry: Entry & { kind: 'moving' }): Memory {
  const { at, addressId: id, address, serverId, from } = entry;
  if (memory.moved && memory.moved.at > at) return memory;
  const { named } = memory;
  const isNamed = named !== null && named.address === address && named.at <= at;
  const moved = { at, id, address, serverId, from };
  return { ...memory, moved, named: isNamed ? { ...named, serverId } : named };
}
