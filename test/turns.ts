/** Lets calls of several at once go on one at a time, in an order that a test chooses, or in every order there is. */
import { setImmediate as settled } from 'node:timers/promises';

export interface Turns {
  /** Waits until it is this call's turn, and does it then. */
  take: <T>(act: () => T) => Promise<T>;
}

/** Of so many calls that wait, which one goes on? */
export type Choose = (waiting: number) => number;

/** Runs all to their end; a call goes on only when nothing else can happen. Throws what any of them throws. */
export async function inTurns<T>(runs: ((turns: Turns) => Promise<T>)[], choose: Choose) {
  const waiting: (() => void)[] = [];
  const take: Turns['take'] = (act) =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      });
    });
  const all = Promise.all(runs.map((run) => run({ take })));
  // Whoever awaits it gets the error; until all turns are taken nobody does, and Node would take that for unhandled.
  void Promise.allSettled([all]);
  for (await settled(); waiting.length; await settled())
    waiting.splice(choose(waiting.length), 1)[0]?.();
  return all;
}

/** Runs it once for each order of its turns; answers how many there are. */
export async function inEveryOrder(run: (choose: Choose) => Promise<void>): Promise<number> {
  let path: { chosen: number; of: number }[] = [];
  for (let orders = 1; ; orders++) {
    let step = 0;
    await run((of) => {
      path[step] ??= { chosen: 0, of };
      return path[step++]?.chosen ?? 0;
    });
    const last = path.findLastIndex(({ chosen, of }) => chosen + 1 < of);
    if (last < 0) return orders;
    path = path.slice(0, last + 1);
    const turn = path[last];
    if (turn) turn.chosen++;
  }
}

/** Any order, of as many turns as there will be. */
export function toChoose(numbers: number[]): Choose {
  let step = 0;
  return (waiting) => (numbers[step++ % numbers.length] ?? 0) % waiting;
}
