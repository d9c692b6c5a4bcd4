/** `vpn bake`: makes the image that servers are launched from, tries it out, and has the loop move over to it. */
import { Option } from 'commander';
import type { Command } from '../command.ts';
import { readBakeSettings } from '../settings.ts';

export const bake: Command = {
  name: 'bake',
  summary: 'Makes the image that servers are launched from, and tries it out before it is used',
  options: [
    new Option('--cancel', 'breaks off what is under way, and removes what bakes have left'),
  ],
  examples: [
    ['bake', 'begins a bake, or follows the one under way; a quarter of an hour'],
    ['bake --cancel', 'after a bake that was broken off somewhere else'],
  ],
  async run(context, given) {
    // The SDK and the packed folder take their time, and only this needs them.
    const [{ runBake }, { toAws }] = await Promise.all([import('../bake.ts'), import('../aws.ts')]);
    const { clients, now } = toAws(context);
    const { screen, signal, reach } = context;
    const settings = readBakeSettings(reach.config);
    return runBake({ settings, clients, screen, signal, now, cancels: given.flag('cancel') });
  },
};
