/** What is known of the servers: where each runs and what it costs, pieced together from the journal. */

import { placesMax } from './limits.ts';
import type { Line } from './lines.ts';
import type { Place } from './news.ts';

/** Newest last. Of `kept` servers nothing is forgotten. */
export function learnPlaces(places: Place[], lines: Line[], kept: (string | null)[]): Place[] {
  const all = lines.reduce(learnPlace, places);
  const spare = all.filter(({ serverId }) => !kept.includes(serverId));
  const dropped = spare.slice(0, Math.max(0, all.length - placesMax));
  return all.filter((place) => !dropped.includes(place));
}

export function toPlace(places: Place[], serverId: string): Place {
  const unknown = { serverId, market: null, pool: null, address: null, perHour: null };
  return places.find((place) => place.serverId === serverId) ?? unknown;
}

export function withPlace(places: Place[], known: Partial<Place> & { serverId: string }): Place[] {
  const old = toPlace(places, known.serverId);
  const place: Place = {
    serverId: known.serverId,
    market: known.market ?? old.market,
    pool: known.pool ?? old.pool,
    address: known.address ?? old.address,
    perHour: known.perHour ?? old.perHour,
  };
  const isKnown = places.some(({ serverId }) => serverId === known.serverId);
  return isKnown ? places.map((one) => (one === old ? place : one)) : [...places, place];
}

function learnPlace(places: Place[], line: Line): Place[] {
  switch (line.kind) {
    case 'launched':
    case 'doomed':
    case 'pointing':
    case 'moving':
      return withPlace(places, line);
    case 'ended':
      return line.taken ? withPlace(places, { serverId: line.serverId, ...line.taken }) : places;
    default:
      return places;
  }
}
