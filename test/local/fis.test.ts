/** Fault Injection Service as it is played: what a template must be, and how an experiment lives, acts and ends. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { World } from '../../local/world.ts';
import { must } from '../../shared/adapters/answers.ts';
import { setStage } from '../stage.ts';

const roleArn = 'arn:aws:iam::123456789012:role/drill';
let world: World;
let serverId: string;

beforeEach(() => {
  const stage = setStage({ times: { roleMs: () => 5_000 } });
  world = stage.world;
  const [LaunchTemplateId] = stage.config.templates.spot.id.split(':');
  const { Instances } = world.call('ec2', 'RunInstances', {
    LaunchTemplate: { LaunchTemplateId },
    ImageId: 'ami-0123456789abcdef0',
    InstanceType: 't3.nano',
    MinCount: 1,
    MaxCount: 1,
  }) as { Instances: { InstanceId: string }[] };
  serverId = must(Instances[0]?.InstanceId, 'InstanceId');
  makeRole();
  pass(60_000);
});

const pass = (ms: number) => world.timers.advance(world.timers.now + ms);
const allow = (Action: string[]) => [{ Effect: 'Allow', Action, Resource: '*' }];

function makeRole(actions = ['ec2:DescribeInstances', 'ec2:SendSpotInstanceInterruptions']): void {
  const Version = '2012-10-17';
  const trust = { Effect: 'Allow', Principal: { Service: 'fis.amazonaws.com' }, Action: 'sts:*' };
  world.call('iam', 'CreateRole', {
    RoleName: 'drill',
    AssumeRolePolicyDocument: JSON.stringify({ Version, Statement: trust }),
  });
  world.call('iam', 'PutRolePolicy', {
    RoleName: 'drill',
    PolicyName: 'own',
    PolicyDocument: JSON.stringify({ Version, Statement: allow(actions) }),
  });
}

const toAction = (durationBeforeInterruption = 'PT2M') => ({
  actionId: 'aws:ec2:send-spot-instance-interruptions',
  parameters: { durationBeforeInterruption },
  targets: { SpotInstances: 'server' },
});
const toTarget = (id = serverId) => ({
  resourceType: 'aws:ec2:spot-instance',
  selectionMode: 'ALL',
  resourceArns: [`arn:aws:ec2:us-east-1:123456789012:instance/${id}`],
});
const toTemplate = () => ({
  clientToken: 'a',
  description: 'a drill',
  roleArn,
  stopConditions: [{ source: 'none' }],
  targets: { server: toTarget() },
  actions: { interrupt: toAction() },
});

type Template = { experimentTemplate: { id: string } };
interface Running {
  experiment: {
    id: string;
    state: { status: string; reason?: string; error?: { code: string } };
    actions: { interrupt: { state: { status: string }; startTime?: Date; endTime?: Date } };
  };
}

const create = (more: object = {}) =>
  (world.call('fis', 'CreateExperimentTemplate', { ...toTemplate(), ...more }) as Template)
    .experimentTemplate.id;
const start = (more: object = {}) =>
  (
    world.call('fis', 'StartExperiment', {
      clientToken: 'b',
      experimentTemplateId: create(more),
    }) as Running
  ).experiment.id;
const read = (id: string) => (world.call('fis', 'GetExperiment', { id }) as Running).experiment;
const server = () => must(world.instances.get(serverId), 'the server');

describe('a template is refused', () => {
  test.each<[what: string, more: () => object]>([
    ['of a role that is none', () => ({ roleArn: 'arn:aws:iam::123456789012:user/ann' })],
    ['without an action', () => ({ actions: {} })],
    [
      'of an action that is not there',
      () => ({ actions: { a: { ...toAction(), actionId: 'aws:ec2:x' } } }),
    ],
    [
      'of an action without its targets',
      () => ({ actions: { a: { ...toAction(), targets: {} } } }),
    ],
    ['of targets that are not there', () => ({ targets: {} })],
    [
      'with a parameter of no meaning',
      () => ({ actions: { a: { ...toAction(), parameters: { duration: 'PT2M' } } } }),
    ],
    ...['PT1M', 'PT119S', 'PT16M', '2', 'P2D'].map((time): [string, () => object] => [
      `of ${time}`,
      () => ({ actions: { a: toAction(time) } }),
    ]),
    [
      'of other resources',
      () => ({ targets: { server: { ...toTarget(), resourceType: 'aws:ec2:instance' } } }),
    ],
    ['of no resource', () => ({ targets: { server: { ...toTarget(), resourceArns: [] } } })],
    [
      'of six',
      () => ({
        targets: {
          server: { ...toTarget(), resourceArns: Array(6).fill(toTarget().resourceArns[0]) },
        },
      }),
    ],
    ['with no word of when to stop', () => ({ stopConditions: [] })],
  ])('%s', (_, more) => {
    expect(() => create(more())).toThrow(expect.objectContaining({ code: 'ValidationException' }));
    expect(world.fis.templates.size).toBe(0);
  });
});

test('an experiment is pending, initiating and completed, and the notice is out', () => {
  const id = start();
  const seen = [read(id).state.status];
  for (let second = 0; second < 6; second++) {
    pass(1_000);
    seen.push(read(id).state.status);
  }
  expect([...new Set(seen)]).toEqual(['pending', 'initiating', 'completed']);
  const { startTime, endTime, state } = read(id).actions.interrupt;
  expect([startTime, state.status]).toEqual([endTime, 'completed']);
  expect(server().takenAt).toBe((startTime?.getTime() ?? 0) + 120_000);
  pass(125_000);
  expect(server().stateReason).toBe('Server.SpotInstanceTermination');
});

test('a longer time lies between the recommendation to move away and the notice', () => {
  const events: string[] = [];
  world.onEvent((event) => events.push(event['detail-type']));
  const id = start({ actions: { interrupt: toAction('PT5M') } });
  pass(60_000);
  expect([events, read(id).state.status]).toEqual([
    ['EC2 Instance Rebalance Recommendation'],
    'running',
  ]);
  expect(server().takenAt).toBeNull();
  pass(130_000);
  expect([events.at(-1), read(id).state.status]).toEqual([
    'EC2 Spot Instance Interruption Warning',
    'completed',
  ]);
});

describe('one that is stopped', () => {
  const stop = (id: string) => world.call('fis', 'StopExperiment', { id });

  test.each([
    ['before it acts', 500],
    ['while it waits with its notice', 60_000],
  ])('%s does nothing more', (_, after) => {
    const id = start({ actions: { interrupt: toAction('PT5M') } });
    pass(after);
    stop(id);
    expect(read(id).state.status).toBe('stopping');
    pass(600_000);
    expect([read(id).state.status, server().takenAt]).toEqual(['stopped', null]);
  });

  test('after its end was none to stop', () => {
    const id = start();
    pass(10_000);
    expect(() => stop(id)).toThrow('has ended');
    expect(server().takenAt).not.toBeNull();
  });
});

test.each<[what: string, code: string, prepare: () => object]>([
  [
    'a role that is gone',
    'AuthorizationFailure',
    () => {
      world.roles.delete('drill');
      return {};
    },
  ],
  [
    'a role that may not look',
    'AuthorizationFailure',
    () => {
      world.roles.delete('drill');
      makeRole(['ec2:SendSpotInstanceInterruptions']);
      pass(10_000);
      return {};
    },
  ],
  [
    'a role that may not interrupt',
    'AuthorizationFailure',
    () => {
      world.roles.delete('drill');
      makeRole(['ec2:DescribeInstances']);
      pass(10_000);
      return {};
    },
  ],
  [
    'a role that is too new',
    'AuthorizationFailure',
    () => {
      world.roles.delete('drill');
      makeRole();
      return {};
    },
  ],
  ['a server that is not there', 'InvalidTarget', () => ({ targets: { server: toTarget('i-0') } })],
])('an experiment with %s fails with %s', (_, code, prepare) => {
  const id = start(prepare());
  pass(5_000);
  expect(read(id).state).toEqual({
    status: 'failed',
    reason: expect.stringMatching(/./),
    error: { accountId: world.account, code, location: 'unknown' },
  });
  expect(server().takenAt).toBeNull();
});

test('a template that is deleted leaves its experiment alone, and starts none', () => {
  const id = start();
  const [templateId = ''] = world.fis.templates.keys();
  world.call('fis', 'DeleteExperimentTemplate', { id: templateId });
  pass(10_000);
  expect(read(id).state.status).toBe('completed');
  expect(() =>
    world.call('fis', 'StartExperiment', { clientToken: 'c', experimentTemplateId: templateId }),
  ).toThrow(expect.objectContaining({ code: 'ResourceNotFoundException', status: 404 }));
});

test('the same token makes the same once', () => {
  expect(create()).toBe(create());
  expect(create({ clientToken: 'other' })).not.toBe(create());
  expect(start()).toBe(start());
});
