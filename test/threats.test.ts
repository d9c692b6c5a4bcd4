/** What a server that was broken into, or a hand in Parameter Store, can do to the loop: little, and not for long. */
import { describe, expect, test } from 'vitest';
import type { World } from '../local/world.ts';
import { launchesPerHourMax, serversMax } from '../shared/core/limits.ts';
import { readReport } from '../shared/documents/state.ts';
import { type Telling, tellStory } from './telling.ts';

const root = '/perennial/home/';
const reports = `${root}state/servers/`;

/** By hand, in AWS's console. */
function put({ world }: Telling, name: string, Value: string, more: object = {}): void {
  const Name = root + name;
  world.call('ssm', 'PutParameter', { Name, Value, Type: 'SecureString', ...more });
}

/** From now on servers say something else than they mean. */
function setLies(world: World, lie: (report: object) => object): void {
  const { call } = world;
  world.call = (service, operation, input, accessKeyId) => {
    const { Name = '', Value = '' } = input as { Name?: string; Value?: string };
    const isReport = operation === 'PutParameter' && Name.startsWith(reports);
    const said = isReport
      ? { ...input, Value: JSON.stringify(lie(JSON.parse(Value) as object)) }
      : input;
    return call(service, operation, said, accessKeyId);
  };
}

describe('what somebody puts among the users', () => {
  const longName = 'x'.repeat(900);
  const long = `${longName}1 ${longName}2 ${longName}3`.split(' ');
  const rotated = JSON.stringify({
    publicKey: null,
    address: null,
    ownKey: false,
    rotated: '2020-01-01T00:00:00Z',
    expires: '2020-01-02T00:00:00Z',
    old: null,
  });
  test.each<[what: string, names: string[], description?: string]>([
    ['and is no user', ['eve']],
    ['under a name that none can have', ['Eve']],
    ['under such a name, with its time over', ['Eve'], rotated],
    ['under names that are as long as they may be', long],
  ])('%s, costs no server, and nothing fails', async (_, names, Description) => {
    const story = await tellStory({ env: { PERENNIAL_ROTATE_DAYS: '1' } });
    const server = story.named()?.id;
    for (const name of names)
      put(story, `users/${name}`, '{"password":', Description ? { Description } : {});
    await story.pass(60);
    expect(story.named()?.id).toBe(server);
    expect(story.world.instances.size).toBe(1);
    expect(story.world.commands.size).toBeLessThanOrEqual(2);
  });
});

describe('a server that lies', () => {
  test.each<[what: string, lie: (now: number) => object]>([
    ['that AWS takes it', (now) => ({ notice: new Date(now + 120_000).toISOString() })],
    ['that it may be taken', (now) => ({ rebalance: new Date(now).toISOString() })],
    ['that it knows somebody else', () => ({ applied: { users: { mallory: 1 } } })],
    ['that it knows long names', () => ({ applied: { users: { ['x'.repeat(3_500)]: 1 } } })],
    ['that it has no secrets', () => ({ applied: {} })],
    ['that it is in a future century', () => ({ at: '2999-01-01T00:00:00Z' })],
    ['that it is nothing', () => ({ serving: null })],
  ])('%s, keeps the loop within its guards', async (_, lie) => {
    const story = await tellStory();
    const { world } = story;
    setLies(world, (report) => ({ ...report, ...lie(world.timers.now) }));
    for (let hour = 0; hour < 3; hour++) {
      const before = world.instances.size;
      for (let minute = 0; minute < 60; minute++) {
        await story.pass(1);
        expect(story.alive().length).toBeLessThanOrEqual(serversMax);
      }
      expect(world.instances.size - before).toBeLessThanOrEqual(launchesPerHourMax);
    }
    const desired = world.parameters.get(`${root}state/desired`)?.versions;
    expect(desired).toHaveLength(1);
  });

  test('in the name of others changes nothing', async () => {
    const story = await tellStory();
    const server = story.named()?.id;
    const report = { serving: { pptp: true, wireguard: true }, notice: '2026-11-22T05:10:00Z' };
    const Value = JSON.stringify({ at: '2026-11-22T05:00:00Z', ...report });
    for (const id of ['i-0f0e0f0e0f0e0f0e0', 'desired', 'x'])
      story.world.call('ssm', 'PutParameter', { Name: reports + id, Value, Type: 'String' });
    await story.pass(30);
    expect(story.world.instances.size).toBe(1);
    expect(story.named()?.id).toBe(server);
  });
});

test('what a server says of its trouble is cut, and its report counts all the same', () => {
  const said = { serving: { pptp: true, wireguard: true }, problem: 'x'.repeat(400) };
  const report = readReport('i-0b662ef9931388ba0', JSON.stringify(said), 0);
  expect(report).toMatchObject({ serving: said.serving, problem: 'x'.repeat(300) });
});
