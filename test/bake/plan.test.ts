/** The plan of a bake, step by step: what is seen, and what comes next. */
import { describe, expect, it } from 'vitest';
import { builderMaxMs, canaryMaxMs, imageMaxMs, runMaxMs } from '../../shared/bake/limits.ts';
import type { BakePolicy, Image, Machine, Run, Seen, Step } from '../../shared/bake/model.ts';
import { next } from '../../shared/bake/plan.ts';
import type { Report } from '../../shared/core/model.ts';

const now = Date.UTC(2026, 10, 22, 5);
const dayMs = 24 * 60 * 60_000;
const policy: BakePolicy = {
  vpn: 'home',
  protocols: ['pptp', 'wireguard'],
  types: [],
  refreshDays: 0,
};
const run: Run = { id: 'now', startedAt: now, stockImageId: 'ami-stock', sum: '' };
const nothing: Seen = {
  now,
  run: null,
  ending: null,
  machines: [],
  images: [],
  snapshots: [],
  words: [],
  reports: [],
  desiredImageId: null,
};
const builder: Machine = {
  id: 'i-b',
  runId: 'now',
  part: 'builder',
  state: 'running',
  launchedAt: now,
};
const canary: Machine = { ...builder, id: 'i-c', part: 'canary' };
const image: Image = {
  id: 'ami-1',
  runId: 'now',
  state: 'available',
  madeAt: now,
  snapshotIds: ['s'],
};
const report = {
  serverId: 'i-c',
  serving: { pptp: true, wireguard: true },
  problem: null,
} as Report;
const partly: Report = { ...report, serving: { pptp: false, wireguard: true }, problem: 'no GRE' };
const good = [{ machineId: 'i-b', good: true, sentence: '' }];
const stopped: Machine = { ...builder, state: 'stopped' };

const steps: [string, Partial<Seen>, Partial<Step>][] = [
  ['launches a builder', {}, { kind: 'launch', part: 'builder', imageId: 'ami-stock' }],
  ['waits for it', { machines: [builder] }, { kind: 'wait' }],
  ['waits for it to stop', { machines: [builder], words: good }, { kind: 'wait' }],
  [
    'makes an image of it',
    { machines: [stopped], words: good },
    { kind: 'make', machineId: 'i-b' },
  ],
  [
    'gives up on a builder that takes for ever',
    { machines: [{ ...builder, launchedAt: now - builderMaxMs }] },
    { kind: 'conclude', outcome: 'failed' },
  ],
  [
    'waits for the image',
    { machines: [stopped], images: [{ ...image, state: 'pending' }] },
    { kind: 'wait' },
  ],
  [
    'gives up on an image that takes for ever',
    { images: [{ ...image, state: 'pending', madeAt: now - imageMaxMs }] },
    { kind: 'conclude', outcome: 'failed' },
  ],
  [
    'ends the builder before it launches a canary',
    { machines: [stopped], images: [image] },
    { kind: 'end', machineId: 'i-b' },
  ],
  ['launches a canary', { images: [image] }, { kind: 'launch', part: 'canary', imageId: 'ami-1' }],
  ['waits for the canary', { machines: [canary], images: [image] }, { kind: 'wait' }],
  [
    'promotes what serves',
    { machines: [canary], images: [image], reports: [report] },
    { kind: 'promote', imageId: 'ami-1' },
  ],
  [
    'does not promote what serves in part',
    { machines: [canary], images: [image], reports: [partly] },
    { kind: 'wait' },
  ],
  [
    'says what keeps a canary from serving',
    {
      machines: [{ ...canary, launchedAt: now - canaryMaxMs }],
      images: [image],
      reports: [partly],
    },
    {
      kind: 'conclude',
      outcome: 'failed',
      why: 'The canary i-c does not serve after 10 min 0 s: no GRE',
    },
  ],
  [
    'is done once people want the image',
    { machines: [canary], images: [image], desiredImageId: 'ami-1' },
    { kind: 'conclude', outcome: 'promoted' },
  ],
  [
    'gives up after all',
    { machines: [builder], run: { ...run, startedAt: now - runMaxMs } },
    { kind: 'conclude', outcome: 'failed' },
  ],
  [
    'ends what another bake has left first',
    { machines: [{ ...builder, runId: 'other' }] },
    { kind: 'end', machineId: 'i-b' },
  ],
];
it.each(steps)('a bake %s', (_, seen, step) => {
  expect(next({ ...nothing, run, ...seen }, policy)).toMatchObject(step);
});

describe('once it is over', () => {
  const over: Seen = {
    ...nothing,
    run,
    ending: { runId: 'now', outcome: 'promoted', why: '', at: now },
    desiredImageId: 'ami-1',
  };
  const old = (id: string, days: number): Image => ({
    ...image,
    id,
    runId: id,
    madeAt: now - days * dayMs,
    snapshotIds: [`snap-${id}`],
  });
  const cases: [string, Partial<Seen>, Partial<Step>][] = [
    ['nothing is to do', { images: [image, old('ami-0', 30)] }, { kind: 'rest' }],
    [
      'the third image goes',
      { images: [image, old('ami-0', 30), old('ami-00', 60)] },
      { kind: 'deregister', imageId: 'ami-00' },
    ],
    [
      'but not the one that people went back to',
      { images: [image, old('ami-0', 30), old('ami-00', 60)], desiredImageId: 'ami-00' },
      { kind: 'deregister', imageId: 'ami-0' },
    ],
    [
      'images of an earlier, desired one of their own leave two',
      { images: [image, old('ami-0', 30)], desiredImageId: 'ami-by-hand' },
      { kind: 'rest' },
    ],
    [
      'a failed image goes',
      { images: [image, { ...old('ami-0', 1), state: 'failed' }] },
      { kind: 'deregister', imageId: 'ami-0' },
    ],
    [
      'a snapshot of no image goes',
      {
        images: [image],
        snapshots: [
          { id: 's', runId: 'now' },
          { id: 't', runId: 'ami-0' },
        ],
      },
      { kind: 'delete', snapshotId: 't' },
    ],
    [
      'a snapshot of an image that is being made stays',
      {
        images: [image, { ...old('ami-2', 0), state: 'pending', snapshotIds: [] }],
        snapshots: [{ id: 't', runId: 'ami-2' }],
      },
      { kind: 'rest' },
    ],
    [
      'the image of a bake that failed goes, unless people want it',
      {
        images: [image, old('ami-0', 1)],
        ending: { runId: 'now', outcome: 'failed', why: '', at: now },
        desiredImageId: 'ami-0',
      },
      { kind: 'deregister', imageId: 'ami-1' },
    ],
    [
      'what people want stays, even of a bake that failed',
      { images: [image], ending: { runId: 'now', outcome: 'cancelled', why: '', at: now } },
      { kind: 'rest' },
    ],
    ['what machines said is forgotten', { images: [image], words: good }, { kind: 'forget' }],
    [
      'a canary that lives is ended',
      { images: [image], machines: [canary], reports: [report] },
      { kind: 'end', machineId: 'i-c' },
    ],
  ];
  it.each(cases)('%s', (_, seen, step) => {
    expect(next({ ...over, ...seen }, policy)).toMatchObject(step);
  });
});
