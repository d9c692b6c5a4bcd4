/** No secret leaves the place where it belongs, whatever people do and whatever goes wrong; and a leak would be seen. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Entry } from '../../shared/core/deeds.ts';
import { readJournal } from '../../shared/documents/state.ts';
import { toFunctionsThatTalk } from './artefacts.ts';
import { flows } from './flows.ts';
import { toFind } from './marks.ts';
import {
  packageSecrets,
  removePackage,
  type SecretStage,
  setSecretStage,
  toAllMarks,
} from './stage.ts';

// Most of it is waiting, which takes long where much else runs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });
const packageDir = await packageSecrets();
let stage: SecretStage;

beforeAll(async () => {
  stage = await setSecretStage(packageDir);
});

afterAll(async () => {
  await stage.stop();
  await removePackage(packageDir);
});

test.each(flows)('%s', async (_, flow) => {
  await flow(stage);
});

describe('in all of that', () => {
  test('nothing leaked', () => {
    const { evidence } = stage;
    expect([...new Set(evidence.leaks(toFind(toAllMarks(stage))))]).toEqual([]);
  });

  test('only those decrypted who may', () => {
    expect([...stage.evidence.decrypted].sort()).toEqual([
      'perennial-ApiRole slack-signing',
      'perennial-ProfileRole users',
      'perennial-ServerRole keys',
      'perennial-ServerRole users',
      'perennial-TellRole slack',
    ]);
  });

  test('everything was there that could hold a secret', () => {
    const { evidence, aws } = stage;
    const roles = ['Api', 'Dyndns', 'Profile', 'Reconcile', 'Server', 'Tell'];
    const seen = evidence.count();
    for (const where of [
      ...roles.flatMap((role) => [
        `what perennial-${role}Role asks`,
        `what perennial-${role}Role is answered`,
      ]),
      'a request to AWS',
      'an answer of AWS',
      'an event',
      'a line of a log',
      'a failed event',
      'a message to Slack',
      'an environment',
      'a command line',
      'a parameter',
      'a description',
      'one of the instances',
      'one of the templates',
      'one of the commands',
    ])
      expect(seen.get(where), where).toBeGreaterThan(0);
    // In this order: users, the token, the webhook, what Slack signs with, the home's password, what is misplaced.
    expect(toAllMarks(stage).length).toBeGreaterThan(60);
    expect(aws.slack.asked).toBeGreaterThan(aws.slack.messages.length);
  });

  test('everything went wrong that was to go wrong', () => {
    const { aws, answers } = stage;
    const invocations = [...aws.world.commands.values()].flatMap((command) => command.invocations);
    expect(new Set(invocations.map(({ details }) => details))).toEqual(
      new Set(['Success', 'Failed', 'ExecutionTimedOut', 'DeliveryTimedOut', 'Undeliverable']),
    );
    const versions = aws.world.parameters.get('/perennial/home/state/journal')?.versions ?? [];
    const entries = versions.flatMap(({ value }) => readJournal(value).entries);
    const kinds = new Set(entries.map(({ kind }: Entry) => kind));
    for (const kind of ['refused', 'stuck', 'incident', 'recovered', 'expiring', 'rotating'])
      expect(kinds).toContain(kind);
    for (const status of [400, 401, 404, 409, 422, 429, 500, 503])
      expect(answers, `of ${status}`).toContain(status);
  });
});

test('a secret that gets out anywhere is found', async () => {
  const { aws, evidence, passwordOf, ask } = stage;
  const { world } = aws;
  const secret = passwordOf('ann');
  const find = toFind(toAllMarks(stage));
  evidence.hooks.onLog(`{"level":"info","message":"hello ${secret}"}`);
  world.emit('aws.ssm', 'a test', [], { secret: Buffer.from(`{"${secret}"}`).toString('base64') });
  await fetch(aws.door.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonSSM.GetParameter', 'x-secret': encodeURIComponent(secret) },
    body: '{}',
  });
  const Name = '/perennial/home/users/bob';
  world.call('ssm', 'GetParameter', { Name, WithDecryption: true });
  // Another's secret in an answer that shows ann's.
  const ofBob = passwordOf('bob');
  evidence.add('an answer about ann', `{"password":"${ofBob}"}`, [secret]);
  await ask({ path: `/status?${Buffer.from(secret).toString('hex')}` });
  const found = new Set(evidence.leaks(find).map((leak) => leak.replace(/ has .*/, '')));
  expect([...found].sort()).toEqual([
    'a line of a log',
    'a request to AWS',
    'an answer about ann',
    'an event',
    'the answer to GET /status?'.concat(Buffer.from(secret).toString('hex')),
    'what a person is answered',
  ]);
});

test('a function that logs what it answers is found', async () => {
  const talking = await toFunctionsThatTalk(packageDir);
  const other = await setSecretStage(talking);
  try {
    await other.ask({ method: 'POST', path: '/users', body: { name: 'ann' }, shows: 'ann' });
    const leaks = other.evidence.leaks(toFind(toAllMarks(other)));
    expect(leaks).toContain('a line of a log has a secret of ann, JSON-escaped');
    expect(leaks.filter((leak) => !leak.startsWith('a line of a log'))).toEqual([]);
  } finally {
    await other.stop();
    await removePackage(talking);
  }
});
