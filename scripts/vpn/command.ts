/** What a command of `vpn` is: a row of the table, from which parser, help and docs/cli.md are made. */
import { InvalidArgumentError, type Option } from 'commander';
import type { Screen } from './screen.ts';

export interface Command {
  /** `users add` stands below `users`. */
  name: string;
  summary: string;
  /** What it takes, like `<user>` or `[user]`. */
  takes?: string[];
  options?: Option[];
  /** A line without `vpn`, and what it does. */
  examples: [line: string, what: string][];
  /** Answers an exit code if it is not 0. Throws a Trouble for what a person can mend. */
  run: (context: Context, given: Given) => Promise<number | undefined>;
}

export interface Context {
  screen: Screen;
  reach: Reach;
  env: Environment;
  /** Aborted by ^C. */
  signal: AbortSignal;
  /** The VPN's time, epoch milliseconds: ours, or that of the played world. */
  now: () => number;
}

export type Environment = Record<string, string | undefined>;

/** How the VPN is reached. */
export interface Reach {
  /** Straight on AWS, with the person's credentials. */
  direct: boolean;
  /** The one that `npm start` runs on this machine. */
  local: boolean;
  api: string | undefined;
  tokenFile: string | undefined;
  /** Another perennial.yml. */
  config: string | undefined;
}

/** What was typed, checked by the parser. */
export class Given {
  readonly #args: unknown[];
  readonly #options: Record<string, unknown>;

  constructor(args: unknown[], options: Record<string, unknown>) {
    this.#args = args;
    this.#options = options;
  }

  arg(index: number): string | undefined {
    return this.#args[index] as string | undefined;
  }

  /** Of what it takes as `<names...>`. */
  args(index: number): string[] | undefined {
    return this.#args[index] as string[] | undefined;
  }

  text(option: string): string | undefined {
    return this.#options[option] as string | undefined;
  }

  number(option: string): number | undefined {
    return this.#options[option] as number | undefined;
  }

  /** An ISO time. */
  time(option: string, now: number): string | undefined {
    return (this.#options[option] as Moment | undefined)?.(now);
  }

  flag(option: string): boolean {
    return this.#options[option] === true;
  }
}

/** For `argParser`: a whole number within its bounds. */
export const whole = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
};

/** A time that may be told from another. */
type Moment = (now: number) => string;

/** For `argParser`: `2026-12-01T20:00`, a time of today or tomorrow like `20:00`, or `2h`, `30m`; an ISO time comes out. */
export function time(text: string): Moment {
  if (toTime(text, 0) === null)
    throw new InvalidArgumentError('Give a time like 20:00, 2026-12-01T20:00, 30m, 2h or 3d.');
  return (now) => new Date(toTime(text, now) ?? now).toISOString();
}

function toTime(text: string, now: number): number | null {
  const [, amount, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  if (amount && unit) return now + Number(amount) * unitMs[unit as 'm' | 'h' | 'd'];
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour && minute) {
    const at = new Date(now).setHours(Number(hour), Number(minute), 0, 0);
    return at > now ? at : new Date(at).setDate(new Date(at).getDate() + 1);
  }
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}
