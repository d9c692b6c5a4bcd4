/** For how long nobody has used the VPN: counted by what clients send, over restarts of the agent, and told cheaply. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readReport } from '../../shared/documents/state.ts';
import { type Cloud, openCloud } from './cloud.ts';
import { askPython } from './python.ts';
import { type Server, setServer } from './server.ts';

const keptPath = 'run/perennial/idle-minutes';

let cloud: Cloud;
let server: Server;

beforeEach(async () => {
  cloud = await openCloud();
  cloud.putKey(`${'k'.repeat(42)}A=`);
  server = setServer(cloud.conf);
});
afterEach(async () => {
  await server.remove();
  await cloud.close();
});

test('an agent that is restarted counts on, and the loop can read it', async () => {
  server.write(keptPath, '30\n');
  const first = cloud.reported(({ serving }) => serving.wireguard === true);
  server.start();
  const report = await first;
  expect(report.idleSeconds).toBeGreaterThanOrEqual(1_800);
  expect(report.idleSeconds).toBeLessThan(1_860);
  const read = readReport(cloud.server.id, JSON.stringify(report), cloud.world.timers.now);
  expect(read?.idleMs).toBe(report.idleSeconds * 1_000);
});

test('that somebody uses it again is told at once, and outlives the agent', async () => {
  server.write(keptPath, '30\n');
  const idle = cloud.reported(({ idleSeconds }) => idleSeconds >= 1_800);
  server.start();
  await idle;
  const used = cloud.reported(({ idleSeconds }) => idleSeconds === 0);
  server.hear(1);
  await used;
  await server.stop('SIGKILL');
  const again = cloud.reported(({ serving }) => serving.wireguard === true);
  server.start();
  expect((await again).idleSeconds).toBeLessThan(60);
});

test('while it is not known whether anybody uses it, somebody does', async () => {
  server.write(keptPath, '30\n');
  server.write('nft-heard', 'table inet perennial {\n}\n');
  const report = cloud.reported(
    ({ applied, idleSeconds }) => !idleSeconds && 'wireguard' in applied.keys,
  );
  server.start();
  expect(await report).toMatchObject({
    problem: expect.stringContaining('How much the VPN is used is not known: nft does not tell'),
  });
});

/** What it makes of looks, each after so many seconds and with so many packets heard. */
const lookScript = `
import os, tempfile, time
from server import paths
from server.idle import Idle

paths.set_root(tempfile.mkdtemp())
os.makedirs(paths.at('/run/perennial'))
now = 0.0
time.monotonic = lambda: now

answer = []
idle = Idle()
for seconds, heard in asked:
    if heard == 'restart':
        now += seconds
        idle = Idle()
        continue
    now += seconds
    idle.look(heard)
    answer.append(idle.seconds)
`;

test.each<[string, [seconds: number, heard: number | null | 'restart'][], number[]]>([
  [
    'nobody sends',
    [
      [5, 7],
      [5, 7],
      [60, 7],
    ],
    [5, 10, 70],
  ],
  [
    'somebody sends',
    [
      [60, 7],
      [5, 8],
      [5, 8],
    ],
    [60, 0, 5],
  ],
  [
    'the firewall is laid anew',
    [
      [60, 7],
      [5, 0],
      [5, 0],
    ],
    [60, 65, 70],
  ],
  [
    'it is laid anew, and somebody sends',
    [
      [60, 7],
      [5, 3],
      [5, 3],
    ],
    [60, 0, 5],
  ],
  [
    'it can not be asked',
    [
      [60, 7],
      [5, null],
      [5, 7],
    ],
    [60, 0, 5],
  ],
  [
    'the agent was away',
    [
      [90, 7],
      [3_600, 'restart'],
      [5, 9],
      [5, 9],
    ],
    [90, 65, 70],
  ],
])('%s', (_, looks, expected) => {
  expect(askPython(lookScript, looks)).toEqual(expected);
});

const essenceScript = `
from server import report

def to_essence(idle_seconds):
    return report.to_essence(report.to_report(0, {}, None, [], {}, [], idle_seconds))

answer = len({to_essence(seconds) for seconds in asked})
`;

test('neither each second of quiet nor each use is worth a report, only what ends a long quiet', () => {
  expect(askPython(essenceScript, [0, 5, 70, 239])).toBe(1);
  expect(askPython(essenceScript, [240, 300, 100_000])).toBe(1);
  expect(askPython(essenceScript, [0, 240])).toBe(2);
});
