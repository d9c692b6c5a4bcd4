/** The audit notices what it is there for: deeds without a reason, incidents told twice, too many moves and dollars. */
import { describe, expect, it, test } from 'vitest';
import { toDirectClients } from '../../local/direct.ts';
import { isAlive } from '../../local/ec2/instances.ts';
import { bakedImageId } from '../../local/world.ts';
import type { Entry } from '../../shared/core/deeds.ts';
import { append } from '../../shared/core/journal.ts';
import { emptyMemory } from '../../shared/core/memory.ts';
import { writeJournal } from '../../shared/documents/state.ts';
import { toPorts } from '../../shared/wire.ts';
import { setStage, start } from '../stage.ts';
import { startAudit } from './audit.ts';
import { startReading } from './reading.ts';

const hourMs = 60 * 60_000;
const why = 'because';
const pool = { type: 't3.nano', zone: 'us-east-1a' };
const id = 'i-00000000000000001';

function setUp(isOverspent = false) {
  const { world, config } = setStage();
  const audit = startAudit(world, () => isOverspent);
  const clients = toDirectClients(async (service, operation, input) =>
    audit.see(operation, () => world.call(service, operation, input)),
  );
  const ports = toPorts(config, clients, () => world.timers.now);
  const say = (...entries: Entry[]) =>
    world.call('ssm', 'PutParameter', {
      Name: '/perennial/home/state/journal',
      Type: 'String',
      Overwrite: true,
      Value: writeJournal(append({ memory: emptyMemory, entries: [] }, entries)),
    });
  const launch = (market: 'spot' | 'on-demand' = 'spot') =>
    ports.servers.launch({
      token: 't',
      generation: 7,
      market,
      pool,
      imageId: bakedImageId,
      maxPrice: null,
    });
  return { world, audit, ports, say, launch };
}

const launching = (changes: object = {}): Entry => ({
  at: start,
  kind: 'launching',
  market: 'spot',
  pool,
  generation: 7,
  attempt: 0,
  why,
  ...changes,
});

describe('a launch', () => {
  test.each<[string, Entry[], number]>([
    ['that the journal names', [launching()], 0],
    ['in a zone that was left to EC2', [launching({ pool: { ...pool, zone: null } })], 0],
    ['that it does not name', [], 1],
    ['that it names without a reason', [launching({ why: '' })], 1],
    ['of another generation', [launching({ generation: 6 })], 1],
    ['on another market', [launching({ market: 'on-demand' })], 1],
    ['in another zone', [launching({ pool: { ...pool, zone: 'us-east-1b' } })], 1],
    ['that it named long ago', [launching({ at: start - hourMs })], 1],
  ])('%s', async (_, entries, unexplained) => {
    const { audit, say, launch } = setUp();
    if (entries.length) say(...entries);
    await launch();
    expect(audit.findings.unexplained).toBe(unexplained);
  });

  it('that EC2 refuses, or that is asked for again, is no deed', async () => {
    const { world, audit, say, launch } = setUp();
    world.market.setCapacity(pool, 'spot', false);
    await launch();
    expect(audit.findings.unexplained).toBe(0);
    world.market.setCapacity(pool, 'spot', true);
    say(launching());
    await launch();
    world.timers.advance(start + hourMs);
    await launch();
    expect(audit.findings.unexplained).toBe(0);
  });

  it('on demand counts when the dollars are spent', async () => {
    const { audit, launch } = setUp(true);
    await launch();
    expect(audit.findings.overspent).toBe(0);
    const other = setUp(true);
    await other.launch('on-demand');
    expect(other.audit.findings.overspent).toBe(1);
  });
});

it('the end of a server, a move of the name and the removal of a stray want a reason', async () => {
  const { world, audit, ports, say, launch } = setUp();
  say(launching());
  await launch();
  const [server] = [...world.instances.values()].filter(isAlive);
  const { VolumeId } = world.call('ec2', 'CreateVolume', { AvailabilityZone: 'us-east-1a' }) as {
    VolumeId: string;
  };
  const stray = { kind: 'volume', id: VolumeId } as const;
  const address = '203.0.113.7';
  say(
    { at: start, kind: 'pointing', serverId: server?.id ?? '', address, why },
    { at: start, kind: 'retiring', serverId: server?.id ?? '', why },
    { at: start, kind: 'removing', stray, why },
  );
  const deeds = async () => {
    await ports.name.point(address);
    await ports.servers.terminate(server?.id ?? '');
    await ports.strays.remove(stray);
  };
  await deeds();
  // All is as it should be by then: nothing is done again.
  world.timers.advance(start + hourMs);
  await deeds();
  expect(audit.findings.unexplained).toBe(0);
});

it.each([
  ['a server is ended', 'terminate'],
  ['the name moves', 'point'],
  ['a stray is removed', 'remove'],
])('it notices that %s without a word', async (_, deed) => {
  const { world, audit, ports, say, launch } = setUp();
  say(launching());
  await launch();
  const [server] = [...world.instances.keys()];
  const volume = world.call('ec2', 'CreateVolume', {}) as { VolumeId: string };
  const deeds: Record<string, () => Promise<void>> = {
    terminate: () => ports.servers.terminate(server ?? ''),
    point: () => ports.name.point('203.0.113.7'),
    remove: () => ports.strays.remove({ kind: 'volume', id: volume.VolumeId }),
  };
  await deeds[deed]?.();
  expect(audit.findings.unexplained).toBe(1);
});

const at = (minute: number) => start + minute * 60_000;
const incident = (minute: number): Entry => ({
  at: at(minute),
  kind: 'incident',
  serverId: id,
  lostAt: null,
  why,
});
const recovered = (minute: number): Entry => ({
  at: at(minute),
  kind: 'recovered',
  serverId: id,
  outageMs: 0,
  why,
});

describe('incidents', () => {
  test.each<[string, Entry[][], boolean]>([
    ['that take turns', [[incident(1), recovered(2), incident(3)]], false],
    ['told twice', [[incident(1), incident(1.1)]], true],
    ['whose end is told twice', [[incident(1), recovered(2), recovered(3)]], true],
    [
      'told again after the first was let go of',
      [[incident(1)], [recovered(9), recovered(10)]],
      true,
    ],
    ['told again in another journal', [[incident(1)], [incident(3)]], true],
    ['that the journal keeps', [[incident(1)], [incident(1), recovered(2)], [recovered(2)]], false],
  ])('%s', (_, journals, isRetold) => {
    const reading = startReading();
    for (const entries of journals) reading.read(entries);
    expect(reading.retold > 0).toBe(isRetold);
  });

  it('that two passes have written before they merged are told once', () => {
    const reading = startReading();
    reading.see([incident(1)]);
    reading.see([incident(1.1)]);
    reading.read([incident(1.1)]);
    expect(reading.retold).toBe(0);
  });

  it('that a full journal let go of at once are told all the same', () => {
    const reading = startReading();
    reading.see([incident(1)]);
    reading.see([recovered(2)]);
    reading.see([incident(3)]);
    reading.see([recovered(4)]);
    reading.read([recovered(4)]);
    expect(reading.retold).toBe(0);
    reading.read([recovered(5)]);
    expect(reading.retold).toBe(1);
  });
});

it('planned moves count within any day, but for those that AWS has announced', () => {
  const reading = startReading();
  const move = (generation: number, hour: number, reason = why): Entry[] => {
    const launch = { at: start + hour * hourMs, market: 'spot', pool, generation } as const;
    return [
      { ...launch, kind: 'launching', attempt: 0, why: reason },
      { ...launch, kind: 'launched', serverId: id, planned: true, why },
    ];
  };
  reading.see(move(1, 0));
  reading.see([...move(1, 0), ...move(2, 1)]);
  reading.see(move(3, 2, 'AWS has announced to end it'));
  expect(reading.movesInADay).toBe(2);
  reading.see(move(4, 26));
  expect(reading.movesInADay).toBe(2);
});
