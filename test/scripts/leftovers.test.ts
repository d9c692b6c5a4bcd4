/** What a thing costs a month, and whether anything still needs it. */
import { expect, test } from 'vitest';
import { judge } from '../../scripts/vpn/leftovers/judge.ts';
import type { Seen } from '../../scripts/vpn/leftovers/model.ts';

const nothing: Seen = {
  isDeployed: true,
  desiredImageId: null,
  runId: null,
  requests: [],
  instances: [],
  addresses: [],
  volumes: [],
  images: [],
  snapshots: [],
  logGroups: [],
};
const server = {
  id: 'i-1',
  state: 'running',
  type: 't3.nano',
  dollarsPerHour: 0.0015,
  address: '203.0.113.9',
  runId: null,
};
const image = (id: string, day: number, more: Partial<Seen['images'][number]> = {}) => ({
  id,
  state: 'available',
  madeAt: Date.UTC(2026, 10, day),
  snapshotIds: [`snap-of-${id}`],
  runId: `run-of-${id}`,
  isBaked: true,
  ...more,
});
const snapshotOf = (id: string) => ({ id: `snap-of-${id}`, gigabytes: 8, runId: `run-of-${id}` });

const uses = (seen: Partial<Seen>) =>
  judge({ ...nothing, ...seen }).map(({ id, use }) => [id, use]);
const prices = (seen: Partial<Seen>) =>
  judge({ ...nothing, ...seen }).map(({ id, dollarsPerMonth: dollars }) => [
    id,
    dollars === null ? null : Number(dollars.toFixed(2)),
  ]);

test.each<[string, Partial<Seen>, [string, number | null][]]>([
  ['a server costs its hours, and its address', { instances: [server] }, [['i-1', 4.75]]],
  [
    'an Elastic IP address has its own row',
    {
      instances: [server],
      addresses: [{ id: 'eipalloc-1', address: server.address, instanceId: 'i-1' }],
    },
    [
      ['i-1', 1.1],
      ['eipalloc-1', 3.65],
    ],
  ],
  [
    'one that is stopped costs no hours',
    { instances: [{ ...server, state: 'stopped', address: null }] },
    [['i-1', 0]],
  ],
  [
    'a type that nobody has chosen has no known price',
    { instances: [{ ...server, dollarsPerHour: null }] },
    [['i-1', null]],
  ],
  [
    'disks by their size, and logs by what is in them',
    {
      volumes: [{ id: 'vol-1', gigabytes: 8, instanceId: null }],
      logGroups: [{ name: '/aws/lambda/x', bytes: 50e9 }],
    },
    [
      ['vol-1', 0.64],
      ['/aws/lambda/x', 1.5],
    ],
  ],
  [
    'an image costs what its snapshot does',
    { images: [image('ami-1', 1)], snapshots: [snapshotOf('ami-1')] },
    [
      ['ami-1', 0],
      ['snap-of-ami-1', 0.4],
    ],
  ],
])('%s', (_, seen, expected) => expect(prices(seen)).toEqual(expected));

test.each<[string, Partial<Seen>, [string, string | null][]]>([
  [
    'one that has ended is nothing any more',
    { instances: [{ ...server, state: 'terminated' }] },
    [],
  ],
  [
    'without a deployment nobody looks after a server or its disk',
    {
      isDeployed: false,
      instances: [server],
      volumes: [{ id: 'vol-1', gigabytes: 8, instanceId: 'i-1' }],
    },
    [
      ['i-1', null],
      ['vol-1', null],
    ],
  ],
  [
    'a disk is of use for as long as its server is',
    {
      instances: [server],
      volumes: [
        { id: 'vol-1', gigabytes: 8, instanceId: 'i-1' },
        { id: 'vol-2', gigabytes: 8, instanceId: null },
        { id: 'vol-3', gigabytes: 8, instanceId: 'i-gone' },
      ],
    },
    [
      ['i-1', 'a server, kept or ended by the loop'],
      ['vol-1', 'the disk of i-1'],
      ['vol-2', null],
      ['vol-3', null],
    ],
  ],
  [
    'a persistent request is never of use',
    { requests: [{ id: 'sir-1', dollarsPerHourMax: 0.02, instanceId: null }] },
    [['sir-1', null]],
  ],
  [
    'a machine is of use to the bake that launched it',
    {
      runId: 'now',
      instances: [
        { ...server, id: 'i-now', runId: 'now' },
        { ...server, id: 'i-before', runId: 'before' },
      ],
    },
    [
      ['i-now', 'the bake under way'],
      ['i-before', null],
    ],
  ],
  [
    'of images the one that is launched and the latest other are kept, with their snapshots',
    {
      desiredImageId: 'ami-2',
      images: [image('ami-1', 1), image('ami-2', 2), image('ami-3', 3)],
      snapshots: [snapshotOf('ami-1'), snapshotOf('ami-3'), { ...snapshotOf('x'), id: 'snap-x' }],
    },
    [
      ['ami-1', null],
      ['ami-2', 'what is launched'],
      ['ami-3', 'kept, to go back to'],
      ['snap-of-ami-1', null],
      ['snap-of-ami-3', 'kept, to go back to'],
      ['snap-x', null],
    ],
  ],
  [
    'while one is baked, its image and snapshot are of use',
    {
      runId: 'run-of-ami-1',
      images: [image('ami-1', 1), image('ami-2', 2), image('ami-3', 3)],
      snapshots: [{ id: 'snap-making', gigabytes: 8, runId: 'run-of-ami-1' }],
    },
    [
      ['ami-1', 'the bake under way'],
      ['ami-2', 'kept, to go back to'],
      ['ami-3', 'kept, to go back to'],
      ['snap-making', 'the bake under way'],
    ],
  ],
  [
    "a person's own image is theirs after the VPN is gone",
    {
      isDeployed: false,
      desiredImageId: 'ami-1',
      images: [image('ami-1', 1, { isBaked: false })],
      snapshots: [snapshotOf('ami-1')],
    },
    [
      ['ami-1', 'yours: no bake has made it'],
      ['snap-of-ami-1', 'yours: no bake has made it'],
    ],
  ],
])('%s', (_, seen, expected) => expect(uses(seen)).toEqual(expected));
