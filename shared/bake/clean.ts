/** What bakes leave behind, of which each thing costs money: all but the latest images goes, whoever left it. */
import { imagesKept } from './limits.ts';
import type { Image, Run, Seen, Step } from './model.ts';

/** The first thing to remove that is of no use to the bake under way; null if there is none. */
export function clean(seen: Seen, active: Run | null): Step | null {
  return (
    endMachine(seen, active) ??
    deregister(seen, active) ??
    deleteSnapshot(seen, active) ??
    (active ? null : forget(seen))
  );
}

function endMachine({ machines }: Seen, active: Run | null): Step | null {
  const left = machines.find(
    ({ runId, state }) =>
      runId !== active?.id && state !== 'shutting-down' && state !== 'terminated',
  );
  if (!left) return null;
  const { id, part, runId } = left;
  return {
    kind: 'end',
    machineId: id,
    why: `The ${part} ${id} of the bake ${runId} is of no more use`,
  };
}

function deregister(seen: Seen, active: Run | null): Step | null {
  const { ending, desiredImageId, images } = seen;
  const others = images.filter(({ id, runId }) => runId !== active?.id && id !== desiredImageId);
  const isSpoilt = ({ runId, state }: Image) =>
    state === 'failed' || (runId === ending?.runId && ending.outcome !== 'promoted');
  const spoilt = others.find(isSpoilt);
  if (spoilt) return toDeregister(spoilt, 'its bake came to nothing');
  // Of those that are launched from, or could be again.
  const latest = others.toSorted((a, b) => b.madeAt - a.madeAt);
  const old = latest[images.some(({ id }) => id === desiredImageId) ? imagesKept - 1 : imagesKept];
  return old ? toDeregister(old, `the latest ${imagesKept} are kept`) : null;
}

function toDeregister({ id: imageId }: Image, why: string): Step {
  return { kind: 'deregister', imageId, why: `The image ${imageId} is removed: ${why}` };
}

/** Of no image any more, nor of one that is being made. */
function deleteSnapshot({ snapshots, images }: Seen, active: Run | null): Step | null {
  const used = new Set(images.flatMap(({ snapshotIds }) => snapshotIds));
  const making = new Set(images.filter(({ state }) => state === 'pending').map((one) => one.runId));
  const left = snapshots.find(
    ({ id, runId }) => !used.has(id) && runId !== active?.id && !making.has(runId),
  );
  if (!left) return null;
  return { kind: 'delete', snapshotId: left.id, why: `The snapshot ${left.id} is of no image` };
}

/** What machines said that are gone. */
function forget({ words, reports }: Seen): Step | null {
  const [word] = words;
  if (word) return { kind: 'forget', part: 'builder', machineId: word.machineId, why: whyForget };
  const [report] = reports;
  if (!report) return null;
  return { kind: 'forget', part: 'canary', machineId: report.serverId, why: whyForget };
}

const whyForget = 'Its bake is over';
