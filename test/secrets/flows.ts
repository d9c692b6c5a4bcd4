/** Everything that people do with secrets and all that goes wrong meanwhile, on the packaged functions. */
import { setTimeout as realWait } from 'node:timers/promises';
import { interrupt, isAlive } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import { systems } from '../../shared/users/profiles.ts';
import { lookAround, lookAtProcesses, toProcesses } from './evidence.ts';
import { askWrongly, moveHomes, typeCommands } from './flows-outside.ts';
import type { Asking, SecretStage } from './stage.ts';

type Flow = (stage: SecretStage) => Promise<unknown>;

/** In this order; each leaves a VPN that serves. */
export const flows: [what: string, flow: Flow][] = [
  ['it is turned on, and people are added', addPeople],
  ['profiles are asked for', askForProfiles],
  ['secrets are rotated by hand', rotateByHand],
  ['it is told what to do in Slack', typeCommands],
  ['commands to the server come to nothing', failCommands],
  ['secrets grow old, and a user expires', growOld],
  ['AWS refuses, and quotes what it was sent', quoteInRefusals],
  ['the function dies in the middle', killFunctions],
  ['a server is taken in the middle of a rotation, and Slack is out', takeTheServer],
  ['nothing can be launched', refuseLaunches],
  ['a home moves its name', moveHomes],
  ['people ask wrongly', askWrongly],
  ['it is turned off', turnOff],
];

async function addPeople(stage: SecretStage): Promise<void> {
  const { ask, aws, until } = stage;
  await ask({ method: 'POST', path: '/start' });
  await until('a server serves', () => theServer(stage) !== undefined);
  const expires = new Date(aws.world.timers.now + 9 * 60_000).toISOString();
  const ownKey = 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=';
  await add(stage, { name: 'ann' }, { 'idempotency-key': 'add-ann-1' });
  await add(stage, { name: 'bob', publicKey: ownKey });
  await add(stage, { name: 'carol', expires });
  await add(stage, { name: 'dave' });
  // The same once more: its answer is not shown again.
  await add(stage, { name: 'ann' }, { 'idempotency-key': 'add-ann-1' });
  await add(stage, { name: 'ann' });
  await until('ann is let in', () => isLetIn(stage, 'ann'));
  for (const path of ['/users', '/status?wait=1', '/journal', '/ledger', '/prices', '/', '/health'])
    await ask({ path });
}

async function askForProfiles({ ask }: SecretStage): Promise<void> {
  for (const system of systems)
    await ask({ path: `/users/ann/profile?for=${system}`, shows: 'ann' });
  await ask({ path: '/users/bob/profile?for=ubuntu', shows: 'bob' });
  await ask({ path: '/users/ann/profile?for=amiga' });
  await ask({ path: '/users/nobody/profile?for=ubuntu' });
  await ask({ path: '/users/ann/profile?for=ubuntu', token: null });
  await ask({ method: 'HEAD', path: '/users/ann/profile?for=ubuntu' });
}

async function rotateByHand(stage: SecretStage): Promise<void> {
  await rotate(stage, 'ann');
  await rotate(stage, 'bob', { graceMinutes: 1 });
  await rotate(stage, 'bob', { graceMinutes: 1 });
  await stage.ask({ method: 'POST', path: '/rotate', shows: null });
  await stage.until('ann is let in', () => isLetIn(stage, 'ann'));
}

async function failCommands(stage: SecretStage): Promise<void> {
  const { aws, hear } = stage;
  const { guests } = aws.world;
  for (const fate of ['slow', 'fails', 'hangs', 'lost', 'undeliverable'] as const) {
    guests.setFates(() => fate);
    const heard = hear(fate === 'slow' ? 'refreshing' : 'unrefreshed');
    await rotate(stage, 'ann');
    await heard;
    guests.setFates(() => 'done');
    await stage.until(`ann is let in after ${fate}`, () => isLetIn(stage, 'ann'));
  }
  const { id = '' } = theServer(stage) ?? {};
  guests.setAgent(id, false);
  const heard = hear('unrefreshed', /not online/);
  await rotate(stage, 'ann');
  await heard;
  guests.setAgent(id, true);
  await stage.until('ann is let in again', () => isLetIn(stage, 'ann'));
}

/** As if it were two days later: what the description says of its age is changed by hand. */
async function growOld(stage: SecretStage): Promise<void> {
  const { aws, hear, until } = stage;
  const { parameters } = aws.world;
  const last = parameters.get('/perennial/home/users/dave')?.versions.at(-1);
  if (!last?.description) throw new Error('dave has no description');
  last.description = last.description.replace(
    /"rotated":"[^"]*"/,
    '"rotated":"2020-01-01T00:00:00Z"',
  );
  await hear('rotating', /dave/);
  const dave = parameters.get('/perennial/home/users/dave');
  await until('dave has new secrets', () => (dave?.versions.at(-1)?.version ?? 0) > last.version);
  await until('carol is gone', () => !parameters.has('/perennial/home/users/carol'));
}

const values = ['PutParameter', 'GetParameter', 'DeleteParameter'];
const refusals: [code: string, status: number, operations: string[]][] = [
  ['TooManyUpdates', 400, values],
  ['ThrottlingException', 400, values],
  ['InternalServerError', 500, ['DescribeParameters']],
  ['AccessDeniedException', 400, values],
  ['ValidationException', 400, values],
  ['InvalidKeyId', 400, values],
];

/** "Value '…' at 'value' failed to satisfy constraint": it does repeat what it does not take. */
async function quoteInRefusals(stage: SecretStage): Promise<void> {
  const { ask, evidence } = stage;
  for (const [code, status, operations] of refusals) {
    evidence.setAmbush((_, operation, input) => {
      const words = JSON.stringify(input);
      return /\/(users|keys|slack)/.test(words) && operations.includes(operation)
        ? new AwsFault(code, `Value '${words}' is not taken`, status)
        : null;
    });
    await Promise.all(ofSecrets.map(ask));
  }
  // The loop and the telling meet the last of them too.
  await nextMinute(stage);
  evidence.setAmbush(() => null);
  // What somebody has spoilt by hand holds a secret still.
  const Name = '/perennial/home/users/bob';
  const value = evidence.sealed.findLast(({ name }) => name === 'users/bob')?.value ?? '';
  const put = (Value: string) =>
    stage.aws.world.call('ssm', 'PutParameter', { Name, Value, Overwrite: true });
  put(value.slice(0, -9));
  await ask({ path: '/users/bob/profile?for=ubuntu' });
  await rotate(stage, 'bob');
}

const ofSecrets: Asking[] = [
  { method: 'POST', path: '/users', body: { name: 'erin' } },
  { method: 'POST', path: '/users/ann/rotate', body: {} },
  { method: 'POST', path: '/rotate', body: {} },
  { method: 'DELETE', path: '/users/dave' },
  { path: '/users' },
  { path: '/users/ann/profile?for=ubuntu' },
];

/** Killed by the system, for want of memory, say, while it writes a secret or reads one. */
async function killFunctions(stage: SecretStage): Promise<void> {
  const { ask, evidence } = stage;
  const killAt = (functionName: string, wanted: string, operation: string) =>
    evidence.setAmbush((_, asked, input) => {
      if (asked !== operation || !JSON.stringify(input).includes(wanted)) return null;
      for (const { pid, environment } of toProcesses())
        if (environment.includes(`AWS_LAMBDA_FUNCTION_NAME=${functionName}\0`))
          process.kill(pid, 'SIGKILL');
      evidence.setAmbush(() => null);
      return null;
    });
  lookAtProcesses(evidence);
  killAt('perennial-home-api', '/users/ann', 'PutParameter');
  await ask({ method: 'POST', path: '/users/ann/rotate', body: {} });
  killAt('perennial-home-profile', '/users/ann', 'GetParameter');
  await ask({ path: '/users/ann/profile?for=ubuntu' });
  killAt('perennial-home-tell', '/slack', 'GetParameter');
  await nextMinute(stage);
  await rotate(stage, 'ann');
}

async function takeTheServer(stage: SecretStage): Promise<void> {
  const { aws, hear } = stage;
  const server = theServer(stage);
  if (!server) throw new Error('There is no server to take');
  const recovered = hear('recovered');
  aws.slack.behave({ kind: 'answers', status: 500, body: aws.slack.url });
  aws.pump.change(() => interrupt(aws.world, server));
  await rotate(stage, 'ann');
  await recovered;
  aws.slack.behave({ kind: 'breaks off' });
  await stage.until('ann is let in by the next one', () => isLetIn(stage, 'ann'));
  aws.slack.behave({ kind: 'answers', status: 404, body: aws.slack.url });
  await nextMinute(stage);
}

async function refuseLaunches(stage: SecretStage): Promise<void> {
  const { aws, hear } = stage;
  const { market, guests } = aws.world;
  const setAll = (kind: 'spot' | 'on-demand', there: boolean) => {
    for (const type of market.types)
      for (const zone of market.zones) market.setCapacity({ type, zone }, kind, there);
  };
  for (const kind of ['spot', 'on-demand'] as const) setAll(kind, false);
  aws.slack.behave({ kind: 'takes and hangs' });
  const heard = Promise.all([hear('refused'), hear('stuck')]);
  const server = theServer(stage);
  if (server) aws.pump.change(() => interrupt(aws.world, server, 0));
  await heard;
  aws.slack.behave({ kind: 'takes' });
  await rotate(stage, 'ann');
  for (const kind of ['spot', 'on-demand'] as const) setAll(kind, true);
  await stage.until('ann is let in after that', () => isLetIn(stage, 'ann'));
  guests.silence(theServer(stage)?.id ?? '');
  await hear('incident');
}

async function turnOff(stage: SecretStage): Promise<void> {
  const { ask, aws, evidence, until } = stage;
  await until('those who guessed are listened to again', () => true);
  for (let status = 0; status !== 202; await realWait(50))
    ({ status } = await ask({ method: 'POST', path: '/stop' }));
  await ask({ method: 'DELETE', path: '/users/ann' });
  await until('no server is left', () => ![...aws.world.instances.values()].some(isAlive));
  lookAtProcesses(evidence);
  lookAround(evidence, aws);
}

function theServer({ aws }: SecretStage) {
  const { world, config } = aws;
  const address = world.resolve(config.name);
  return [...world.instances.values()].find(
    (one) => isAlive(one) && one.address === address && world.guests.serves(one.id),
  );
}

function isLetIn(stage: SecretStage, user: string): boolean {
  const { id } = theServer(stage) ?? {};
  return id !== undefined && stage.aws.world.guests.logsIn(id, user, stage.passwordOf(user));
}

function add({ ask }: SecretStage, body: { name: string; [key: string]: string }, headers = {}) {
  return ask({ method: 'POST', path: '/users', body, headers, shows: body.name });
}

function rotate({ ask }: SecretStage, user: string, body: object = {}) {
  return ask({ method: 'POST', path: `/users/${user}/rotate`, body, shows: user });
}

/** Two ticks of the loop and one of the telling. */
async function nextMinute({ aws, until }: SecretStage): Promise<void> {
  const from = aws.world.timers.now;
  await until('two minutes are over', () => aws.world.timers.now >= from + 125_000);
}
