/** Carries a bake on: looks, takes the one next step, writes it down, and looks again, until it has to wait. */
import { change } from '../commands/change.ts';
import { isArm } from '../config.ts';
import { toRefusal } from '../core/refusals.ts';
import { bakeEntriesMax, bakeEntryCharsMax, partPauseMs, passStepsMax } from './limits.ts';
import type { BakeEntry, BakePolicy, Ending, Run, Seen, Step } from './model.ts';
import { type FirstSettings, type Pack, toParts, toUserData } from './pack.ts';
import { next, toActive } from './plan.ts';
import type { BakeAnswer, BakePorts } from './ports.ts';

export interface Bakery {
  ports: BakePorts;
  policy: BakePolicy;
  pack: Pack;
  settings: FirstSettings;
}

export interface BakePass {
  /** What was done, in order. */
  steps: Step[];
  /** What is waited for now, or that there is nothing to do. */
  state: Step & { kind: 'wait' | 'rest' };
  run: Run | null;
  ending: Ending | null;
}

/** `onStep` is told before each step is taken. Others may carry on the same bake at the same time. */
export async function bake(
  bakery: Bakery,
  onStep: (step: Step) => void = () => undefined,
): Promise<BakePass> {
  const steps: Step[] = [];
  for (let count = 0; count < passStepsMax; count++) {
    const { seen, entries } = await look(bakery.ports);
    const step = next(seen, bakery.policy);
    if (step.kind === 'wait' || step.kind === 'rest') return toPass(seen, steps, step);
    // EC2's list lags: it has been done already, and doing it again changes nothing.
    if (isSame(step, steps.at(-1)))
      return toPass(seen, steps, { kind: 'wait', why: `EC2 has not caught up: ${step.why}` });
    onStep(step);
    await note(bakery.ports, entries, step.why);
    await take(step, bakery);
    steps.push(step);
  }
  throw new Error(`A bake took ${passStepsMax} steps without having to wait`);
}

/** Machines before records: a run stands in the records before it has machines, which are then no leftovers. */
async function look({ now, ec2, records, wishes }: BakePorts) {
  const [machines, images, snapshots] = await Promise.all([
    ec2.machines(),
    ec2.images(),
    ec2.snapshots(),
  ]);
  const [{ entries, ...found }, wish] = await Promise.all([records.read(), wishes.read(null)]);
  const desiredImageId = wish.value.imageId;
  const seen: Seen = { now: now(), machines, images, snapshots, ...found, desiredImageId };
  return { seen, entries };
}

function toPass({ run, ending }: Seen, steps: Step[], state: BakePass['state']): BakePass {
  return { steps, state, run: toActive({ run, ending }), ending };
}

function isSame(a: Step, b: Step | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function note({ now, records }: BakePorts, known: BakeEntry[], why: string): Promise<void> {
  await records.note(
    [...known, { at: now(), why: why.slice(0, bakeEntryCharsMax) }].slice(-bakeEntriesMax),
  );
}

async function take(step: Step, bakery: Bakery): Promise<void> {
  const { ec2, records, now } = bakery.ports;
  switch (step.kind) {
    case 'begin':
      return begin(bakery);
    case 'launch':
      return launch(step, bakery);
    case 'make':
      return unlessRefused(await ec2.make(step.run, step.machineId), step.run, bakery);
    case 'promote':
      await change(bakery.ports, (desired) => ({ ...desired, imageId: step.imageId }));
      return;
    case 'conclude': {
      const { outcome, why } = step;
      return records.conclude({ runId: step.run.id, outcome, why, at: now() });
    }
    case 'end':
      return ec2.end(step.machineId);
    case 'deregister':
      return ec2.deregister(step.imageId);
    case 'delete':
      return ec2.delete(step.snapshotId);
    case 'forget':
      return records.forget(step.part, step.machineId);
    case 'wait':
    case 'rest':
      return;
    default:
      return step satisfies never;
  }
}

/** Begins a bake. Its parts stand before it does. */
export async function begin({ ports, policy, pack }: Bakery): Promise<void> {
  const stockImageId = await ports.records.stockImage(toArchitecture(policy));
  for (const [index, part] of toParts(pack).entries()) {
    await ports.records.writePart(index, part);
    await ports.pause(partPauseMs);
  }
  const startedAt = ports.now();
  const id = new Date(startedAt).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase();
  await ports.records.begin({ id: `${id}z`, startedAt, stockImageId, sum: pack.sum });
}

async function launch(step: Step & { kind: 'launch' }, bakery: Bakery): Promise<void> {
  const { ports, policy, pack, settings } = bakery;
  const { run, part, imageId } = step;
  const userData = part === 'builder' ? toUserData(pack, run, settings) : null;
  const request = { run, part, imageId, type: toType(policy), userData };
  return unlessRefused(await ports.ec2.launch(request), run, bakery);
}

/** What EC2 refuses ends the bake: it is asked for by people, who can do something about it, or by a later refresh. */
async function unlessRefused(answer: BakeAnswer, run: Run, { ports }: Bakery): Promise<void> {
  if (answer.kind === 'done') return;
  const says = toRefusal(answer.code).says;
  const why = `EC2 refused: ${says} (${answer.code}: ${answer.message.slice(0, 500)})`;
  await ports.records.conclude({ runId: run.id, outcome: 'failed', why, at: ports.now() });
}

/** The dearest of those that may serve: the largest, and one that works in this account. */
function toType({ types }: BakePolicy): string {
  const [largest] = types.toSorted((a, b) => b.onDemand - a.onDemand);
  if (!largest) throw new Error('There is no type to bake on');
  return largest.type;
}

function toArchitecture({ types }: BakePolicy): 'amd64' | 'arm64' {
  return types.some(({ type }) => isArm(type)) ? 'arm64' : 'amd64';
}
