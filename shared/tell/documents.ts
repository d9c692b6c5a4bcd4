/** What the telling keeps in Parameter Store: how far it has read, and each try to send a message. */
import * as v from 'valibot';
import { time, toIso, toValue } from '../documents/json.ts';
import type { Story } from './story.ts';

/** The story as it was after that version of the journal, all of whose news is settled. */
export interface Bookmark {
  version: number;
  story: Story;
}

/**
 * One try to send one message. `sending` is a claim: whoever made it sends, and nobody else. `later` is over and may
 * be followed by another from `again` on; `told` and `refused` are the end of it.
 */
export type Try = { at: number } & (
  | { outcome: 'sending'; by: string }
  | { outcome: 'told' }
  | { outcome: 'later'; again: number; why: string }
  | { outcome: 'refused'; why: string }
);

const text = v.string();
const moment = v.object({ at: time });

const place = v.object({
  serverId: text,
  market: v.nullable(v.picklist(['spot', 'on-demand'])),
  pool: v.nullable(v.object({ type: text, zone: v.nullable(text) })),
  address: v.nullable(text),
  perHour: v.nullable(v.number()),
});

const story = v.object({
  places: v.array(place),
  named: v.object({ at: time, serverId: v.nullable(text) }),
  incident: v.nullable(v.object({ at: time, serverId: text, isDrill: v.boolean() })),
  calm: moment,
  stuck: v.nullable(moment),
  free: moment,
  secrets: v.object({
    unrefreshed: v.array(v.object({ at: time, serverId: text, told: v.boolean() })),
    settled: moment,
  }),
  idle: v.nullable(v.object({ at: time, why: text })),
});

const bookmark = v.object({ version: v.pipe(v.number(), v.integer(), v.minValue(0)), story });

const attempt = v.variant('outcome', [
  v.object({ outcome: v.literal('sending'), at: time, by: text }),
  v.object({ outcome: v.literal('told'), at: time }),
  v.object({ outcome: v.literal('later'), at: time, again: time, why: text }),
  v.object({ outcome: v.literal('refused'), at: time, why: text }),
]);

/** A bookmark that somebody has spoilt is none: the telling begins anew at the journal as it stands. */
export function readBookmark(json: string | undefined): Bookmark | null {
  const parsed = v.safeParse(bookmark, toValue(json ?? ''));
  return parsed.success ? parsed.output : null;
}

/** A try that somebody has spoilt may have been told: a message that comes twice would be worse. */
export function readTry(json: string | undefined): Try {
  const parsed = v.safeParse(attempt, toValue(json ?? ''));
  return parsed.success ? parsed.output : { outcome: 'refused', at: 0, why: 'its try was spoilt' };
}

export function write(document: Bookmark | Try): string {
  return JSON.stringify(document, toIso);
}
