/** The contract the other way round: whatever it offers is there, and answers as it says when all is well. */
import { expect, test } from 'vitest';
import { tellStory } from '../telling.ts';
import { operations } from './contract.ts';
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
  expect([...tried].toSorted()).toEqual(operations.map(({ id }) => id).toSorted());
});

test('every operation but the pages wants the token', async () => {
  const stage = setHttpStage();
  for (const { method, path, open } of operations) {
    const target = path.replace('{user}', 'alice');
    const { status } = await stage.ask(method, target, { token: null });
    expect(status, `${method} ${path}`).toBe(open ? 200 : 401);
  }
});
