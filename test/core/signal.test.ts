/** What each real event means, what odd ones do, and that no input at all breaks the parser. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Signal, toSignal } from '../../shared/core/signal.ts';

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;
type Path = (string | number)[];

const home = '/perennial/home/state';
const folder = new URL('../fixtures/events/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const fixtures = new Map(
  files.map((file) => [
    file.slice(0, -'.json'.length),
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Json,
  ]),
);

const nov22 = at(2026, 11, 22, 5);

const meanings: [fixture: string, expected: Signal][] = [
  ['scheduled-event', { kind: 'tick' }],
  ['scheduler-event', { kind: 'tick' }],
  [
    'spot-interruption-warning',
    { kind: 'interruption', serverId: 'i-0b662ef9931388ba0', action: 'terminate', at: nov22 },
  ],
  [
    'spot-interruption-warning-region-arn',
    { kind: 'interruption', serverId: 'i-1234567890abcdef0', action: 'hibernate', at: nov22 + 1e3 },
  ],
  [
    'rebalance-recommendation',
    { kind: 'rebalance', serverId: 'i-0b662ef9931388ba0', at: at(2020, 10, 26, 14, 14, 14) },
  ],
  [
    'instance-state-change',
    { kind: 'state', serverId: 'i-abcd1111', state: 'pending', at: at(2021, 11, 11, 21, 29, 54) },
  ],
  [
    'spot-request-fulfillment',
    {
      kind: 'fulfilled',
      serverId: 'i-1234567890abcdef0',
      requestId: 'sir-0e54a519c9EXAMPLE',
      at: nov22 + 90e3,
    },
  ],
  [
    'spot-evicted',
    { kind: 'evicted', serverIds: ['i-12345678901234567'], at: at(2024, 10, 9, 11, 48, 46) },
  ],
  [
    'command-invocation-status',
    {
      kind: 'command',
      commandId: 'e8d3c0e4-71f7-4491-898f-c9b35bee5f3b',
      serverId: 'i-9bb89e2b',
      status: 'Success',
      at: at(2016, 7, 10, 21, 51, 32),
    },
  ],
  [
    'parameter-change-desired',
    { kind: 'parameter', name: `${home}/desired`, operation: 'Update', at: nov22 + 120e3 },
  ],
  [
    'parameter-change-user',
    {
      kind: 'parameter',
      name: '/perennial/home/users/ann',
      operation: 'Update',
      at: nov22 + 120e3,
    },
  ],
  [
    'parameter-change-report',
    {
      kind: 'parameter',
      name: `${home}/servers/i-0b662ef9931388ba0`,
      operation: 'Create',
      at: nov22 + 130e3,
    },
  ],
  [
    'health-scheduled-change',
    {
      kind: 'maintenance',
      serverIds: ['i-12345678'],
      startsAt: at(2016, 6, 5, 15, 10, 9),
      code: 'AWS_EC2_DEDICATED_HOST_NETWORK_MAINTENANCE_SCHEDULED',
      at: at(2016, 6, 5, 6, 27, 57),
    },
  ],
  [
    'health-persistent-instance-retirement',
    {
      kind: 'maintenance',
      serverIds: ['i-0633ac2b0d9769723'],
      startsAt: at(2019, 6, 26, 15),
      code: 'AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED',
      at: at(2019, 6, 26, 15),
    },
  ],
  [
    'health-instance-retirement',
    {
      kind: 'maintenance',
      serverIds: ['i-1234567890abcdef0'],
      startsAt: at(2026, 8, 27, 13, 19, 3),
      code: 'AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
      at: at(2026, 1, 27, 1, 43, 21),
    },
  ],
  ['health-issue', noChange('AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED')],
  ['health-other-service', noChange('AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT')],
  [
    'parameter-change-journal',
    ignored('The journal changed, which the loop itself writes and need not hear of'),
  ],
  ['parameter-change-another-vpn', foreign('/perennial/home2/state/desired')],
  ['parameter-change-foreign', foreign('foo')],
  ['command-status', unheard('EC2 Command Status-change Notification', 'aws.ssm')],
  ['s3-object-created', unheard('Object Created', 'aws.s3')],
  [
    'autoscaling-lifecycle-action',
    unheard('EC2 Instance-terminate Lifecycle Action', 'aws.autoscaling'),
  ],
];

describe('a real event', () => {
  test.each(meanings)('%s', (fixture, expected) => {
    expect(toSignal(read(fixture), 'home')).toEqual(expected);
  });

  test.each(meanings)('%s means the same whatever its resources say', (fixture, expected) => {
    for (const resources of [undefined, [], 'arn', ['arn:aws:ec2:us-east-1b:instance/i-00000000']])
      expect(toSignal(replaced(read(fixture), ['resources'], resources), 'home')).toEqual(expected);
  });

  test('every fixture has its meaning in the table', () => {
    expect(meanings.map(([fixture]) => fixture).sort()).toEqual([...fixtures.keys()].sort());
  });
});

const warning = 'spot-interruption-warning';
const state = 'instance-state-change';
const evicted = 'spot-evicted';
const command = 'command-invocation-status';
const parameter = 'parameter-change-desired';
const health = 'health-scheduled-change';
const entities = ['detail', 'affectedEntities'];
const evictedIds = ['detail', 'serviceEventDetails', 'instanceIdSet'];

const oddities: [sentence: string, event: unknown, why: string][] = [
  ['nothing', undefined, 'it is missing'],
  ['null', null, 'it is missing'],
  ['a list', [read(warning)], 'it is a list'],
  ['a number', 42, 'it is a JSON number'],
  ['an empty object', {}, 'source missing, type missing'],
  ['a source that is no text', but(warning, ['source'], { toString: 1 }), 'source a JSON object'],
  ['a type that is no text', but(warning, ['detail-type'], { toString: 1 }), 'type a JSON object'],
  ['a source of another case', but(warning, ['source'], 'AWS.EC2'), 'of "AWS.EC2"'],
  ['a source like a built-in', but(warning, ['source'], '__proto__'), 'of "__proto__"'],
  ['a type like a built-in', but(warning, ['detail-type'], 'constructor'), '"constructor" of'],
  ['a right type from a wrong source', but(warning, ['source'], 'aws.ssm'), 'of "aws.ssm"'],
  ['a person who plays AWS', but(warning, ['source'], 'my.ec2'), 'of "my.ec2"'],
  ['a long type', but(warning, ['detail-type'], 'x'.repeat(1e6)), `"${'x'.repeat(70)}…"`],
  ['control characters', but(warning, ['detail-type'], 'a\u0000\n\u202eb'), '"a???b"'],
  ['no time', but(warning, ['time']), 'its time is missing'],
  ['a time in milliseconds', but(warning, ['time'], 1e12), 'its time is a JSON number'],
  ['a day without a time', but(warning, ['time'], '2026-11-22'), 'its time is "2026-11-22"'],
  ['a time of no zone', but(warning, ['time'], '2026-11-22T05:00:00'), 'its time is "2026'],
  ['a month that is none', but(warning, ['time'], '2026-13-22T05:00:00Z'), 'its time is "2026-13'],
  ['no detail', but(warning, ['detail']), 'its instance-id is missing'],
  ['a detail in text', but(warning, ['detail'], '{}'), 'its instance-id is missing'],
  ['a list for a detail', but(warning, ['detail'], []), 'its instance-id is missing'],
  ['no server', but(warning, ['detail', 'instance-id']), 'its instance-id is missing'],
  ['null for a server', but(warning, ['detail', 'instance-id'], null), 'instance-id is missing'],
  ['a list of servers', but(warning, ['detail', 'instance-id'], ['i-abcd1111']), 'is a list'],
  ['nine digits', but(warning, ['detail', 'instance-id'], 'i-123456789'), '"i-123456789"'],
  ['capital digits', but(warning, ['detail', 'instance-id'], 'i-ABCD1111'), '"i-ABCD1111"'],
  ['a line break', but(warning, ['detail', 'instance-id'], 'i-abcd1111\n'), '"i-abcd1111?"'],
  ['a home server', but(command, ['detail', 'instance-id'], 'mi-12345678901234567'), '"mi-1234'],
  ['an action AWS has not', but(warning, ['detail', 'instance-action'], 'action'), '"action"'],
  ['a state EC2 has not', but(state, ['detail', 'state'], 'rebooting'), 'state is "rebooting"'],
  ['an empty status', but(command, ['detail', 'status'], ''), 'status is ""'],
  [
    'an accepted bid',
    but(evicted, ['detail', 'eventName'], 'BidFulfilledEvent'),
    'takes no server',
  ],
  ['an eviction of nothing', but(evicted, evictedIds, []), 'of no server'],
  ['an eviction of volumes', but(evicted, evictedIds, ['vol-abcd1111', 7, null]), 'of no server'],
  [
    'an eviction in other words',
    but(evicted, ['detail', 'serviceEventDetails'], 'i-'),
    'no server',
  ],
  ['the ledger', but(parameter, ['detail', 'name'], '/perennial/home/ledger/2026-11'), 'none of'],
  ['a claim', but(parameter, ['detail', 'name'], '/perennial/home/addresses/10.40.2.2'), 'none of'],
  ['the state itself', but(parameter, ['detail', 'name'], '/perennial/home/state/'), 'none of'],
  ['a name of a name', but(parameter, ['detail', 'name'], '/x/perennial/home/state/a'), 'none of'],
  ['a name too long', but(parameter, ['detail', 'name'], 'x'.repeat(2049)), 'its name is "xxx'],
  ['an ended maintenance', but(health, ['detail', 'statusCode'], 'closed'), 'is over'],
  ['a maintenance of a host', but(health, [...entities, 0, 'entityValue'], 'h-1'), 'no server'],
  ['a maintenance of nobody', but(health, entities), 'names no server'],
  ['a maintenance of things', but(health, entities, [null, 'i-abcd1111', []]), 'names no server'],
  ['a start in other words', but(health, ['detail', 'startTime'], 'soon'), 'startTime is "soon"'],
  ['a start of 1 April', but(health, ['detail', 'startTime'], '1 April'), 'startTime is "1 April"'],
];

describe('an odd event is ignored, and the why says so', () => {
  test.each(oddities)('%s', (_, event, why) => {
    expect(toSignal(event, 'home')).toEqual({ kind: 'ignored', why: expect.stringContaining(why) });
  });

  test.each<[sentence: string, event: unknown, part: object]>([
    ['parts of a second', but(warning, ['time'], '2026-11-22T05:00:00.214Z'), { at: nov22 + 214 }],
    [
      'a day of one digit',
      but(health, ['detail', 'startTime'], 'Fri, 3 Jun 2022 05:01:10 GMT'),
      { startsAt: at(2022, 6, 3, 5, 1, 10) },
    ],
    ['a status that is not closed', but(health, ['detail', 'statusCode'], 'upcoming'), {}],
    [
      'an ARN of China',
      but(
        health,
        [...entities, 0, 'entityValue'],
        'arn:aws-cn:ec2:cn-north-1:1:instance/i-abcd1111',
      ),
      { serverIds: ['i-abcd1111'] },
    ],
  ])('but not %s', (_, event, part) => {
    const signal = toSignal(event, 'home');
    expect(signal.kind).not.toBe('ignored');
    expect(signal).toMatchObject(part);
  });

  test('of several servers those with a sound id remain', () => {
    const event = but(evicted, evictedIds, ['i-abcd1111', 'i-', null, 'i-12345678901234567']);
    expect(toSignal(event, 'home')).toMatchObject({
      serverIds: ['i-abcd1111', 'i-12345678901234567'],
    });
  });

  test('however deep it is', () => {
    let deep: Json = {};
    for (let depth = 0; depth < 100_000; depth++) deep = depth % 2 ? [deep] : { detail: deep };
    for (const [name, path] of places)
      expectSound(toSignal(replaced(read(name), path, deep), 'home'));
  });
});

const places = [...fixtures].flatMap(([name, event]) =>
  pathsOf(event).map((path): [string, Path] => [name, path]),
);

describe('whatever comes', () => {
  test('any JSON is a sound signal', () => {
    fc.assert(fc.property(fc.jsonValue(), (event) => expectSound(toSignal(event, 'home'))));
  });

  test('so is a real event with any one field replaced or removed', () => {
    const kindred = fc.constantFrom(...places.map(([name, path]) => valueAt(read(name), path)));
    const value = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.string(), kindred);
    fc.assert(
      fc.property(fc.constantFrom(...places), value, ([name, path], replacement) => {
        expectSound(toSignal(replaced(read(name), path, replacement), 'home'));
      }),
      { numRuns: 5_000 },
    );
  });

  test('nothing sticks to the prototype of all objects', () => {
    const foul = '{"source":"aws.ec2","detail":{"__proto__":{"state":"x"}},"__proto__":{"y":1}}';
    expectSound(toSignal(JSON.parse(foul), 'home'));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

const kinds: Record<Signal['kind'], true> = {
  tick: true,
  interruption: true,
  rebalance: true,
  state: true,
  fulfilled: true,
  evicted: true,
  maintenance: true,
  parameter: true,
  command: true,
  ignored: true,
};

function expectSound(signal: Signal): void {
  expect(Object.keys(kinds)).toContain(signal.kind);
  const one = 'serverId' in signal ? [signal.serverId] : [];
  const ids = 'serverIds' in signal ? signal.serverIds : one;
  for (const id of ids) expect(id).toMatch(/^i-([0-9a-f]{8}|[0-9a-f]{17})$/);
  for (const value of Object.values(signal))
    if (typeof value === 'number') expect(value).toSatisfy(Number.isSafeInteger);
  if (signal.kind === 'ignored') expect(signal.why).toMatch(/^[\x20-\x7e…]{10,199}$/);
}

/** Epoch milliseconds; months count from one. */
function at(year: number, month: number, day: number, hour: number, minute = 0, second = 0) {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function ignored(why: string): Signal {
  return { kind: 'ignored', why };
}

function noChange(code: string): Signal {
  return ignored(`AWS Health tells of "${code}", which is no scheduled change of EC2`);
}

function foreign(name: string): Signal {
  return ignored(`Parameter "${name}" is none of this VPN's state, users or keys`);
}

function unheard(type: string, source: string): Signal {
  return ignored(`Nothing here listens to "${type}" of "${source}"`);
}

function read(fixture: string): Json {
  const event = fixtures.get(fixture);
  if (event === undefined) throw new Error(`There is no fixture ${fixture}`);
  return event;
}

function but(fixture: string, path: Path, value?: unknown): unknown {
  return replaced(read(fixture), path, value);
}

/** A copy with another value at the path, or with nothing there if the value is undefined. */
function replaced(event: Json, path: Path, value: unknown): unknown {
  const copy = structuredClone(event);
  const last = path.at(-1) ?? '';
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function valueAt(event: Json, path: Path): Json {
  return path.reduce<Json>(
    (value, key) => (value as Record<string | number, Json>)[key] ?? null,
    event,
  );
}

function pathsOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const inside = keys.flatMap((key) => pathsOf(valueAt(value, [key]), [...path, key]));
  return path.length === 0 ? inside : [path, ...inside];
}
