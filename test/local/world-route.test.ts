/** What a person may do to the played world, and who may not. */
import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../../local/wire/messages.ts';
import { toWitness } from '../../local/witness.ts';
import { toWorldRoute, worldPrefix } from '../../local/world-route.ts';
import { name, setStage } from '../stage.ts';

const pool = { type: 't3.nano', zone: 'us-east-1a' };

function setUp() {
  const { world, config } = setStage();
  const pump = { change: <T>(run: () => T) => run(), stop: () => {} };
  const route = toWorldRoute(world, toWitness(world, name), config, pump, { messages: [] });
  const post = (deed: string, body: object, headers: Record<string, string> = {}) => {
    const request: WireRequest = {
      method: 'POST',
      path: worldPrefix + deed,
      query: new URLSearchParams(),
      headers: { host: '127.0.0.1:4567', 'content-type': 'application/json', ...headers },
      body: Buffer.from(JSON.stringify(body)),
    };
    return route.handle(request);
  };
  return { world, post };
}

describe('the played world', () => {
  it('loses Parameter Store, and gets it back', async () => {
    const { world, post } = setUp();
    const look = () => world.call('ssm', 'GetParametersByPath', { Path: '/perennial/home/state' });
    expect(await post('ssm', { works: false })).toMatchObject({ status: 200 });
    expect(look).toThrow('Parameter Store is broken just now');
    expect(() => world.call('ec2', 'DescribeInstances', {})).not.toThrow();
    await post('ssm', { works: true });
    expect(look).not.toThrow();
  });

  it('gives back all that was taken, and the prices of before the first raise', async () => {
    const { world, post } = setUp();
    const price = () => world.market.spot(pool, world.timers.now);
    const before = price();
    await post('price', { perHour: 0.02 });
    await post('price', { perHour: 0.03 });
    await post('capacity', { market: 'spot', there: false });
    await post('ssm', { works: false });
    expect([price(), world.market.hasCapacity(pool, 'spot')]).toEqual([0.03, false]);
    await post('restore', {});
    expect([price(), world.market.hasCapacity(pool, 'spot')]).toEqual([before, true]);
    expect(world.faultOf('ssm', 'PutParameter')).toBeNull();
    // What is raised after that has another before.
    world.market.setSpot(pool, world.timers.now, 0.0017);
    await post('price', { perHour: 0.02 });
    await post('restore', {});
    expect(price()).toBe(0.0017);
  });

  it('says what it does not understand', async () => {
    const { post } = setUp();
    expect(await post('ssm', { works: 'no' })).toMatchObject({ status: 400 });
    expect(await post('interrupt', {})).toMatchObject({
      status: 400,
      body: expect.stringContaining('No server lives just now'),
    });
    expect(await post('flood', {})).toMatchObject({ status: 404 });
  });

  it.each([
    ['a page that calls this machine by a name of its own', { host: 'evil.example' }],
    ['a form on another page', { 'content-type': 'text/plain' }],
  ])('does nothing for %s', async (_, headers) => {
    const { world, post } = setUp();
    expect(await post('ssm', { works: false }, headers)).toMatchObject({ status: 403 });
    expect(world.faultOf('ssm', 'PutParameter')).toBeNull();
  });
});
