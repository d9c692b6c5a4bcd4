/** The rules of serverless.yml: every signal wakes the loop, nothing else does, and what is lost is kept. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { matches } from '../local/events/pattern.ts';
import { allOf, packageTemplate, toResources } from './compiled-template.ts';

const resources = toResources(await packageTemplate());
const fixtures = join(import.meta.dirname, 'fixtures/events');

const rules = new Map(
  allOf(resources, 'AWS::Events::Rule').map((rule) => [
    String(rule.Name).replace('perennial-home.', ''),
    rule,
  ]),
);

const ofEc2 = (detailType: string) => ({ source: ['aws.ec2'], 'detail-type': [detailType] });
const patterns = {
  interruption: ofEc2('EC2 Spot Instance Interruption Warning'),
  rebalance: ofEc2('EC2 Instance Rebalance Recommendation'),
  state: ofEc2('EC2 Instance State-change Notification'),
  fulfilled: ofEc2('EC2 Spot Instance Request Fulfillment'),
  evicted: {
    ...ofEc2('AWS Service Event via CloudTrail'),
    detail: { eventName: ['BidEvictedEvent'] },
  },
  parameter: {
    source: ['aws.ssm'],
    'detail-type': ['Parameter Store Change'],
    detail: {
      name: ['/perennial/home/state/desired', { prefix: '/perennial/home/state/servers/' }],
      operation: ['Create', 'Update'],
    },
  },
  secret: {
    source: ['aws.ssm'],
    'detail-type': ['Parameter Store Change'],
    detail: {
      name: [{ prefix: '/perennial/home/users/' }, { prefix: '/perennial/home/keys/' }],
    },
  },
  command: {
    source: ['aws.ssm'],
    'detail-type': ['EC2 Command Invocation Status-change Notification'],
    detail: { 'document-name': ['Perennial-ApplySecrets-home'] },
  },
  maintenance: {
    source: ['aws.health'],
    'detail-type': ['AWS Health Event'],
    detail: { service: ['EC2'], eventTypeCategory: ['scheduledChange'] },
  },
  tick: undefined,
  journal: {
    source: ['aws.ssm'],
    'detail-type': ['Parameter Store Change'],
    detail: {
      name: ['/perennial/home/state/journal', '/perennial/home/api/attempts'],
      operation: ['Create', 'Update'],
    },
  },
  untold: undefined,
  bake: undefined,
};

/** All others wake the loop. */
const functions: Record<string, string> = { journal: 'Tell', untold: 'Tell', bake: 'Bake' };

test('are these', () => {
  const found = [...rules].map(([name, { EventPattern }]) => [name, EventPattern]);
  expect(Object.fromEntries(found)).toEqual(patterns);
});

/** Every event that we have a recording of, with the rule that it is for. Any other stays outside. */
const forRule = new Map([
  ['spot-interruption-warning', 'interruption'],
  ['spot-interruption-warning-region-arn', 'interruption'],
  ['rebalance-recommendation', 'rebalance'],
  ['instance-state-change', 'state'],
  ['spot-request-fulfillment', 'fulfilled'],
  ['spot-evicted', 'evicted'],
  ['parameter-change-desired', 'parameter'],
  ['parameter-change-report', 'parameter'],
  ['parameter-change-journal', 'journal'],
  ['parameter-change-user', 'secret'],
  ['health-scheduled-change', 'maintenance'],
  ['health-instance-retirement', 'maintenance'],
  ['health-persistent-instance-retirement', 'maintenance'],
]);
const events = readdirSync(fixtures).flatMap((file): [string, string[]][] => {
  if (!file.endsWith('.json')) return [];
  const name = file.replace('.json', '');
  return [[name, [forRule.get(name) ?? []].flat()]];
});

test('have a recorded event each, but for the ticks and our own document', () => {
  const recorded = new Set(events.flatMap(([, names]) => names));
  const without = [...rules.keys()].filter((name) => !recorded.has(name));
  expect(without.sort()).toEqual(['bake', 'command', 'tick', 'untold']);
});

test.each(events)('let %s in by %j', (name, expected) => {
  const event: unknown = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8'));
  expect(matching(event)).toEqual(expected);
});

const ssm = (type: string, detail: object) => ({
  source: 'aws.ssm',
  'detail-type': type,
  detail,
});
const change = (name: string, operation = 'Update') =>
  ssm('Parameter Store Change', { operation, name, type: 'String' });
const document = { 'document-name': 'Perennial-ApplySecrets-home', status: 'Success' };
test.each([
  [
    'a run of our document',
    ['command'],
    ssm('EC2 Command Invocation Status-change Notification', document),
  ],
  [
    "its command event, which holds the command's parameters",
    [],
    ssm('EC2 Command Status-change Notification', document),
  ],
  [
    "a run of another VPN's document",
    [],
    ssm('EC2 Command Invocation Status-change Notification', {
      ...document,
      'document-name': 'Perennial-ApplySecrets-home2',
    }),
  ],
  ['a report that the loop forgot', [], change('/perennial/home/state/servers/i-0f0e', 'Delete')],
  ['the first wish', ['parameter'], change('/perennial/home/state/desired', 'Create')],
  ['the journal, which the loop writes', ['journal'], change('/perennial/home/state/journal')],
  ['a wrong token', ['journal'], change('/perennial/home/api/attempts')],
  ['a new token', [], change('/perennial/home/api/token')],
  ['what was told', [], change('/perennial/home/told/bookmark')],
  ['the ledger', [], change('/perennial/home/ledger/2026-11')],
  ['a user', ['secret'], change('/perennial/home/users/ann')],
  ['a user that is gone', ['secret'], change('/perennial/home/users/ann', 'Delete')],
  ["the servers' key", ['secret'], change('/perennial/home/keys/wireguard', 'Create')],
  ["another VPN's user", [], change('/perennial/home-2/users/ann')],
  ["another VPN's report", [], change('/perennial/home-2/state/servers/i-0f0e')],
  [
    'another event by way of CloudTrail',
    [],
    {
      source: 'aws.ec2',
      'detail-type': 'AWS Service Event via CloudTrail',
      detail: { eventName: 'SharedSnapshotVolumeCreated' },
    },
  ],
])('%s: %j', (_, expected, event) => {
  expect(matching(event)).toEqual(expected);
});

test.each([...rules.keys()])('%s: wakes its function, and what is lost is kept', (name) => {
  const { State, Targets } = rules.get(name) ?? {};
  expect(State).toBe('ENABLED');
  expect(Targets).toEqual([
    {
      Id: expect.any(String),
      Arn: `${functions[name] ?? 'Reconcile'}LambdaFunction.Arn`,
      RetryPolicy: { MaximumEventAgeInSeconds: ['tick', 'untold'].includes(name) ? 60 : 300 },
      DeadLetterConfig: { Arn: 'FailureQueue.Arn' },
    },
  ]);
});

test('may call the function and fill the queue, and no other rules may', () => {
  const arns = [...rules.keys()].map(
    (name) => `arn:aws:events:us-east-1:123456789012:rule/perennial-home.${name}`,
  );
  const permissions = allOf(resources, 'AWS::Lambda::Permission');
  const fromEvents = permissions.filter(({ Principal }) => Principal === 'events.amazonaws.com');
  expect(fromEvents.map(({ SourceArn }) => SourceArn)).toEqual(arns);
  const ours = 'arn:aws:events:us-east-1:123456789012:rule/perennial-home.*';
  expect(resources.get('FailureQueuePolicy')?.properties.PolicyDocument).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OurRules',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: 'FailureQueue.Arn',
        Condition: { ArnLike: { 'aws:SourceArn': ours } },
      },
    ],
  });
});

test('tick every minute for the loop, every second one for the telling, every fifth for baking', () => {
  expect(rules.get('tick')?.ScheduleExpression).toBe('rate(1 minute)');
  expect(rules.get('untold')?.ScheduleExpression).toBe('rate(2 minutes)');
  expect(rules.get('bake')?.ScheduleExpression).toBe('rate(5 minutes)');
});

function matching(event: unknown): string[] {
  return [...rules].flatMap(([name, { EventPattern }]) =>
    EventPattern && matches(EventPattern, event) ? [name] : [],
  );
}
