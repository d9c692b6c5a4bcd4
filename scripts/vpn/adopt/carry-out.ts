/** Carries an adoption out, so that it may break off anywhere and be done again: users, the new server, the old one. */
import { change } from '../../../shared/commands/change.ts';
import { addUser, type UserPorts } from '../../../shared/users/commands.ts';
import { UserError } from '../../../shared/users/errors.ts';
import type { Status } from '../../../web/data/answers.ts';
import type { Context } from '../command.ts';
import { waitUntil } from '../commands/power.ts';
import type { Means } from './means.ts';
import { cancelRequest, endServer } from './old.ts';
import type { Adoption } from './plan.ts';

/** Answers how the VPN was when what was there before was no longer needed; null if nothing waited for that. */
export async function carryOut(
  context: Context,
  adoption: Adoption,
  { ec2, ports, caller, minutes }: Means,
): Promise<Status | null> {
  const { screen, signal } = context;
  for (const { user, password } of adoption.adds) {
    signal.throwIfAborted();
    const isNew = await screen.during(`Adding ${user}`, () => add(ports, user, password));
    screen.note(isNew ? `${user} is a user now` : `${user} is a user already`);
  }
  const { launches } = adoption;
  if (launches !== null) {
    await change(ports, (desired) => ({ ...desired, imageId: launches }));
    screen.note(`${launches} is what servers are launched from`);
  }
  const served = adoption.waits
    ? await waitForServer(context, adoption, { caller, minutes })
    : null;
  signal.throwIfAborted();
  if (adoption.cancels !== null) {
    await cancelRequest(ec2, adoption.cancels);
    screen.note(`${adoption.cancels} is cancelled: it launches nothing any more`);
  }
  if (adoption.ends !== null) {
    await endServer(ec2, adoption.ends);
    screen.note(`${adoption.ends}, the old server, is ended`);
  }
  return served;
}

/** Only a server that lets the adopted in makes the old one dispensable. */
async function waitForServer(
  context: Context,
  { turnsOn }: Adoption,
  { caller, minutes }: Pick<Means, 'caller' | 'minutes'>,
): Promise<Status> {
  const { screen } = context;
  const isSo = ({ state, secrets }: Status) => state === 'serving' && secrets.current;
  const served = await screen.during('Waiting for the new server', async (say) => {
    const taken = turnsOn
      ? await caller.ask<Status>('POST', '/start', { body: {} })
      : await caller.ask<Status>('GET', '/status');
    return waitUntil(context, caller, taken, isSo, minutes, say);
  });
  screen.note(`${served.name} serves, and lets everybody in`);
  return served;
}

/** False if somebody, or this command before, has added them meanwhile. */
async function add(ports: UserPorts, name: string, password: string): Promise<boolean> {
  try {
    await addUser(ports, { name, password });
    return true;
  } catch (error) {
    if (error instanceof UserError && error.code === 'exists') return false;
    throw error;
  }
}
