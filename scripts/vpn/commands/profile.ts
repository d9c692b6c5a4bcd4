/** `vpn profile`: what a user needs on a system. */
import { Option } from 'commander';
import { type Profile, systems } from '../../../shared/users/profiles.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { Trouble } from '../trouble.ts';
import { showProfile } from '../words/secrets.ts';

export const profile: Command = {
  name: 'profile',
  summary: 'What a user needs on a system: on stdout, or in a file that only you can read',
  takes: ['<user>'],
  options: [
    new Option('--for <system>', 'the system').choices(systems).makeOptionMandatory(),
    new Option('--protocol <protocol>', 'only what is for it').choices(['pptp', 'wireguard']),
    new Option(
      '--kill-switch',
      'nothing leaves beside the tunnel, where the system can see to that',
    ),
    new Option('--out <path>', 'into a file, or several into a folder, readable only by you'),
  ],
  examples: [
    ['profile alice --for windows', 'a PowerShell script and a WireGuard file'],
    ['profile alice --for ubuntu --out alice', 'all files into the folder alice'],
    ['profile alice --for wireguard --protocol wireguard > alice.conf', 'one file on stdout'],
  ],
  async run(context, given) {
    const { screen } = context;
    const user = given.arg(0) ?? '';
    const system = given.text('for') ?? '';
    const protocol = given.text('protocol');
    const found = await screen.during('Reading the profile', async () => {
      const caller = await connect(context);
      const path = `/users/${encodeURIComponent(user)}/profile`;
      const query = { for: system, ...(given.flag('killSwitch') && { killSwitch: 'true' }) };
      return caller.ask<Profile>('GET', path, { query });
    });
    const files = found.files.filter((file) => !protocol || file.protocol === protocol);
    const out = given.text('out');
    if (out !== undefined && !files.length)
      throw new Trouble(`There is no file for that: ${found.steps.join(' ')}`);
    showProfile(screen, { ...found, files }, out);
    return undefined;
  },
};
