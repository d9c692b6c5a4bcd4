/** Wrong tokens: told once a wave, as soon as whoever sends them is slowed down. A mistake or two is no news. */
import type { Attempts } from '../core/attempts.ts';
import { type News, toId } from './news.ts';

/** A wave ends with an hour without any; all of it has the time of its first in common, and so has its message. */
export function toGuesses(attempts: Attempts | null): News[] {
  if (!attempts) return [];
  const { since, all, sources } = attempts;
  const isSlowed = [all, ...Object.values(sources)].some(({ at, until }) => until > at);
  if (!isSlowed) return [];
  const from = Object.keys(sources);
  return [
    { kind: 'guessed', id: toId(since, 'guessed'), at: all.at, since, count: all.count, from },
  ];
}
