/** Every call that the HTTP functions make as their roles, made through the SDK on a played AWS that asks IAM. */
import { toFunctionCredentials } from '../../local/functions.ts';
import { must } from '../../shared/adapters/answers.ts';
import { addAttempt } from '../../shared/core/attempts.ts';
import { readDesired } from '../../shared/documents/desired.ts';
import { toHttpPorts } from '../../shared/wire-http.ts';
import { toProfileWired } from '../../shared/wire-profile.ts';
import { attempt, type Deployed, user } from '../role-calls.ts';
import { desire } from '../stage.ts';

const nothing = readDesired(undefined, 0);

function clientsOf({ stack, toClientsOf }: Deployed, name: string) {
  const target = stack.functions.find((one) => one.name.endsWith(`-${name}`));
  return toClientsOf(toFunctionCredentials(stack, must(target, name)));
}

export async function callAsApi(stage: Deployed): Promise<void> {
  const { world, config, put, launch } = stage;
  const ports = toHttpPorts(config, clientsOf(stage, 'api'), () => world.timers.now);
  const { access, requests, servers, addresses, state, name, past, slack, wishes, secrets } = ports;
  const serverId = launch(config.templates.spot.id);
  const now = world.timers.now;
  const request = { at: now, asked: 'hash', done: true };
  put('/perennial/home/state/journal');
  put('/perennial/home/ledger/2026-10');
  desire(world, { power: 'off' });
  put('/perennial/home/users/ann', 'SecureString');
  put('/perennial/home/slack-signing', 'SecureString');
  await attempt(stage, [
    () => access.read(),
    () => access.writeAttempts(addAttempt(null, '198.51.100.7', now)),
    () => requests.claim('one', request),
    () => requests.claim('one', request),
    () => requests.write('one', request),
    () => requests.remove('one'),
    () => requests.sweep(now),
    () => servers.list(),
    () => servers.prices(['t3.nano'], now),
    () => servers.impaired([serverId]),
    () => addresses.list(),
    () => state.read(),
    () => name.read(),
    () => past.prices(['t3.nano'], now - 3_600_000, now),
    () => past.entries(),
    () => past.ledger('2026-10'),
    () => slack.signingSecret(),
    () => wishes.read(null),
    () => wishes.write({ ...nothing, power: 'on' }, 0),
    () => wishes.read(1),
    () => secrets.list(),
    () => secrets.create('bob', user),
    () => secrets.replace('ann', user),
    () => secrets.remove('ann'),
    () => secrets.createServerKey('private', 'public'),
    () => secrets.claims(),
    () => secrets.claim('10.40.2.2', 'ann'),
    () => secrets.claim('10.40.2.2', 'bob'),
    () => secrets.release('10.40.2.2'),
  ]);
}

export async function callAsProfile(stage: Deployed): Promise<void> {
  const { world, config, put } = stage;
  const now = () => world.timers.now;
  const { ports } = toProfileWired(config, clientsOf(stage, 'profile'), now);
  put('/perennial/home/users/ann', 'SecureString');
  await attempt(stage, [
    () => ports.access.read(),
    () => ports.access.writeAttempts(addAttempt(null, '198.51.100.7', now())),
    () => ports.secrets.list(),
    // What is there is no user's document, which is for others to find out.
    () => ports.secrets.read('ann').catch(unlessDenied),
  ]);
}

function unlessDenied(error: unknown): void {
  if (String(error).includes("can't be read")) return;
  throw error;
}
