/** The contract the other way round: whatever it offers is there, and answers as it says when all is well. */
import { expect, test } from 'vitest';
import { tellStory } from '../telling.ts';
import { operations } from './contract.ts';
import { slackSecret, toCommand } from './slack.ts';
import { setHttpStage, tried } from './stage.ts';

/** In an order in which each finds what it needs. */
const all: [string, string, unknown?][] = [
  ['GET', '/health'],
  ['GET', '/openapi.json'],
  ['GET', '/status'],
  ['PUT', '/schedule', { timeZone: 'UTC', on: [] }],
  ['GET', '/schedule'],
  ['DELETE', '/schedule'],
  ['POST', '/users', { name: 'alice' }],
  ['GET', '/users'],
  ['POST', '/users/alice/rotate', { graceMinutes: 1 }],
  ['POST', '/rotate'],
  ['GET', '/users/alice/profile?for=wireguard'],
  ['DELETE', '/users/alice'],
  ['GET', '/prices'],
  ['GET', '/journal'],
  ['GET', '/ledger'],
  ['POST', '/drill'],
  ['POST', '/stop'],
  ['POST', '/start', {}],
];

test('every operation is there, and none needs more than it says', async () => {
  const stage = setHttpStage(await tellStory());
  for (const [method, path, body] of all) {
    const came = await stage.ask(method, path, { body });
    expect(came.status, `${method} ${path}`).toBeLessThan(300);
  }
  const Name = '/perennial/home/slack-signing';
  stage.world.call('ssm', 'PutParameter', { Name, Type: 'SecureString', Value: slackSecret });
  const command = toCommand({ text: 'status', at: stage.world.timers.now });
  const said = await stage.ask('POST', '/slack/command', { ...command, token: null });
  expect(said.status).toBe(200);
  expect([...tried].toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
});

test('every operation but the pages wants the token, or a signature', async () => {
  const stage = setHttpStage();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const { method, path, open } of operations) {
    const target = path.replace('{user}', 'alice');
    const { status } = await stage.ask(method, target, { token: null, headers });
    expect(status, `${method} ${path}`).toBe(open ? 200 : 401);
  }
});
