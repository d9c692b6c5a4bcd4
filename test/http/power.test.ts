/** What a person does with power: start, wait, stop, a schedule, a drill; with the real loop behind it. */
import { beforeEach, describe, expect, test } from 'vitest';
import { bakedImageId } from '../../local/world.ts';
import { readDesired } from '../../shared/documents/desired.ts';
import { desire, setStage } from '../stage.ts';
import { type Telling, tellStory } from '../telling.ts';
import { type HttpStage, setHttpStage } from './stage.ts';

const minuteMs = 60_000;
const toIso = (at: number) => new Date(at).toISOString();

let story: Telling;
let stage: HttpStage;
const status = async (query = '') => (await stage.ask('GET', `/status${query}`)).body;
const desired = () => readDesired(stage.parameter('state/desired'), 0);
const inMinutes = (count: number) => toIso(story.world.timers.now + count * minuteMs);

beforeEach(async () => {
  story = await tellStory();
  stage = setHttpStage(story, (ms) => story.pass(ms / minuteMs));
});

describe('the status', () => {
  test('of a server that serves', async () => {
    const server = story.named();
    expect(await status()).toMatchObject({
      vpn: 'home',
      name: 'vpn.example.org',
      at: toIso(story.world.timers.now),
      state: 'serving',
      power: { wanted: 'on', next: null, until: null, idleMinutes: null },
      server: {
        id: server?.id,
        market: 'spot',
        ...server?.pool,
        address: server?.address,
        dollarsPerHour: 0.0016,
        serving: true,
      },
      sessions: 0,
      secrets: { current: true, lacking: [] },
      incident: null,
      lastIncident: null,
      month: { month: '2026-11' },
      plan: [],
      cap: 0.004,
      onDemand: 0.0047,
      unread: [],
    });
  });

  test('of a server that AWS takes says what the loop is about to do, and does nothing', async () => {
    const name = `state/servers/${story.named()?.id}`;
    const report = JSON.parse(stage.parameter(name) ?? '') as object;
    // What the server has from its own metadata, before the loop has heard of it.
    story.world.call('ssm', 'PutParameter', {
      Name: `/perennial/home/${name}`,
      Overwrite: true,
      Value: JSON.stringify({ ...report, notice: inMinutes(2) }),
    });
    const body = (await status()) as { plan: string[] };
    expect(body).toMatchObject({ state: 'recovering', server: { serving: true } });
    expect(body.plan.join('\n')).toMatch(/launching .* on spot/);
    const asked = stage.asked.map(({ operation }) => operation);
    expect(asked.filter((operation) => !/^(Describe|Get|List)/.test(operation))).toEqual([]);
    await story.pass(5);
    expect(await status()).toMatchObject({ state: 'serving', incident: null });
  });

  test('says what AWS did not tell', async () => {
    story.world.setFaults((service) => {
      if (service !== 'route53') return null;
      throw new Error('Route 53 is down');
    });
    expect(await status()).toMatchObject({ unread: [expect.stringMatching(/^the name: /)] });
  });

  test('of a VPN that nobody has wanted yet', async () => {
    stage = setHttpStage(setStage());
    expect(await status()).toMatchObject({ state: 'off', server: null, month: null });
  });

  test('of one that has no image to launch', async () => {
    const empty = setStage();
    desire(empty.world, { power: 'on' });
    stage = setHttpStage(empty);
    expect(await status()).toMatchObject({ state: 'stuck' });
    desire(empty.world, { power: 'off' });
    const { status: code, body } = await stage.ask('POST', '/start');
    const detail = expect.stringMatching(/no image yet .* bake one \(vpn bake\), then start/);
    expect([code, body]).toMatchObject([409, { detail }]);
    expect(desired().power).toBe('off');
  });
});

describe('stop and start', () => {
  test('are answered at once, and waited for if asked', async () => {
    const stopped = await stage.ask('POST', '/stop');
    expect(stopped).toMatchObject({ status: 202, body: { state: 'stopping' } });
    await story.pass(5);
    expect(await status('?wait=20')).toMatchObject({ state: 'off', server: null });

    const started = await stage.ask('POST', '/start');
    expect(started).toMatchObject({ status: 202, body: { state: 'starting' } });
    const from = story.world.timers.now;
    let state = '';
    for (let polls = 0; state !== 'serving' && polls < 10; polls++) {
      state = ((await status('?wait=20')) as { state: string }).state;
      expect(story.world.timers.now - from).toBeLessThanOrEqual((polls + 1) * 20_000 + 1_000);
    }
    expect(state).toBe('serving');
    expect(story.world.timers.now - from).toBeLessThan(2 * minuteMs);
  });

  test('while it waits it asks Route 53 every five seconds at most', async () => {
    await stage.ask('POST', '/stop');
    await story.pass(10);
    await stage.ask('POST', '/start');
    stage.asked.length = 0;
    await status('?wait=20');
    const count = (name: string) => stage.asked.filter((one) => one.operation === name).length;
    expect(count('GetParametersByPath')).toBeGreaterThanOrEqual(20);
    expect(count('ListResourceRecordSets')).toBeLessThanOrEqual(8);
  });

  test('hold until then', async () => {
    const until = inMinutes(30);
    const { body } = await stage.ask('POST', '/stop', { body: { until } });
    expect(body).toMatchObject({
      power: { wanted: 'off', until, next: { at: until, power: 'on' } },
    });
    await story.pass(40);
    expect(await status()).toMatchObject({ state: 'serving', power: { until: null } });
  });

  test('once nobody has used it for long enough', async () => {
    const { body } = await stage.ask('POST', '/stop', { body: { afterIdleMinutes: 10 } });
    expect(body).toMatchObject({ state: 'serving', power: { wanted: 'on', idleMinutes: 10 } });
    await stage.ask('POST', '/start');
    expect(desired().idleMinutes).toBeNull();
  });

  test('keep what else is desired', async () => {
    await stage.ask('POST', '/stop');
    expect(desired()).toMatchObject({ power: 'off', imageId: bakedImageId });
  });

  test.each([
    [{ until: '2020-01-01T00:00:00Z' }, '/until'],
    [{ until: '2126-01-01T00:00:00Z' }, '/until'],
    [{ until: 'tomorrow' }, '/until'],
    [{ until: '2026-13-41T00:00:00Z' }, '/until'],
    [{ afterIdleMinutes: 1 }, '/afterIdleMinutes'],
    [{ afterIdleMinutes: 7.5 }, '/afterIdleMinutes'],
    [{ afterIdleMinutes: '10' }, '/afterIdleMinutes'],
    [{ unknown: 1 }, '/unknown'],
  ])('refuse %j', async (body, at) => {
    const before = stage.parameter('state/desired');
    const answer = await stage.ask('POST', '/stop', { body });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ at }] } });
    expect(stage.parameter('state/desired')).toBe(before);
  });

  test('refuse two ends at once', async () => {
    const body = { until: inMinutes(9), afterIdleMinutes: 9 };
    expect((await stage.ask('POST', '/stop', { body })).status).toBe(422);
  });
});

test("nobody's change is lost when several write at once", async () => {
  const timeZone = 'Europe/Berlin';
  const schedule = { timeZone, on: [{ days: ['mon'], from: '08:00', to: '18:00' }] };
  await Promise.all([
    stage.ask('POST', '/stop'),
    stage.ask('PUT', '/schedule', { body: schedule }),
    stage.ask('POST', '/stop', { body: { afterIdleMinutes: 30 } }),
  ]);
  expect(desired()).toMatchObject({ power: 'off', schedule, imageId: bakedImageId });
});

describe('the schedule', () => {
  const on = [{ days: ['mon', 'tue'], from: '08:00', to: '18:00' }];
  const schedule = { timeZone: 'Europe/Berlin', on };

  test('is set, read and removed, as often as one likes', async () => {
    expect((await stage.ask('GET', '/schedule')).status).toBe(404);
    for (const _ of [1, 2]) {
      const put = await stage.ask('PUT', '/schedule', { body: schedule });
      expect(put).toMatchObject({ status: 200, body: schedule });
    }
    expect((await stage.ask('GET', '/schedule')).body).toEqual(schedule);
    expect(await status()).toMatchObject({ power: { next: { power: 'off' } } });
    for (const _ of [1, 2]) expect((await stage.ask('DELETE', '/schedule')).status).toBe(204);
    expect(desired().schedule).toBeNull();
  });

  test.each([
    [undefined],
    [null],
    [[]],
    [{ timeZone: 'Mars/Olympus', on }],
    [{ timeZone: 'Europe/Berlin' }],
    [{ timeZone: 'Europe/Berlin', on: [{ days: ['monday'], from: '08:00', to: '18:00' }] }],
    [{ timeZone: 'Europe/Berlin', on: [{ days: ['mon'], from: '8', to: '18:00' }] }],
    [{ timeZone: 'Europe/Berlin', on: Array.from({ length: 15 }, () => on[0]) }],
    [{ ...schedule, more: 1 }],
  ])('is not %j', async (body) => {
    expect((await stage.ask('PUT', '/schedule', { body })).status).toBe(422);
    expect(desired().schedule).toBeNull();
  });
});

describe('a drill', () => {
  test('replaces the server, and the journal tells of it', async () => {
    const before = story.named()?.id;
    expect((await stage.ask('POST', '/drill')).status).toBe(202);
    await story.pass(8);
    expect(story.named()?.id).not.toBe(before);
    const { body } = await stage.ask('GET', '/journal');
    expect(JSON.stringify(body)).toContain('Somebody asked for a drill');
  });

  test('needs a server that serves', async () => {
    await stage.ask('POST', '/stop');
    expect((await stage.ask('POST', '/drill')).status).toBe(409);
    expect(desired().drillAt).toBeNull();
  });
});
