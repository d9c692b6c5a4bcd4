/** The document of what people want: checked with care, since people write it by hand too. */
import * as v from 'valibot';
import type { Desired } from '../core/model.ts';
import { weekdays } from '../core/schedule.ts';
import { time, toIso, toValue } from './json.ts';

const timeOfDay = v.pipe(
  v.string(),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is like 08:00'),
);

export const schedule = v.object({
  timeZone: v.pipe(
    v.string(),
    v.maxLength(64),
    v.check(isTimeZone, 'timeZone is one of the IANA, like Europe/Berlin'),
  ),
  on: v.pipe(
    v.array(
      v.object({
        days: v.pipe(v.array(v.picklist(weekdays, 'a day is like mon')), v.maxLength(7)),
        from: timeOfDay,
        to: timeOfDay,
      }),
    ),
    v.maxLength(14, 'a schedule has at most 14 windows'),
  ),
});

const desired = v.object({
  power: v.picklist(['on', 'off'], 'power is "on" or "off"'),
  imageId: v.optional(
    v.nullable(v.pipe(v.string(), v.regex(/^ami-[0-9a-f]{8,17}$/, 'imageId is like ami-0abc'))),
    null,
  ),
  at: v.optional(time),
  until: v.optional(v.nullable(time), null),
  idleMinutes: v.optional(
    v.nullable(
      v.pipe(
        v.number('idleMinutes is a number'),
        v.integer('idleMinutes is a whole number'),
        v.minValue(5, 'idleMinutes is at least 5'),
        v.maxValue(10_080, 'idleMinutes is at most 10080, a week'),
      ),
    ),
    null,
  ),
  schedule: v.optional(v.nullable(schedule), null),
  drill: v.optional(v.nullable(time), null),
});

const nothingDesired: Desired = {
  power: 'off',
  at: 0,
  until: null,
  idleMinutes: null,
  schedule: null,
  drillAt: null,
  imageId: null,
};

/**
 * `writtenAt` stands in where a person has left out when the power was set. Throws an Error that says what is
 * wrong: guessing what people want would be worse than stopping.
 */
export function readDesired(json: string | undefined, writtenAt: number): Desired {
  if (json === undefined) return nothingDesired;
  const parsed = v.safeParse(desired, toValue(json));
  if (parsed.success) {
    const { at = writtenAt, drill, ...rest } = parsed.output;
    return { ...rest, at, drillAt: drill };
  }
  const faults = parsed.issues.map(({ message }) => message).join('; ');
  throw new Error(
    `What is desired can't be read (${faults}); write it like {"power":"on","imageId":"ami-0abc"}`,
  );
}

/** As its reader takes it; `base` is the version that it was made of. */
export function writeDesired({ drillAt: drill, ...rest }: Desired, base: number): string {
  return JSON.stringify({ ...rest, drill, base }, toIso);
}

/** Null if it does not say. */
export function readBase(json = ''): number | null {
  const parsed = v.safeParse(v.object({ base: v.pipe(v.number(), v.integer()) }), toValue(json));
  return parsed.success ? parsed.output.base : null;
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
