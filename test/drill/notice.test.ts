/** AWS's own notice on request: what is made for it, when it comes, and where it can't be had. */
import { afterEach, describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { whyImpossible } from '../../scripts/vpn/drill/notice.ts';
import { type Scene, setScene } from './scene.ts';

const scenes: Scene[] = [];
async function open(...options: Parameters<typeof setScene>): Promise<Scene> {
  const scene = await setScene(...options);
  scenes.push(scene);
  return scene;
}
afterEach(() => Promise.all(scenes.splice(0).map((scene) => scene.close())));

const done = async (sentAt: number | null) => sentAt;
const notices = ({ events }: Scene) =>
  events.filter((event) => event['detail-type'] === 'EC2 Spot Instance Interruption Warning');

test('the notice comes, two minutes before the end, and then nothing is left', async () => {
  const scene = await open();
  const { world, serverId, said, left } = scene;
  const meanwhile: unknown[] = [];
  const outcome = await scene.run(async (sentAt) => {
    meanwhile.push(world.roles.size, world.fis.templates.size);
    return sentAt;
  });
  expect(meanwhile).toEqual([1, 1]);
  const { takenAt = null } = world.instances.get(serverId) ?? {};
  expect(outcome).toEqual({ kind: 'sent', answer: (takenAt ?? 0) - 120_000 });
  expect(notices(scene).map(({ detail }) => detail)).toEqual([
    { 'instance-id': serverId, 'instance-action': 'terminate' },
  ]);
  expect([scene.made(), left]).toEqual([[], []]);
  expect([...world.fis.experiments.values()].map(({ status }) => status)).toContain('completed');
  expect([said[0], said.at(-1)]).toEqual([
    'Making a role for AWS',
    'Removing what was made for it',
  ]);
});

test('AWS recommends to move away first, as it does', async () => {
  const scene = await open();
  await scene.run(done);
  expect(scene.events.map((event) => event['detail-type'])).toEqual([
    'EC2 Instance Rebalance Recommendation',
    'EC2 Spot Instance Interruption Warning',
  ]);
});

describe('a role that AWS does not know yet', () => {
  test('is waited for', async () => {
    const scene = await open({ times: { roleMs: () => 30_000 } });
    const outcome = await scene.run(done);
    expect(outcome.kind).toBe('sent');
    const { experiments } = scene.world.fis;
    expect(experiments.size).toBeGreaterThan(2);
    expect(scene.said).toContain('Waiting until AWS knows the role');
    // One template for all of them.
    expect(scene.calls.filter((call) => call === 'fis:CreateExperimentTemplate')).toHaveLength(1);
  });

  test('is not waited for without an end', async () => {
    const scene = await open({ times: { roleMs: () => 3_600_000 } });
    const before = scene.world.timers.now;
    const outcome = await scene.run(done);
    expect(outcome).toEqual({
      kind: 'impossible',
      why: expect.stringMatching(/^AWS's experiment came to nothing: .*not authorized to assume/),
    });
    expect(scene.world.timers.now - before).toBeLessThan(180_000);
    expect([scene.made(), scene.isTaken()]).toEqual([[], false]);
  });

  test.each(['CreateExperimentTemplate', 'StartExperiment'])(
    'is waited for where %s says so itself',
    async (operation) => {
      const scene = await open();
      let refusals = 2;
      scene.world.setFaults((_, asked) =>
        asked === operation && refusals-- > 0
          ? new AwsFault('ValidationException', 'The provided role could not be assumed')
          : null,
      );
      expect((await scene.run(done)).kind).toBe('sent');
      expect(refusals).toBeLessThan(0);
      expect(scene.made()).toEqual([]);
    },
  );

  test('is not what else is invalid', async () => {
    const scene = await open();
    scene.refuse('fis:StartExperiment', 'ValidationException', 400);
    await expect(scene.run(done)).rejects.toThrow('fis:StartExperiment was refused');
    expect(scene.made()).toEqual([]);
  });
});

describe('AWS can’t', () => {
  test('take what does not run on spot', async () => {
    const scene = await open({ market: 'on-demand' });
    expect(await scene.run(done)).toEqual({
      kind: 'impossible',
      why: expect.stringContaining('Target resolution returned empty set'),
    });
    expect([scene.made(), scene.isTaken()]).toEqual([[], false]);
  });

  test('take what is not ours: the role does not let it', async () => {
    const scene = await open({ tags: {} });
    expect(await scene.run(done)).toEqual({
      kind: 'impossible',
      why: expect.stringContaining('ec2:SendSpotInstanceInterruptions'),
    });
    expect([scene.made(), scene.isTaken()]).toEqual([[], false]);
  });

  test('interrupt anything in a region without that', async () => {
    const scene = await open();
    expect(await whyImpossible(scene.means)).toBeNull();
    scene.refuse('fis:GetAction', 'ResourceNotFoundException', 404);
    expect(await whyImpossible(scene.means)).toBe(
      'AWS interrupts no servers on request in us-east-1.',
    );
    scene.refuse('fis:GetAction', 'AccessDeniedException');
    expect(await whyImpossible(scene.means)).toMatch(/may not do that: .*fis:GetAction/);
    scene.refuse('fis:GetAction', 'InternalFailure', 500);
    await expect(whyImpossible(scene.means)).rejects.toThrow('fis:GetAction was refused');
  });
});
