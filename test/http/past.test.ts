/** Prices, the journal and the ledger by the API, after a day of the real loop. */
import { beforeAll, describe, expect, test } from 'vitest';
import { interrupt } from '../../local/ec2/instances.ts';
import { type Telling, tellStory } from '../telling.ts';
import { type HttpStage, setHttpStage } from './stage.ts';

let story: Telling;
let stage: HttpStage;

/** Two hours, an interruption, and a few more. */
beforeAll(async () => {
  story = await tellStory();
  stage = setHttpStage(story);
  await story.pass(120);
  const server = story.named();
  if (!server) throw new Error('no server');
  interrupt(story.world, server);
  story.world.market.setSpot(server.pool, story.world.timers.now, 0.0031);
  await story.pass(240);
});

interface Prices {
  pools: { type: string; zone: string; points: [number, number][] }[];
  moves: { at: string; type: string | null; market: string | null }[];
}

describe('prices', () => {
  test('of every pool, with what held at the beginning and where the name moved', async () => {
    const body = (await stage.ask('GET', '/prices?hours=5')).body as Prices;
    const from = story.world.timers.now - 5 * 3_600_000;
    expect(body).toMatchObject({ cap: 0.004, from: new Date(from).toISOString() });
    expect(body.pools).toHaveLength(4);
    for (const { points } of body.pools) expect(points[0]?.[0]).toBe(from);
    expect(body.pools.some(({ points }) => points.some(([, dollars]) => dollars === 0.0031))).toBe(
      true,
    );
    expect(body.moves.map(({ market }) => market)).toEqual(['spot', 'spot']);
    expect(body.moves[0]?.at).toBe(new Date(from).toISOString());
  });

  test.each(['0', '169', '1.5', 'abc', '', '1&hours=2', '24&more=1', '-1', '1e2'])(
    'not of hours=%s',
    async (hours) => {
      expect((await stage.ask('GET', `/prices?hours=${hours}`)).status).toBe(400);
    },
  );
});

describe('the journal', () => {
  interface Journal {
    entries: { at: string; kind: string; why: string }[];
    before: string | null;
  }
  const read = async (query = '') => (await stage.ask('GET', `/journal${query}`)).body as Journal;

  test('is told newest first, each entry once', async () => {
    const { entries, before } = await read();
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set(entries.map(({ at, kind, why }) => `${at} ${kind} ${why}`)).size).toBe(
      entries.length,
    );
    expect(entries.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['launched', 'pointing', 'incident', 'recovered', 'ended']),
    );
    expect(before).toBeNull();
  });

  test('says what each incident cost those who were connected', async () => {
    const other = await tellStory({ env: { PERENNIAL_ADDRESS: 'elastic' } });
    const api = setHttpStage(other);
    await api.ask('POST', '/users', { body: { name: 'ann' } });
    await other.pass(10);
    const server = other.named();
    if (!server) throw new Error('no server');
    interrupt(other.world, server);
    await other.pass(5);
    const { incidents } = (await api.ask('GET', '/journal')).body as { incidents: object[] };
    const [handed] = other.said('handed');
    expect(handed?.gapMs).toBeGreaterThan(0);
    const end = { serverId: other.named()?.id, outageSeconds: 0, gapMs: handed?.gapMs };
    expect(incidents).toMatchObject([{ serverId: server.id, end }]);
    expect((await api.ask('GET', '/status')).body).toMatchObject({ lastIncident: incidents[0] });
  });

  test('goes back from a time', async () => {
    const { entries } = await read();
    const [, , third] = entries;
    const older = await read(`?before=${third?.at}`);
    expect(older.entries).toEqual(entries.filter(({ at }) => at < (third?.at ?? '')));
    expect((await read('?before=2020-01-01T00:00:00Z')).entries).toEqual([]);
  });

  test('not from what is no time', async () => {
    for (const before of ['yesterday', '2026-13-01T00:00:00Z', '0'])
      expect((await stage.ask('GET', `/journal?before=${before}`)).status).toBe(400);
  });
});

describe('the ledger', () => {
  test('of the running month, and of a finished one', async () => {
    const { body } = await stage.ask('GET', '/ledger');
    const ledger = body as { month: string; dollars: number; spot: { hours: number } };
    expect(ledger.month).toBe('2026-11');
    expect(ledger.spot.hours).toBeGreaterThan(6);
    expect(ledger.dollars).toBeGreaterThan(0.03);
    story.world.call('ssm', 'PutParameter', {
      Name: '/perennial/home/ledger/2026-10',
      Type: 'String',
      Value: story.world.parameters
        .get('/perennial/home/state/ledger')
        ?.versions.at(-1)
        ?.value.replace('2026-11"', '2026-10"'),
    });
    const october = await stage.ask('GET', '/ledger?month=2026-10');
    expect(october).toMatchObject({ status: 200, body: { month: '2026-10' } });
  });

  test.each([
    ['2026-09', 404],
    ['2026-13', 400],
    ['../slack', 400],
    ['2026-1', 400],
  ])('of month %s: %i', async (month, status) => {
    expect((await stage.ask('GET', `/ledger?month=${month}`)).status).toBe(status);
  });
});
