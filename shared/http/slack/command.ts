/** What a person types behind /vpn, done, and what is said to them: in words, and never a secret. */
import { start, stop, VainWish } from '../../commands/power.ts';
import { toSlackText } from '../../core/words.ts';
import { UserError } from '../../users/errors.ts';
import { rotateAll, rotateUser } from '../../users/rotation.ts';
import { type StatusNeeds, see } from '../status.ts';
import type { UserNeeds } from '../users.ts';
import { toStatusText } from './words.ts';

export interface CommandNeeds extends StatusNeeds {
  ports: StatusNeeds['ports'] & UserNeeds['ports'];
}

/** Slack waits for three seconds, and Parameter Store takes three writes in one. */
const usersAtOnceMax = 5;

const help = [
  '`/vpn status` how it is, and what comes next',
  '`/vpn start` turns it on',
  '`/vpn stop` turns it off',
  '`/vpn rotate` makes new secrets for all, `/vpn rotate alice` for alice',
].join('\n');

export async function obey(needs: CommandNeeds, text: string): Promise<string> {
  const [word = '', user, ...more] = text.trim().toLowerCase().split(/\s+/);
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (!command || more.length || (user !== undefined && word !== 'rotate')) return help;
  try {
    return await command(needs, user);
  } catch (error) {
    if (error instanceof UserError) return toSlackText(error.says);
    if (error instanceof VainWish) return toSlackText(error.message);
    throw error;
  }
}

type Command = (needs: CommandNeeds, user: string | undefined) => Promise<string>;

const commands: Record<string, Command> = {
  status: toStatus,
  async start(needs) {
    await start(needs.ports, null);
    return toStatus(needs);
  },
  async stop(needs) {
    await stop(needs.ports, null);
    return toStatus(needs);
  },
  rotate: ({ ports }, user) => (user === undefined ? rotateEverybody(ports) : rotate(ports, user)),
};

async function toStatus(needs: CommandNeeds): Promise<string> {
  return toStatusText((await see(needs)).view);
}

/** Nobody is here to take a private key, so each keeps theirs. */
const rotation = { only: 'scheduled' } as const;
const where =
  'The new password and preshared key are in their profile, in the dashboard under Users. WireGuard keys stay.';

async function rotate(ports: CommandNeeds['ports'], name: string): Promise<string> {
  const { user } = await rotateUser(ports, name, rotation);
  return `${user} has new secrets. ${where}`;
}

async function rotateEverybody(ports: CommandNeeds['ports']): Promise<string> {
  const { users } = await ports.secrets.list();
  if (!users.length) return 'There is nobody to rotate.';
  if (users.length > usersAtOnceMax)
    return `There are ${users.length} users, more than Slack waits for: rotate them one by one, or by POST /rotate.`;
  const { rotated, failed } = await rotateAll(ports, rotation);
  const names = rotated.map(({ user }) => user).join(', ');
  return [
    ...(names ? [`New secrets for ${names}. ${where}`] : []),
    ...failed.map(({ user, says }) => toSlackText(`Not for ${user}: ${says}`)),
  ].join('\n');
}
