/** The event bus and asynchronous invocation, in virtual time. */
import { describe, expect, test } from 'vitest';
import { startBus } from '../../local/events/bus.ts';
import type { Rule } from '../../local/events/stack.ts';
import { type AsyncOptions, type FailureRecord, toAsync } from '../../local/lambda/async.ts';
import type { Invocation } from '../../local/lambda/runtime.ts';
import { toTimers } from '../../local/timers.ts';

const start = Date.parse('2026-11-22T05:00:00.250Z');
const minuteMs = 60_000;

const warning = {
  version: '0',
  id: '1e5527d7-bb36-4607-3370-4164db56a40e',
  'detail-type': 'EC2 Spot Instance Interruption Warning',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2026-11-22T05:00:00Z',
  region: 'us-east-1',
  resources: ['arn:aws:ec2:us-east-1b:instance/i-0b662ef9931388ba0'],
  detail: { 'instance-id': 'i-0b662ef9931388ba0', 'instance-action': 'terminate' },
};

function toRule(name: string, more: Partial<Rule>): Rule {
  const target = { id: 'it', arn: 'arn:it', functionId: 'Reconcile', input: undefined };
  const rule = { logicalId: name, name, enabled: true, pattern: null, schedule: null };
  return { ...rule, targets: [target], ...more };
}

function toBus(...rules: Rule[]) {
  const timers = toTimers(start);
  const sent: [functionId: string, event: unknown][] = [];
  const bus = startBus({
    rules,
    account: '123456789012',
    region: 'us-east-1',
    now: () => timers.now,
    schedule: (at, run) => timers.at(at, run),
    send: (functionId, event) => sent.push([functionId, event]),
    newId: () => 'the-id',
  });
  return { bus, sent, timers };
}

describe('the bus', () => {
  test('sends an event as it came, once for each rule and target that it matches', () => {
    const two = [
      { id: 'a', arn: 'arn:a', functionId: 'A', input: undefined },
      { id: 'b', arn: 'arn:b', functionId: 'B', input: { constant: true } },
      { id: 'q', arn: 'arn:queue', functionId: null, input: undefined },
    ];
    const { bus, sent } = toBus(
      toRule('interruption', { pattern: { source: ['aws.ec2'] } }),
      toRule('all', { pattern: { account: [{ exists: true }] }, targets: two }),
      toRule('parameter', { pattern: { source: ['aws.ssm'] } }),
      toRule('off', { pattern: { source: ['aws.ec2'] }, enabled: false }),
    );
    expect(bus.put(warning)).toEqual(['interruption', 'all']);
    expect(sent).toEqual([
      ['Reconcile', warning],
      ['A', warning],
      ['B', { constant: true }],
    ]);
  });

  test('ticks, the first time one interval after it began', () => {
    const { sent, timers } = toBus(toRule('tick', { schedule: 'rate(1 minute)' }));
    timers.advance(start + minuteMs - 1);
    expect(sent).toEqual([]);
    timers.advance(start + minuteMs);
    expect(sent).toEqual([
      [
        'Reconcile',
        {
          version: '0',
          id: 'the-id',
          'detail-type': 'Scheduled Event',
          source: 'aws.events',
          account: '123456789012',
          time: '2026-11-22T05:01:00Z',
          region: 'us-east-1',
          resources: ['arn:aws:events:us-east-1:123456789012:rule/tick'],
          detail: {},
        },
      ],
    ]);
  });

  test.each([
    ['rate(1 minute)', 60],
    ['rate(5 minutes)', 12],
    ['rate(1 hour)', 1],
    ['rate(1 day)', 0],
  ])('%s ticks in an hour', (schedule, times) => {
    const { sent, timers } = toBus(toRule('tick', { schedule }));
    timers.advance(start + 60 * minuteMs);
    expect(sent).toHaveLength(times);
  });

  test('that was stopped ticks no more', () => {
    const { bus, sent, timers } = toBus(toRule('tick', { schedule: 'rate(1 minute)' }));
    timers.advance(start + minuteMs);
    bus.stop();
    timers.advance(start + 9 * minuteMs);
    expect(sent).toHaveLength(1);
    expect(timers.nextAt()).toBeNull();
  });

  test.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(1 second)',
    'cron(0 1 * * ? *)',
    '',
  ])('refuses the schedule "%s"', (schedule) => {
    expect(() => toBus(toRule('tick', { schedule }))).toThrow('ScheduleExpression is not valid');
  });

  test('refuses a rule with a malformed pattern', () => {
    expect(() => toBus(toRule('bad', { pattern: { source: 'aws.ec2' } }))).toThrow(
      'must be an object',
    );
  });

  const malformed: [sentence: string, event: unknown, message: string][] = [
    ['nothing', null, 'version, id, detail-type, source, account, time, region, resources, detail'],
    ['a text', 'event', 'version, id'],
    ['no source', { ...warning, source: '' }, 'malformed in: source'],
    ['a time that is none', { ...warning, time: 'soon' }, 'malformed in: time'],
    ['resources that are none', { ...warning, resources: [1] }, 'malformed in: resources'],
    ['detail as text', { ...warning, detail: '{}' }, 'malformed in: detail'],
  ];
  test.each(malformed)('refuses %s', (_, event, message) => {
    const { bus, sent } = toBus(toRule('all', { pattern: { source: [{ exists: true }] } }));
    expect(() => bus.put(event)).toThrow(message);
    expect(sent).toEqual([]);
  });
});

const done: Invocation = { kind: 'done', value: null, durationMs: 1 };
const failed: Invocation = { kind: 'failed', errorType: 'Error', message: 'no', durationMs: 1 };

/** Answers what it is told to, and then succeeds; notes when it was called, in seconds from the beginning. */
function toQueue(answers: Invocation[], asynchronous = {}, more: Partial<AsyncOptions> = {}) {
  const timers = toTimers(start);
  const calls: [second: number, event: unknown, requestId: string][] = [];
  const records: FailureRecord[] = [];
  let ids = 0;
  const send = toAsync({
    target: {
      arn: 'arn:it',
      asynchronous: { retriesMax: 2, ageMaxSeconds: 21_600, onFailure: null, ...asynchronous },
    },
    invoke: async (event, requestId) => {
      calls.push([(timers.now - start) / 1_000, event, requestId]);
      return answers.shift() ?? done;
    },
    now: () => timers.now,
    schedule: (at, run) => timers.at(at, run),
    onFailed: (record) => records.push(record),
    newId: () => `id-${++ids}`,
    ...more,
  });
  /** Lets virtual time run as long as something is due. */
  const settle = async (underWay: Promise<Invocation>): Promise<Invocation> => {
    let over = false;
    const end = underWay.finally(() => {
      over = true;
    });
    for (;;) {
      await new Promise(setImmediate);
      if (over) return end;
      timers.advance(timers.nextAt() ?? timers.now);
    }
  };
  return { send, calls, records, settle };
}

describe('an asynchronous invocation', () => {
  test('that succeeds happens once', async () => {
    const { send, calls, records, settle } = toQueue([]);
    expect(await settle(send(warning))).toEqual(done);
    expect(calls).toEqual([[0, warning, 'id-1']]);
    expect(records).toEqual([]);
  });

  test('that fails is tried again after one minute, and two more', async () => {
    const { send, calls, records, settle } = toQueue([failed, failed]);
    expect(await settle(send('e'))).toEqual(done);
    expect(calls).toEqual([
      [0, 'e', 'id-1'],
      [60, 'e', 'id-1'],
      [180, 'e', 'id-1'],
    ]);
    expect(records).toEqual([]);
  });

  test('that fails three times goes to the destination', async () => {
    const { send, calls, records, settle } = toQueue([failed, failed, failed]);
    expect(await settle(send({ a: 1 }))).toEqual(failed);
    expect(calls).toHaveLength(3);
    expect(records).toEqual([
      {
        version: '1.0',
        timestamp: '2026-11-22T05:03:00.250Z',
        requestContext: {
          requestId: 'id-1',
          functionArn: 'arn:it:$LATEST',
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { a: 1 },
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          functionError: 'Unhandled',
        },
        responsePayload: { errorType: 'Error', errorMessage: 'no' },
      },
    ]);
  });

  test('without retries goes there at once', async () => {
    const { send, calls, records, settle } = toQueue([failed], { retriesMax: 0 });
    await settle(send('e'));
    expect(calls).toHaveLength(1);
    expect(records).toMatchObject([{ requestContext: { approximateInvokeCount: 1 } }]);
  });

  test('that would be too old is not tried again', async () => {
    const { send, calls, records, settle } = toQueue([failed, failed], { ageMaxSeconds: 100 });
    await settle(send('e'));
    expect(calls).toHaveLength(2);
    expect(records).toMatchObject([{ requestContext: { condition: 'EventAgeExceeded' } }]);
  });

  test('may happen twice without any error, with the same id', async () => {
    const { send, calls, settle } = toQueue([], {}, { deliveries: () => 2 });
    await settle(send('e'));
    expect(calls).toEqual([
      [0, 'e', 'id-1'],
      [0, 'e', 'id-1'],
    ]);
  });

  test('does not wait for the one before', async () => {
    const { send, calls, settle } = toQueue([failed]);
    const [a, b] = [send('a'), send('b')];
    await settle(b);
    expect(calls.map(([, event]) => event)).toEqual(['a', 'b']);
    await settle(a);
    expect(calls.map(([, event]) => event)).toEqual(['a', 'b', 'a']);
  });
});
