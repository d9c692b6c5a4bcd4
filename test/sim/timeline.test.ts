/** Who served behind the name, and what that comes to. */
import { expect, it } from 'vitest';
import type { InstanceRecord } from '../../local/ec2/instances.ts';
import { startTimeline, toPresence } from './timeline.ts';

const hourMs = 60 * 60_000;
const server = (id: string, market: 'spot' | 'on-demand', zone: string) =>
  ({ id, market, pool: { type: 't3.nano', zone } }) as InstanceRecord;
const first = server('i-1', 'spot', 'us-east-1a');
const sameThere = server('i-2', 'spot', 'us-east-1a');
const onDemand = server('i-3', 'on-demand', 'us-east-1a');
const elsewhere = server('i-4', 'spot', 'us-east-1b');

type Seen = [hour: number, by: InstanceRecord | null, wanted?: boolean];
function read(seen: Seen[], end: number, from = 0) {
  const timeline = startTimeline(0);
  for (const [hour, by, wanted = true] of seen) timeline.see(hour * hourMs, by, wanted);
  const spans = timeline.read(end * hourMs);
  return { spans, ...toPresence(spans, from * hourMs) };
}

it.each<[string, Seen[], number, object]>([
  ['one server', [[0, first]], 5, { wantedMs: 5, outageMs: 0, longestOutageMs: 0, moves: 0 }],
  [
    'nobody for a while',
    [
      [0, first],
      [2, null],
      [3, first],
    ],
    5,
    { wantedMs: 5, outageMs: 1, longestOutageMs: 1, moves: 0 },
  ],
  [
    'a replacement in the same pool is no move, others are',
    [
      [0, first],
      [1, sameThere],
      [2, onDemand],
      [3, elsewhere],
    ],
    5,
    { wantedMs: 5, outageMs: 0, longestOutageMs: 0, moves: 2 },
  ],
  [
    'nobody while nobody wants it is no outage',
    [
      [0, first],
      [1, null, false],
      [3, null],
      [4, first],
    ],
    5,
    { wantedMs: 3, outageMs: 1, longestOutageMs: 1, moves: 0 },
  ],
  [
    'the longest of several outages, one at the end',
    [
      [0, first],
      [1, null],
      [2, first],
      [3, null],
    ],
    5,
    { wantedMs: 5, outageMs: 3, longestOutageMs: 2, moves: 0 },
  ],
])('%s', (_, seen, end, expected) => {
  const { wantedMs, outageMs, longestOutageMs, moves } = read(seen, end);
  const found = { wantedMs, outageMs, longestOutageMs };
  const inHours = Object.entries(found).map(([key, ms]) => [key, ms / hourMs]);
  expect({ ...Object.fromEntries(inHours), moves }).toEqual(expected);
});

it('looks only at what comes after a moment', () => {
  const { wantedMs, outageMs } = read(
    [
      [0, null],
      [2, first],
    ],
    5,
    1,
  );
  expect([wantedMs, outageMs]).toEqual([4 * hourMs, hourMs]);
});

it('a look that shows the same makes no span', () => {
  const { spans } = read(
    [
      [0, first],
      [1, first],
      [2, onDemand],
      [2.5, onDemand],
    ],
    5,
  );
  expect(spans.map(({ from, to }) => [from / hourMs, to / hourMs])).toEqual([
    [0, 2],
    [2, 5],
  ]);
});

it('the most moves within a day are counted over any day', () => {
  const there = (hour: number): Seen => [hour, hour % 2 ? onDemand : first];
  const seen = [0, 1, 20, 21, 22, 23, 40, 41, 100].map(there);
  expect(read(seen, 200).movesInADay).toBe(6);
});
