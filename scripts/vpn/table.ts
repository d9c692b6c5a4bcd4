/** All commands of `vpn`, in the order in which people meet them. */
import type { Command } from './command.ts';
import { adopt } from './commands/adopt.ts';
import { bake } from './commands/bake.ts';
import { cost } from './commands/cost.ts';
import { deploy } from './commands/deploy.ts';
import { doctor } from './commands/doctor.ts';
import { drill } from './commands/drill.ts';
import { addHome, home, removeHome } from './commands/home.ts';
import { init } from './commands/init.ts';
import { journal } from './commands/journal.ts';
import { leftovers } from './commands/leftovers.ts';
import { start, stop } from './commands/power.ts';
import { prices } from './commands/prices.ts';
import { profile } from './commands/profile.ts';
import { remove } from './commands/remove.ts';
import { rotate } from './commands/rotate.ts';
import { status } from './commands/status.ts';
import { token } from './commands/token.ts';
import { addUser, removeUser, users } from './commands/users.ts';
import { watch } from './commands/watch.ts';

export const commands: Command[] = [
  init,
  doctor,
  deploy,
  bake,
  token,
  start,
  stop,
  status,
  watch,
  users,
  addUser,
  removeUser,
  rotate,
  profile,
  home,
  addHome,
  removeHome,
  adopt,
  prices,
  journal,
  cost,
  drill,
  leftovers,
  remove,
];
