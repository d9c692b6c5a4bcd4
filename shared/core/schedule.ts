/** A week's schedule: from local times of day, whose distance from UTC changes twice a year, to moments. */
import type { Schedule, Weekday } from './model.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const daysAround = 8;

export const weekdays: Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Every moment within eight days of `now` at which a window begins or ends: epoch milliseconds, oldest first. */
export function boundaries(schedule: Schedule, now: number): number[] {
  const moments = toWindows(schedule, now).flatMap(({ from, to }) => [from, to]);
  return [...new Set(moments)].toSorted((a, b) => a - b);
}

/** Whether `at` lies in a window; its first moment does, its last does not. */
export function isWithin(schedule: Schedule, at: number): boolean {
  return toWindows(schedule, at).some(({ from, to }) => from <= at && at < to);
}

/** A window that ends before it begins goes on into the next day. */
function toWindows({ timeZone, on }: Schedule, around: number): { from: number; to: number }[] {
  const today = Math.floor(toLocal(around, timeZone) / dayMs) * dayMs;
  const days = Array.from(
    { length: 2 * daysAround + 1 },
    (_, i) => today + (i - daysAround) * dayMs,
  );
  return days.flatMap((midnight) =>
    on
      .filter((window) => window.days.includes(weekdays[new Date(midnight).getUTCDay()] as Weekday))
      .map((window) => {
        const from = toMinutes(window.from);
        const to = toMinutes(window.to);
        const end = to > from ? midnight : midnight + dayMs;
        return {
          from: toMoment(midnight + from * minuteMs, timeZone),
          to: toMoment(end + to * minuteMs, timeZone),
        };
      }),
  );
}

function toMinutes(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** A local time that the clocks skip becomes the moment at which they do; one that comes twice, the first. */
function toMoment(local: number, timeZone: string): number {
  const guess = local - offsetOf(local - dayMs, timeZone);
  const other = local - offsetOf(local + dayMs, timeZone);
  const right = [guess, other].filter((moment) => toLocal(moment, timeZone) === local);
  return right.length ? Math.min(...right) : Math.max(guess, other);
}

/** The local time as if it were UTC's. */
function toLocal(moment: number, timeZone: string): number {
  return moment + offsetOf(moment, timeZone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far local time is ahead of UTC, milliseconds. */
function offsetOf(moment: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = 0, minutes = 0] = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minuteMs;
}
