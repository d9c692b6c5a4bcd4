/** docs/operations.md names the leave that a real drill takes: what it calls, and what AWS asks for beside that. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { whyImpossible } from '../../scripts/vpn/drill/notice.ts';
import { setScene } from '../drill/scene.ts';

/** By AWS's service authorization reference: what tags the template, and hands out the role; what AWS makes for itself. */
const beside = ['fis:TagResource', 'iam:PassRole', 'iam:CreateServiceLinkedRole'];
/** The other kind of drill. */
const atOnce = 'ec2:TerminateInstances';

const scene = await setScene({ times: { roleMs: () => 0 } });
afterAll(() => scene.close());

test('that leave is what its calls need, no more and no less', async () => {
  const [, drills = ''] = readFileSync('docs/operations.md', 'utf8').split('\n## Drills\n');
  const [section = ''] = drills.split('\n## ');
  const named = [...section.matchAll(/`((?:fis|iam|ec2):\w+)`/g)].map(([, action]) => action);
  expect(await whyImpossible(scene.means)).toBeNull();
  await scene.run(async () => null);
  // Broken off before AWS acts it stops the experiment, too.
  const { pause } = scene.means;
  scene.means.pause = async (ms) => {
    scene.interrupt.abort();
    await pause(ms);
  };
  await expect(scene.run(async () => null)).rejects.toThrow(/aborted/);
  expect(new Set(named)).toEqual(new Set([...scene.calls, ...beside, atOnce]));
});
