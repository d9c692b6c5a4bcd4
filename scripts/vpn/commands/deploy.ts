/** `vpn deploy`: puts into the account what perennial.yml says, through osls. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from '../command.ts';
import { runOsls } from '../osls.ts';
import { readSettings, root, usualConfigFile } from '../settings.ts';
import { Trouble, Usage } from '../trouble.ts';

export const deploy: Command = {
  name: 'deploy',
  summary: 'Puts into your AWS account what perennial.yml says; again after each change of it',
  options: [new Option('--package <folder>', 'only makes what would be deployed, offline')],
  examples: [
    ['deploy', 'takes two minutes the first time'],
    ['deploy --package build/package', 'the CloudFormation template and the functions, to look at'],
  ],
  async run(context, given) {
    const { screen, reach } = context;
    if (reach.local) throw new Usage('What runs on this machine is deployed by "npm start".');
    if (reach.config !== undefined && reach.config !== usualConfigFile)
      throw new Usage(`osls reads ${usualConfigFile} and no other: leave --config out.`);
    const folder = given.text('package');
    if (folder !== undefined) {
      readSettings();
      await runOsls(context, ['package', '--package', folder]);
      const template = resolve(root, folder, 'cloudformation-template-update-stack.json');
      screen.show({ template }, `${template} is what would be deployed.`);
      return undefined;
    }
    const [{ toAws }, { findApi }, { makeFirstToken }] = await Promise.all([
      import('../aws.ts'),
      import('../stack.ts'),
      import('../token.ts'),
    ]);
    if (!existsSync(usualConfigFile))
      throw new Trouble('There is no perennial.yml yet: do "vpn init" first.');
    const settings = readSettings(undefined, {}, true);
    const aws = toAws(context);
    // Before anything is bundled: without credentials it would be for nothing.
    await aws.options.credentials();
    await runOsls(context, ['deploy']);
    const api = await findApi(context, aws);
    const made = await makeFirstToken(context, aws, api);
    const kept = made?.file ? ` Their token is in ${made.file}, readable only by you.` : '';
    screen.show(
      { stack: `perennial-${settings.policy.vpn}`, api, tokenFile: made?.file ?? null },
      `It is deployed; the dashboard and the API are at ${api}.${kept}`,
    );
    if (made) screen.note('Next: vpn bake');
    return undefined;
  },
};
