/** What a real drill asks of AWS, judged by others: the `aws` command runs it by hand on our door, parliament reads its policy. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { roleNameOf, toPolicy, toTrust } from '../../scripts/vpn/drill/role.ts';
import { type Scene, setScene } from '../drill/scene.ts';
import { type Aws, run, toAws } from './aws.ts';

let scene: Scene;
let aws: Aws;
beforeAll(async () => {
  scene = await setScene({ times: { roleMs: () => 0 } });
  aws = toAws(inject('peersBin'), scene.options.endpoint);
});
afterAll(() => scene.close());

test('by hand it goes as by the drill, and every answer fits AWS’s model', async () => {
  const { world, serverId, means } = scene;
  const { place } = means;
  const role = { 'role-name': roleNameOf(place) };
  const policy = { ...role, 'policy-name': 'interrupt' };
  const { Role } = await aws.ask('iam create-role', {
    ...role,
    'assume-role-policy-document': toTrust(place),
  });
  expect(Role.Arn).toBe('arn:aws:iam::123456789012:role/perennial-home-drill-us-east-1');
  await aws.ask('iam put-role-policy', { ...policy, 'policy-document': toPolicy(place, serverId) });
  const action = 'aws:ec2:send-spot-instance-interruptions';
  expect((await aws.ask('fis get-action', { id: action })).action).toMatchObject({ id: action });
  const { experimentTemplate } = await aws.ask('fis create-experiment-template', {
    description: 'by hand',
    'role-arn': Role.Arn,
    'stop-conditions': 'source=none',
    targets: {
      server: {
        resourceType: 'aws:ec2:spot-instance',
        resourceArns: [`arn:aws:ec2:us-east-1:123456789012:instance/${serverId}`],
        selectionMode: 'ALL',
      },
    },
    actions: {
      interrupt: {
        actionId: action,
        parameters: { durationBeforeInterruption: 'PT2M' },
        targets: { SpotInstances: 'server' },
      },
    },
    tags: { 'perennial:vpn': 'home' },
  });
  const { id } = experimentTemplate;
  expect((await aws.ask('fis list-experiment-templates')).experimentTemplates).toMatchObject([
    { id, description: 'by hand', tags: { 'perennial:vpn': 'home' } },
  ]);
  const { experiment } = await aws.ask('fis start-experiment', { 'experiment-template-id': id });
  expect(experiment.state).toEqual({ status: 'pending' });
  world.timers.advance(world.timers.now + 10_000);
  const seen = await aws.ask('fis get-experiment', { id: experiment.id });
  expect(seen.experiment).toMatchObject({
    id: experiment.id,
    experimentTemplateId: id,
    roleArn: Role.Arn,
    state: { status: 'completed' },
    actions: { interrupt: { actionId: action, state: { status: 'completed' } } },
  });
  expect(scene.isTaken()).toBe(true);
  await aws.ask('fis delete-experiment-template', { id });
  await aws.ask('iam delete-role-policy', policy);
  await aws.ask('iam delete-role', role);
  expect(scene.made()).toEqual([]);
});

test.each([
  [
    'fis get-experiment',
    { id: 'EXP0' },
    '(ResourceNotFoundException) when calling the GetExperiment operation: Experiment EXP0 not found.',
  ],
  [
    'fis get-action',
    { id: 'aws:x' },
    '(ResourceNotFoundException) when calling the GetAction operation: Action not found.',
  ],
  [
    'iam delete-role',
    { 'role-name': 'none' },
    '(NoSuchEntity) when calling the DeleteRole operation: The role with name none cannot be found.',
  ],
])(
  '%s of what is not there is refused in words that the command reads',
  async (command, options, words) => {
    const { code, stderr } = await aws.run(command, options);
    expect([code, stderr.trim()]).toEqual([255, `An error occurred ${words}`]);
  },
);

test('parliament finds nothing in the policy of the role', async () => {
  const document = toPolicy(scene.means.place, scene.serverId);
  const { stdout } = await run(join(inject('peersBin'), 'parliament'), [
    '--json',
    '--string',
    JSON.stringify(document),
  ]);
  expect(stdout).toBe('');
});
