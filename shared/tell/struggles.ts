/** Servers that can't take their secrets: told when one fails for the second time, and when that is over. */
import { placesMax, unrefreshedAgainMs } from './limits.ts';
import type { Line } from './lines.ts';
import { type News, toId } from './news.ts';

/** Since when each could not, and whether that was told. `settled` is when it was last over for one of them. */
export interface Struggles {
  unrefreshed: { at: number; serverId: string; told: boolean }[];
  settled: { at: number };
}

export type SecretsLine = Line & { kind: 'unrefreshed' | 'refreshed' | 'retiring' | 'ended' };

type Told = Extract<News, { kind: 'unrefreshed' | 'refreshed' }>;
type WithoutPlace<T> = T extends unknown ? Omit<T, 'place'> : never;

interface Followed {
  secrets: Struggles;
  news?: WithoutPlace<Told>;
}

export function follow(secrets: Struggles, line: SecretsLine): Followed {
  return line.kind === 'unrefreshed' ? struggle(secrets, line) : settle(secrets, line);
}

function struggle(secrets: Struggles, line: Line & { kind: 'unrefreshed' }): Followed {
  const { at, serverId, why } = line;
  if (at <= secrets.settled.at) return { secrets };
  const known = secrets.unrefreshed.find((one) => one.serverId === serverId);
  const others = secrets.unrefreshed.filter((one) => one !== known);
  const as = (told: boolean) => ({
    ...secrets,
    unrefreshed: [...others, { at: known?.at ?? at, serverId, told }].slice(-placesMax),
  });
  if (!known) return { secrets: as(false) };
  if (known.told || at - known.at < unrefreshedAgainMs) return { secrets };
  const id = toId(known.at, 'unrefreshed');
  return { secrets: as(true), news: { kind: 'unrefreshed', id, at, why } };
}

/** It has taken them after all, or has ended. */
function settle(secrets: Struggles, { kind, at, serverId }: SecretsLine): Followed {
  const known = secrets.unrefreshed.find((one) => one.serverId === serverId);
  if (!known || at <= known.at) return { secrets };
  const settled = {
    unrefreshed: secrets.unrefreshed.filter((one) => one !== known),
    settled: { at: Math.max(at, secrets.settled.at) },
  };
  if (!known.told) return { secrets: settled };
  const id = toId(known.at, 'refreshed');
  return { secrets: settled, news: { kind: 'refreshed', id, at, gone: kind !== 'refreshed' } };
}
