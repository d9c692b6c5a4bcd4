/** The bake's Lambda: carries on what is under way, cleans up what is left, and begins a refresh when it is due. */
import middy from '@middy/core';
import { type BakePass, bake } from '../shared/bake/bake.ts';
import type { Pack } from '../shared/bake/pack.ts';
import { wireBake } from '../shared/bake/wire.ts';
import { logged } from '../shared/log.ts';

/** The build puts it here. */
declare const imagePack: Pack;

const bakery = wireBake(process.env, imagePack);

export const handler = middy()
  .use(logged())
  .handler(async (): Promise<BakePass> => {
    const pass = await bake(bakery);
    const failed = pass.steps.find((step) => step.kind === 'conclude' && step.outcome === 'failed');
    // It goes to the queue of failures, and from there to a person: nobody may have been waiting for this bake.
    if (failed) throw new Error(`The bake failed. ${failed.why}`);
    return pass;
  });
