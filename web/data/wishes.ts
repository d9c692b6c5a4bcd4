/** What people can wish of power, in words, and what of it the API is asked. */
import type { Power } from './answers.ts';
import { toLocalInput } from './words.ts';

interface Ask {
  path: '/start' | '/stop';
  body?: { until: string } | { afterIdleMinutes: number };
}

export interface Wish {
  words: string;
  /** Whether a person has to say a time. */
  asksTime?: boolean;
  /** `now` and `at`, the time that was said, in epoch milliseconds. */
  toAsk: (now: number, at: number) => Ask;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const idleMinutes = 30;
/** When a person who stops it for the night wants it again. */
const morningHour = 7;

const iso = (at: number) => new Date(at).toISOString();
const onUntil = (at: number): Ask => ({ path: '/start', body: { until: iso(at) } });
const offUntil = (at: number): Ask => ({ path: '/stop', body: { until: iso(at) } });

/** The first is what most people want: at once, and until they say otherwise. */
export const wishes: Record<Power, Wish[]> = {
  off: [
    { words: 'until I stop it', toAsk: () => ({ path: '/start' }) },
    { words: 'for one hour', toAsk: (now) => onUntil(now + hourMs) },
    { words: 'for four hours', toAsk: (now) => onUntil(now + 4 * hourMs) },
    { words: 'until a time …', asksTime: true, toAsk: (_, at) => onUntil(at) },
  ],
  on: [
    { words: 'now', toAsk: () => ({ path: '/stop' }) },
    {
      words: `once nobody uses it for ${idleMinutes} min`,
      toAsk: () => ({ path: '/stop', body: { afterIdleMinutes: idleMinutes } }),
    },
    { words: 'in one hour', toAsk: (now) => onUntil(now + hourMs) },
    { words: 'at a time …', asksTime: true, toAsk: (_, at) => onUntil(at) },
    { words: 'and start again tomorrow morning', toAsk: (now) => offUntil(toMorning(now)) },
    { words: 'and start again at a time …', asksTime: true, toAsk: (_, at) => offUntil(at) },
  ],
};

/** Of tomorrow, where the person is. */
function toMorning(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, morningHour).getTime();
}

/** The next full hour but one, as a suggestion. */
export function toSuggestion(now: number): string {
  return toLocalInput(Math.ceil(now / hourMs + 1) * hourMs);
}
