/** Whether the VPN is wanted just now. The latest word counts: a person's, the schedule's, or that nobody is there. */
import type { Desired, Observed, Power, Schedule } from './model.ts';
import type { Memory } from './remembered.ts';
import { boundaries, isWithin } from './schedule.ts';

/** What counts, since when, and why; `next` is when that changes by itself, if it is known to. */
export interface Word {
  power: Power;
  at: number;
  why: string;
}

type Wish = Pick<Desired, 'power' | 'at' | 'until' | 'schedule'>;

export function toPower(wish: Wish, { idledAt }: Pick<Memory, 'idledAt'>, now: number): Word {
  const { power, at, until, schedule } = wish;
  const said: Word[] = [{ power, at, why: `It was turned ${power}` }];
  if (until !== null && until <= now)
    said.push({ power: toOther(power), at: until, why: `It was to be ${power} until then` });
  const last = schedule && boundaries(schedule, now).findLast((boundary) => boundary <= now);
  if (schedule && last) said.push(bySchedule(schedule, last));
  if (idledAt !== null) said.push({ power: 'off', at: idledAt, why: 'Nobody used it' });
  return said.reduce((latest, word) => (word.at > latest.at ? word : latest));
}

export function isOn({ desired, memory, now }: Observed): boolean {
  return toPower(desired, memory, now).power === 'on';
}

/** When the power changes by itself, as far as it is known now; null for never. */
export function toNextPower(wish: Wish, memory: Pick<Memory, 'idledAt'>, now: number): Word | null {
  const { until, schedule } = wish;
  const times = [
    ...(until === null ? [] : [until]),
    ...(schedule ? boundaries(schedule, now) : []),
  ];
  const { power } = toPower(wish, memory, now);
  for (const at of times.filter((time) => time > now).toSorted((a, b) => a - b)) {
    const word = toPower(wish, memory, at);
    if (word.power !== power) return word;
  }
  return null;
}

function bySchedule(schedule: Schedule, at: number): Word {
  const power = isWithin(schedule, at) ? 'on' : 'off';
  return { power, at, why: `The schedule turned it ${power}` };
}

function toOther(power: Power): Power {
  return power === 'on' ? 'off' : 'on';
}
