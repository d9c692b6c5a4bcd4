/** How AWS's experiment is followed and judged, whatever it says of itself. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Experiment } from '../../scripts/vpn/drill/fis.ts';
import { whyImpossible } from '../../scripts/vpn/drill/notice.ts';
import { findRemains } from '../../scripts/vpn/drill/remains.ts';
import { type Scene, setScene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene({ times: { roleMs: () => 0 } });
});
afterEach(() => scene.close());

const startTime = 1_795_000_000;
const acting = { interrupt: { startTime } };

/** AWS says that of the experiment, one after the other and the last from then on. Answers how often it was asked. */
function say(...states: Omit<Experiment, 'id'>[]): { count: number } {
  const asked = { count: 0 };
  scene.means.fis.read = async (id) => {
    const state = states[Math.min(asked.count, states.length - 1)];
    asked.count++;
    return { id, state: { status: 'pending' }, ...state };
  };
  return asked;
}

test('it is followed until its action has begun, and before the role goes to its end', async () => {
  const running = { state: { status: 'running' as const } };
  const asked = say(
    { state: { status: 'initiating' } },
    running,
    { ...running, actions: acting },
    { ...running, actions: acting },
    { state: { status: 'completed' }, actions: acting },
  );
  const outcome = await scene.run(async (sentAt) => [sentAt, asked.count, scene.world.roles.size]);
  expect(outcome).toEqual({ kind: 'sent', answer: [startTime * 1_000, 3, 1] });
  expect(asked.count).toBeGreaterThanOrEqual(5);
  expect(scene.made()).toEqual([]);
});

test('one whose time AWS does not tell counts all the same', async () => {
  say({ state: { status: 'completed' } });
  expect(await scene.run(async (sentAt) => sentAt)).toEqual({ kind: 'sent', answer: null });
});

test.each<[what: string, state: Experiment['state'], says: string]>([
  [
    'failed inside of AWS',
    { status: 'failed', reason: 'Try later.', error: { code: 'InternalFailure' } },
    "AWS's experiment came to nothing: Try later.",
  ],
  [
    'was stopped by somebody',
    { status: 'stopped' },
    "AWS's experiment came to nothing: it is stopped",
  ],
])('one that %s is no word on what AWS can do', async (_, state, says) => {
  say({ state });
  await expect(scene.run(async () => null)).rejects.toThrow(says);
  expect(scene.world.fis.experiments.size).toBe(1);
  expect(scene.made()).toEqual([]);
});

test('one that failed for want of its target is not begun again', async () => {
  say({ state: { status: 'failed', reason: 'None.', error: { code: 'InvalidTarget' } } });
  expect(await scene.run(async () => null)).toEqual({
    kind: 'impossible',
    why: "AWS's experiment came to nothing: None.",
  });
  expect(scene.world.fis.experiments.size).toBe(1);
});

test('one that never ends is not waited for without an end', async () => {
  say({ state: { status: 'initiating' } });
  await expect(scene.run(async () => null)).rejects.toThrow(/neither begins nor ends/);
  expect(scene.made()).toEqual([]);
});

test('one that can’t be looked at is stopped', async () => {
  scene.refuse('fis:GetExperiment', 'InternalFailure', 500);
  await expect(scene.run(async () => null)).rejects.toThrow('was refused');
  scene.world.timers.advance(scene.world.timers.now + 60_000);
  const { experiments } = scene.world.fis;
  expect([...experiments.values()].map(({ status }) => status)).toEqual(['stopped']);
});

describe('a template', () => {
  test('that somebody has removed is as good as removed', async () => {
    const { fis } = scene.means;
    await scene.run(async () => {
      const [id = ''] = scene.world.fis.templates.keys();
      await fis.deleteTemplate(id);
    });
    expect([scene.made(), scene.left]).toEqual([[], []]);
  });

  test('is known without AWS’s list', async () => {
    await scene.run(async () => scene.refuse('fis:ListExperimentTemplates', 'AccessDenied'));
    expect(scene.made()).toEqual([]);
    expect(scene.left).toEqual([expect.stringMatching(/^Templates .* could not be listed: /)]);
  });
});

describe('where there is no such service', () => {
  const unreachable = () =>
    Promise.reject(
      new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }),
    );

  test('AWS can’t interrupt, and nothing is left of drills', async () => {
    scene.means.fis.findAction = unreachable;
    scene.means.fis.listTemplates = unreachable;
    expect(await whyImpossible(scene.means)).toBe(
      'AWS interrupts no servers on request in us-east-1.',
    );
    expect(await findRemains(scene.means)).toEqual({ templateIds: [], roleName: null });
  });

  test.each(['fis:ListExperimentTemplates', 'iam:GetRole'])(
    'as where a person may not look (%s)',
    async (operation) => {
      scene.refuse(operation, 'AccessDeniedException');
      expect(await findRemains(scene.means)).toEqual({ templateIds: [], roleName: null });
      scene.refuse(operation, 'InternalFailure', 500);
      await expect(findRemains(scene.means)).rejects.toThrow('was refused');
    },
  );
});
