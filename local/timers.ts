/** What is due when: a heap of actions in virtual time. Equal times run in the order they were set. */

interface Timer {
  at: number;
  order: number;
  run: () => void;
}

export interface Timers {
  /** Epoch milliseconds of virtual time; moves only in `advance`. */
  readonly now: number;
  at: (time: number, run: () => void) => void;
  after: (delayMs: number, run: () => void) => void;
  /** When the next timer is due, or null. */
  nextAt: () => number | null;
  /** Runs all that is due up to that time, each at its own moment. */
  advance: (to: number) => void;
}

export function toTimers(start: number): Timers {
  const heap: Timer[] = [];
  let now = start;
  let count = 0;
  const before = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order);
  const timers: Timers = {
    get now() {
      return now;
    },
    at(time, run) {
      push(heap, { at: Math.max(time, now), order: count++, run }, before);
    },
    after(delayMs, run) {
      timers.at(now + delayMs, run);
    },
    nextAt: () => heap[0]?.at ?? null,
    advance(to) {
      for (let due = heap[0]; due && due.at <= to; due = heap[0]) {
        now = due.at;
        pop(heap, before);
        due.run();
      }
      now = Math.max(now, to);
    },
  };
  return timers;
}

type Before<T> = (a: T, b: T) => boolean;

function push<T>(heap: T[], item: T, before: Before<T>): void {
  let index = heap.push(item) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(item, heap[parent] as T)) break;
    heap[index] = heap[parent] as T;
    index = parent;
  }
  heap[index] = item;
}

function pop<T>(heap: T[], before: Before<T>): void {
  const last = heap.pop();
  if (!heap.length || last === undefined) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as T, heap[child] as T)) child++;
    if (!before(heap[child] as T, last)) break;
    heap[index] = heap[child] as T;
    index = child;
  }
  heap[index] = last;
}
