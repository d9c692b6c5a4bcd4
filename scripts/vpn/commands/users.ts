/** `vpn users`, and adding and removing them. */
import { Option } from 'commander';
import { type System, systems } from '../../../shared/users/profiles.ts';
import type { Shown, Status, User } from '../../../web/data/answers.ts';
import type { Caller } from '../caller.ts';
import { type Command, type Context, type Given, time } from '../command.ts';
import { connect } from '../connect.ts';
import { paint } from '../screen.ts';
import { Usage } from '../trouble.ts';
import { showProfile, toCode, toFreshProfile, toShownText } from '../words/secrets.ts';
import { toTable } from '../words/table.ts';

export const users: Command = {
  name: 'users',
  summary: 'Who may connect',
  examples: [['users', 'without their secrets']],
  async run(context) {
    const { screen } = context;
    const found = await screen.during('Listing users', async () => {
      const caller = await connect(context);
      return (await caller.ask<{ users: User[] }>('GET', '/users')).users;
    });
    const rows = found.map((user) => [
      user.name,
      user.address ?? '',
      user.rotated.slice(0, 10),
      user.expires?.slice(0, 16) ?? 'never',
      user.applied ? paint('green', 'yes') : paint('yellow', 'not yet'),
    ]);
    const head = ['user', 'tunnel address', 'rotated', 'expires', 'on the server'];
    const none = 'Nobody yet: add somebody with "vpn users add".';
    screen.show(found, rows.length ? toTable(head, rows) : none);
    return undefined;
  },
};

/** For whom new secrets are, and where to put them. */
export const receivers = [
  new Option('--for <system>', 'as what that system takes').choices(systems),
  new Option('--kill-switch', 'nothing leaves beside the tunnel, where the system can see to that'),
  new Option('--out <path>', 'into a file, or several into a folder, readable only by you'),
];

export const addUser: Command = {
  name: 'users add',
  summary: 'Adds a user, and shows the secrets, once',
  takes: ['<user>'],
  options: [
    ...receivers,
    new Option('--expires <time>', 'then the user is removed').argParser(time),
    new Option('--public-key <key>', "the user's own WireGuard key; else a pair is made"),
  ],
  examples: [
    ['users add alice', 'with a QR code in the terminal for WireGuard on a phone'],
    ['users add bob --for ios --out bob.mobileconfig --expires 7d', 'a guest for a week'],
  ],
  async run(context, given) {
    checkOut(given);
    const expires = given.time('expires', context.now());
    const publicKey = given.text('publicKey');
    const body = {
      name: given.arg(0),
      ...(expires && { expires }),
      ...(publicKey && { publicKey }),
    };
    await context.screen.during('Adding the user', async () => {
      const caller = await connect(context);
      const shown = await caller.ask<Shown>('POST', '/users', { body });
      await showFresh(context, caller, given, [shown]);
    });
    return undefined;
  },
};

export const removeUser: Command = {
  name: 'users remove',
  summary: 'Removes a user, whose connections then end',
  takes: ['<user>'],
  examples: [['users remove alice', 'at once, wherever she is connected']],
  async run(context, given) {
    const user = given.arg(0) ?? '';
    await context.screen.during('Removing the user', async () => {
      const caller = await connect(context);
      await caller.ask('DELETE', `/users/${encodeURIComponent(user)}`);
    });
    context.screen.show({ removed: user }, `${user} is removed.`);
    return undefined;
  },
};

export function checkOut(given: Given): void {
  if (given.text('for')) return;
  if (given.text('out')) throw new Usage('--out needs --for.');
  if (given.flag('killSwitch')) throw new Usage('--kill-switch needs --for.');
}

/** As what the system takes, or as they are. */
export async function showFresh(
  { screen }: Context,
  caller: Caller,
  given: Given,
  all: Shown[],
): Promise<void> {
  const system = given.text('for') as System | undefined;
  const [first] = all;
  if (system && first && all.length === 1) {
    const status = await caller.ask<Status>('GET', '/status');
    const profile = toFreshProfile(first, system, status, given.flag('killSwitch'));
    const out = given.text('out');
    showProfile(screen, profile, out);
    const code = out === undefined ? toCode(profile, first, screen) : null;
    if (code) screen.note(code);
    return;
  }
  const text = all.map((one) => toShownText(one, screen)).join('\n\n');
  screen.show(all.length === 1 ? first : all, text);
}
