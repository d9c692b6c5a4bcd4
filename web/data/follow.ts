/** Follows the status: waits with the API while something is under way, looks now and then while nothing is. */
import type { Status } from './answers.ts';
import type { Api } from './api.ts';
import { onAwake, toPauseMs } from './patience.ts';

/** Short enough to see each step of a recovery. */
const waitSeconds = 5;
/** A look costs one short call of a function. */
const restMs = 15_000;
/** The played world is near and costs nothing, and its time may run faster. */
const playedRestMs = 1_000;
/** Whoever waits with the API need not wait much in between. */
const breathMs = 400;

interface Listeners {
  onStatus: (status: Status) => void;
  onFailure: (error: unknown) => void;
}

export interface Following {
  /** Looks at once. */
  look: () => void;
  stop: () => void;
}

export function follow(api: Api, played: boolean, listeners: Listeners): Following {
  let asking = new AbortController();
  let stopped = false;
  let wake = () => {};

  const rest = (ms: number | null) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      if (ms !== null) setTimeout(resolve, ms);
    });

  async function run(): Promise<void> {
    const settledMs = played ? playedRestMs : restMs;
    for (let wait = 0, failures = 0; !stopped; ) {
      // Nobody sees it: nothing is asked.
      if (document.hidden) await rest(null);
      asking = new AbortController();
      const seen = await look(wait);
      const underWay = 'status' in seen && !isSettled(seen.status);
      wait = underWay ? waitSeconds : 0;
      if (asking.signal.aborted) continue;
      failures = 'status' in seen ? 0 : failures + 1;
      if ('status' in seen) await rest(underWay ? breathMs : settledMs);
      else await rest(toPauseMs(seen.failure, failures));
    }
  }

  async function look(wait: number): Promise<{ status: Status } | { failure: unknown }> {
    const { signal } = asking;
    try {
      const status = await api.get<Status>(wait ? `/status?wait=${wait}` : '/status', signal);
      if (!signal.aborted) listeners.onStatus(status);
      return { status };
    } catch (failure) {
      if (!signal.aborted) listeners.onFailure(failure);
      return { failure };
    }
  }

  const sleep = onAwake(() => wake());
  void run();
  return {
    look() {
      asking.abort();
      wake();
    },
    stop() {
      stopped = true;
      asking.abort();
      wake();
      sleep();
    },
  };
}

function isSettled({ state, power }: Status): boolean {
  return state === (power.wanted === 'on' ? 'serving' : 'off');
}
