/** Times, money and sizes in words. The page speaks English, in the time zone of whoever looks at it. */

const locale = 'en-GB';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const secondsMatterMs = 10 * minuteMs;
/** Within it no two days have the same name. */
const nearMs = 6 * dayMs;

const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const second = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat(locale, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
});
const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** The ledger's days are UTC's. */
const utcDay = new Intl.DateTimeFormat(locale, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

type At = string | number | Date;

export function toTime(at: At): string {
  return time.format(new Date(at));
}

export function toSecond(at: At): string {
  return second.format(new Date(at));
}

/** "05:02:00 UTC" -> the time, epoch milliseconds, that was or will be so nearest to when it was said. */
export function toNearest(timeOfDay: string, said: At): number {
  const at = new Date(said).getTime();
  const date = new Date(at).toISOString().slice(0, 10);
  const then = new Date(`${date}T${timeOfDay.slice(0, 8)}Z`).getTime();
  return then + Math.round((at - then) / dayMs) * dayMs;
}

export function toDay(at: At): string {
  return day.format(new Date(at));
}

/** `2026-11` is November 2026. */
export function toMonth(name: string): string {
  return month.format(new Date(`${name}-01T00:00:00Z`));
}

/** 18:00; Tue, 18:00 if that is not today; or Tue 24 Nov, 18:00 if it is days away. */
export function toMoment(at: At, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return toTime(date);
  const isNear = Math.abs(date.getTime() - now) < nearMs;
  return `${isNear ? weekday.format(date) : shortDay.format(date)}, ${toTime(date)}`;
}

export function toShortDay(at: At): string {
  return shortDay.format(new Date(at));
}

export function toUtcDay(at: At): string {
  return utcDay.format(new Date(at));
}

/** The two largest units: 3 h 12 min. Seconds count only for some minutes. */
export function toDuration(exactMs: number): string {
  const ms = exactMs < secondsMatterMs ? exactMs : exactMs - (exactMs % minuteMs);
  const units: [string, number][] = [
    ['d', dayMs],
    ['h', hourMs],
    ['min', minuteMs],
    ['s', 1_000],
  ];
  const first = units.findIndex(([, size]) => ms >= size);
  if (first < 0) return '0\u00a0s';
  let left = ms;
  return units
    .slice(first, first + 2)
    .flatMap(([unit, size]) => {
      const count = Math.floor(left / size);
      left -= count * size;
      return count ? [`${count}\u00a0${unit}`] : [];
    })
    .join(' ');
}

/** 312 -> "0.3 s": what WireGuard's clients missed. */
export function toGap(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : toDuration(ms);
}

export function toAgo(at: At, now: number): string {
  const ms = now - new Date(at).getTime();
  return ms < minuteMs ? 'just now' : `${toDuration(ms).split(' ')[0]} ago`;
}

export function toHours(hours: number): string {
  return hours >= 100 ? `${Math.round(hours)} h` : `${Number(hours.toFixed(1))} h`;
}

/** Little is not nothing. */
export function toMoney(dollars: number): string {
  const size = Math.abs(dollars);
  if (size > 0 && size < 0.005) return 'under $0.01';
  return `${dollars < 0 ? '−' : ''}$${size.toFixed(2)}`;
}

/** A price has as many digits as EC2 tells. */
export function toPrice(perHour: number): string {
  return `$${perHour.toFixed(4)}`;
}

/** 0.002 -> "$0.002", where prices stand at a scale. */
export function toTick(perHour: number): string {
  return `$${Number(perHour.toFixed(4)).toString()}`;
}

export function toBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1_000 ** power).toPrecision(3))} ${units[power]}`;
}

export function toPercent(share: number): string {
  // 99.996 % is not all.
  const percent = Math.floor(share * 100_000) / 1_000;
  return `${Number(percent.toFixed(percent > 99 ? 3 : 1))} %`;
}

/** What an <input type="datetime-local"> takes. */
export function toLocalInput(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * minuteMs).toISOString().slice(0, 16);
}
