/** `vpn bake` on the VPN that runs here, whose own function carries bakes on too; and on any AWS by its address. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bakedImageId } from '../../local/world.ts';
import { setPower, theServer } from '../../local/world-route.ts';
import { type CliStage, setCliStage } from './stage.ts';

interface Baked {
  outcome: string | null;
  imageId: string | null;
  steps: { at: string; why: string }[];
}

let stage: CliStage;
beforeAll(async () => {
  stage = await setCliStage();
});
afterAll(() => stage.stop());

/** What somebody's own AWS needs, besides its address. */
const own = () => ({
  AWS_ENDPOINT_URL: stage.aws.door.url,
  AWS_ACCESS_KEY_ID: 'mine',
  AWS_SECRET_ACCESS_KEY: 'mine',
});
const ownImages = () =>
  [...stage.aws.world.images.values()]
    .filter(({ owner, id }) => owner === stage.aws.world.account && id !== bakedImageId)
    .map(({ id }) => id);

test('nothing is there to break off', async () => {
  const { code, stdout } = await stage.vpn('bake --cancel', own());
  expect([code, stdout]).toEqual([0, 'Nothing was ever baked, and nothing is left to remove.\n']);
});

test('the loop moves over to what was baked', async () => {
  const { aws } = stage;
  aws.pump.change(() => setPower(aws.world, aws.config, 'on'));
  await stage.vpn('--local start --wait');
  const baked = await stage.ask<Baked>('bake');
  expect(baked.outcome).toBe('promoted');
  expect(ownImages()).toEqual([baked.imageId]);
  // In the world's time, which is ahead of ours.
  expect(baked.steps.length).toBeGreaterThan(2);
  expect(Date.parse(baked.steps.at(-1)?.at ?? '')).toBeGreaterThan(Date.now());
  await expect.poll(() => theServer(aws).imageId, { timeout: 120_000 }).toBe(baked.imageId);
});

test('an AWS where nothing is deployed says what to do first', async () => {
  const { world } = stage.aws;
  const templates = new Map(world.templates);
  stage.aws.pump.change(() => world.templates.clear());
  const { code, stdout } = await stage.vpn('bake', own());
  stage.aws.pump.change(() => {
    for (const [id, template] of templates) world.templates.set(id, template);
  });
  expect([code, stdout]).toEqual([
    1,
    expect.stringMatching(
      /^The bake failed; .* EC2 refused: the launch template is gone; deploy again \(InvalidLaunchTemplateName/,
    ),
  ]);
});
