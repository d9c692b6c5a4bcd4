/** What the journal says of an action before it is done. */
import type { Action, Entry } from './deeds.ts';

/** `at` in epoch milliseconds. Nothing, of what changes nothing for anybody. */
export function toIntent(action: Action, at: number): Entry[] {
  const { why } = action;
  switch (action.kind) {
    case 'launch': {
      const { market, pool, generation, attempt } = action;
      return [{ at, kind: 'launching', market, pool, generation, attempt, why }];
    }
    case 'point':
      return [{ at, kind: 'pointing', serverId: action.serverId, address: action.address, why }];
    case 'park':
      return [{ at, kind: 'parking', serverId: action.serverId, why }];
    case 'allocate':
      return [{ at, kind: 'allocating', why }];
    case 'move': {
      const { addressId, address, serverId, from } = action;
      return [{ at, kind: 'moving', addressId, address, serverId, from, why }];
    }
    case 'release':
      return [{ at, kind: 'releasing', addressId: action.addressId, address: action.address, why }];
    case 'handed':
      return [{ at, ...action }];
    case 'retire':
      return [{ at, kind: 'retiring', serverId: action.serverId, why }];
    case 'remove':
      return [{ at, kind: 'removing', stray: action.stray, why }];
    case 'stuck':
      return [{ at, kind: 'stuck', why }];
    case 'incident':
      return [{ at, kind: 'incident', serverId: action.serverId, lostAt: action.lostAt, why }];
    case 'recovered': {
      const { serverId, outageMs, gapMs } = action;
      const gap = gapMs === null ? {} : { gapMs };
      return [{ at, kind: 'recovered', serverId, outageMs, ...gap, why }];
    }
    case 'generate':
      return [{ at, kind: 'generating', why }];
    case 'rotate':
      return [{ at, kind: 'rotating', user: action.user.name, why }];
    case 'expire':
      return [{ at, kind: 'expiring', user: action.user.name, why }];
    case 'refresh':
      return [{ at, kind: 'refreshing', serverId: action.serverId, wanted: action.wanted, why }];
    case 'refreshed':
      return [{ at, kind: 'refreshed', serverId: action.serverId, why }];
    case 'idle':
      return [{ at, kind: 'idling', why }];
    case 'drill': {
      const { serverId, endsAt, askedAt } = action;
      return [{ at, kind: 'drilling', serverId, endsAt, askedAt, why }];
    }
    // Sweeping up a dead server's report changes nothing for anybody.
    case 'forget':
      return [];
    default:
      return action satisfies never;
  }
}
