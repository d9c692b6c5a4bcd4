/** EventBridge's default bus: what happens goes to the functions whose rules match it, and schedules tick. */
import { randomUUID } from 'node:crypto';
import { AwsFault } from '../fault.ts';
import type { AwsEvent } from '../world.ts';
import { toPredicate } from './pattern.ts';
import type { Rule } from './stack.ts';

export interface BusOptions {
  rules: Rule[];
  account: string;
  region: string;
  /** Epoch milliseconds of virtual time. */
  now: () => number;
  /** Runs it at that moment of virtual time. */
  schedule: (at: number, run: () => void) => void;
  /** Invokes the function of that logical id asynchronously. */
  send: (functionId: string, event: unknown) => void;
  newId?: () => string;
}

export interface Bus {
  /** Answers the names of the rules that matched. Throws AwsFault ValidationException if it is no event. */
  put: (event: unknown) => string[];
  /** No schedule ticks any more. */
  stop: () => void;
}

/** Throws AwsFault if a rule's pattern or schedule is malformed, as PutRule does. */
export function startBus(options: BusOptions): Bus {
  const { now, schedule, send, newId = randomUUID } = options;
  const rules = options.rules.filter(({ enabled }) => enabled);
  const patterns = rules
    .filter(({ pattern }) => pattern !== null)
    .map((rule) => ({ rule, matches: toPredicate(rule.pattern) }));
  const schedules = rules.flatMap((rule) =>
    rule.schedule === null ? [] : [{ rule, everyMs: toIntervalMs(rule.schedule) }],
  );
  let stopped = false;

  function fire(rule: Rule, event: unknown): void {
    for (const { functionId, input } of rule.targets)
      if (functionId !== null) send(functionId, input ?? event);
  }

  /** The first tick comes one interval after the rule was made. */
  function tick(rule: Rule, everyMs: number, at: number): void {
    schedule(at, () => {
      if (stopped) return;
      fire(rule, toScheduledEvent(options, rule, newId(), at));
      tick(rule, everyMs, at + everyMs);
    });
  }

  for (const { rule, everyMs } of schedules) tick(rule, everyMs, now() + everyMs);
  return {
    put(event) {
      check(event);
      const matched = patterns.filter(({ matches }) => matches(event));
      for (const { rule } of matched) fire(rule, event);
      return matched.map(({ rule }) => rule.name);
    },
    stop() {
      stopped = true;
    },
  };
}

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(1 minute)`, `rate(5 minutes)`: the unit is plural unless the value is one. */
function toIntervalMs(expression: string): number {
  const [, value, unit = '', plural] =
    /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const everyMs = Number(value) * (unitMs[unit] ?? 0);
  if (everyMs > 0 && (value === '1') === (plural === '')) return everyMs;
  const why = expression.startsWith('cron(') ? ' (cron is not played here)' : '';
  throw new AwsFault(
    'ValidationException',
    `Parameter ScheduleExpression is not valid: ${expression}${why}`,
  );
}

function toScheduledEvent(
  { account, region }: BusOptions,
  { name }: Rule,
  id: string,
  at: number,
): AwsEvent {
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: `${new Date(at).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`,
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/${name}`],
    detail: {},
  };
}

const texts = ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region'] as const;

function check(event: unknown): asserts event is AwsEvent {
  const { resources, detail, ...rest } = (event ?? {}) as Partial<AwsEvent>;
  const faults = [
    ...texts.filter((key) => typeof rest[key] !== 'string' || rest[key] === ''),
    ...(Number.isNaN(Date.parse(rest.time ?? '')) ? ['time'] : []),
    ...(isTexts(resources) ? [] : ['resources']),
    ...(typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? [] : ['detail']),
  ];
  if (faults.length === 0) return;
  const which = [...new Set(faults)].join(', ');
  throw new AwsFault('ValidationException', `An event is malformed in: ${which}`);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
