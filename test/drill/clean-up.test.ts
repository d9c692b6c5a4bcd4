/** Whatever fails, and whenever ^C comes, nothing is left in the account of what a drill makes there. */
import { afterEach, describe, expect, test } from 'vitest';
import { findRemains } from '../../scripts/vpn/drill/remains.ts';
import { type Scene, setScene } from './scene.ts';

const scenes: Scene[] = [];
async function open(...options: Parameters<typeof setScene>): Promise<Scene> {
  const scene = await setScene(...options);
  scenes.push(scene);
  return scene;
}
afterEach(() => Promise.all(scenes.splice(0).map((scene) => scene.close())));

const done = async (sentAt: number | null) => sentAt;

const making = [
  'iam:CreateRole',
  'iam:PutRolePolicy',
  'fis:CreateExperimentTemplate',
  'fis:StartExperiment',
  'fis:GetExperiment',
];

describe.each(making)('where %s fails', (operation) => {
  test.each([
    'AccessDenied',
    'AccessDeniedException',
    'LimitExceeded',
    'LimitExceededException',
    'ServiceQuotaExceededException',
  ])('for good (%s), that is said in a sentence, and nothing is left', async (code) => {
    const scene = await open();
    scene.refuse(operation, code);
    const outcome = await scene.run(done);
    expect(outcome).toEqual({
      kind: 'impossible',
      why: expect.stringContaining(`${operation} was refused`),
    });
    expect([scene.made(), scene.left]).toEqual([[], []]);
    scene.world.timers.advance(scene.world.timers.now + 300_000);
    expect(scene.isTaken()).toBe(false);
  });

  test('for a moment, that is an error, and nothing is left', async () => {
    const scene = await open();
    scene.refuse(operation, 'InternalFailure', 500);
    await expect(scene.run(done)).rejects.toThrow(`${operation} was refused`);
    expect(scene.made()).toEqual([]);
  });
});

test('what fails while it is followed is not taken for a refusal', async () => {
  const scene = await open();
  const refused = Object.assign(new Error('the API'), { name: 'AccessDeniedException' });
  await expect(scene.run(() => Promise.reject(refused))).rejects.toBe(refused);
  expect([scene.made(), scene.isTaken()]).toEqual([[], true]);
});

const steps = [
  'Making a role for AWS',
  'Asking AWS to interrupt the server',
  'Waiting until AWS knows the role',
];

test.each(steps)('^C at "%s" leaves nothing, and the server alone', async (step) => {
  const scene = await open({ times: { roleMs: () => 20_000 } });
  const { means, interrupt } = scene;
  const { say } = means;
  means.say = (words) => {
    say(words);
    if (words === step) interrupt.abort();
  };
  await expect(scene.run(done)).rejects.toThrow(/aborted/);
  scene.world.timers.advance(scene.world.timers.now + 300_000);
  expect([scene.made(), scene.left, scene.isTaken()]).toEqual([[], [], false]);
});

test('^C before AWS has begun stops its experiment', async () => {
  const scene = await open({ times: { roleMs: () => 0 } });
  const { means, interrupt, world } = scene;
  const { pause } = means;
  means.pause = async (ms) => {
    if (world.fis.experiments.size) interrupt.abort();
    await pause(ms);
  };
  await expect(scene.run(done)).rejects.toThrow(/aborted/);
  world.timers.advance(world.timers.now + 300_000);
  expect([...world.fis.experiments.values()].map(({ status }) => status)).toEqual(['stopped']);
  expect([scene.made(), scene.isTaken()]).toEqual([[], false]);
});

describe('what can’t be removed', () => {
  const removals = ['fis:DeleteExperimentTemplate', 'iam:DeleteRolePolicy', 'iam:DeleteRole'];

  test.each(removals)(
    '(%s) is told, keeps nothing else, and goes with the next',
    async (operation) => {
      const scene = await open();
      const { world } = scene;
      const outcome = await scene.run(async () => scene.refuse(operation, 'AccessDenied'));
      expect(outcome.kind).toBe('sent');
      const isTemplate = operation === 'fis:DeleteExperimentTemplate';
      const what = isTemplate
        ? /^The experiment template EXT\w+/
        : /^The role perennial-home-drill/;
      expect(scene.left).toEqual([expect.stringMatching(what)]);
      expect(scene.left[0]).toContain(`${operation} was refused`);
      expect([world.roles.size, world.fis.templates.size]).toEqual(isTemplate ? [0, 1] : [1, 0]);
      world.setFaults(() => null);
      expect(await findRemains(scene.means)).toEqual({
        templateIds: [...world.fis.templates.keys()],
        roleName: isTemplate ? null : 'perennial-home-drill-us-east-1',
      });
      // The server is doomed by now, which an experiment does not mind.
      expect((await scene.run(done)).kind).toBe('sent');
      expect(scene.made()).toEqual([]);
    },
  );

  test('is found again, of this VPN alone', async () => {
    const scene = await open();
    const { fis, place } = scene.means;
    const template = (vpn: string) => ({
      description: 'another',
      roleArn: 'arn:aws:iam::123456789012:role/another',
      stopConditions: [{ source: 'none' as const }],
      targets: {
        server: {
          resourceType: 'aws:ec2:spot-instance',
          resourceArns: ['arn:aws:ec2:us-east-1:123456789012:instance/i-0'],
          selectionMode: 'ALL' as const,
        },
      },
      actions: {
        interrupt: {
          actionId: 'aws:ec2:send-spot-instance-interruptions',
          parameters: { durationBeforeInterruption: 'PT2M' },
          targets: { SpotInstances: 'server' },
        },
      },
      tags: { 'perennial:vpn': vpn },
    });
    const ours = await fis.createTemplate('a', template(place.vpn));
    const theirs = await fis.createTemplate('b', template('cottage'));
    expect(await findRemains(scene.means)).toEqual({ templateIds: [ours], roleName: null });
    await scene.run(done);
    expect(scene.made()).toEqual([theirs]);
  });
});
