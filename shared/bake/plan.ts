/** The plan of a bake: from what is there to the one next step. Whoever asks, and however often, goes on from there. */
import { toDuration } from '../core/words.ts';
import { clean } from './clean.ts';
import { builderMaxMs, canaryMaxMs, imageMaxMs, refreshAgainMs, runMaxMs } from './limits.ts';
import type { BakePolicy, Image, Machine, Part, Run, Seen, Step } from './model.ts';

const dayMs = 24 * 60 * 60_000;

/** Pure and total. What earlier bakes left is cleaned up first. */
export function next(seen: Seen, policy: BakePolicy): Step {
  const run = toActive(seen);
  return clean(seen, run) ?? (run ? advance(seen, run, policy) : refresh(seen, policy));
}

/** The bake that is under way, or null. */
export function toActive({ run, ending }: Pick<Seen, 'run' | 'ending'>): Run | null {
  return run && ending?.runId !== run.id ? run : null;
}

function advance(seen: Seen, run: Run, policy: BakePolicy): Step {
  const image = seen.images.find(({ runId }) => runId === run.id);
  if (image && seen.desiredImageId === image.id)
    return conclude(run, 'promoted', `${image.id} is what is launched from now on`);
  if (seen.now - run.startedAt >= runMaxMs)
    return fail(run, `The bake was not done after ${toDuration(runMaxMs)}`);
  if (!image) return build(seen, run);
  switch (image.state) {
    case 'failed':
      return fail(run, `EC2 could not make the image ${image.id}; bake again`);
    case 'pending':
      return seen.now - image.madeAt < imageMaxMs
        ? { kind: 'wait', why: `EC2 makes the image ${image.id}` }
        : fail(run, `EC2 has not made the image ${image.id} within ${toDuration(imageMaxMs)}`);
    case 'available':
      return endBuilder(seen, run) ?? tryOut(seen, run, image, policy);
    default:
      return image.state satisfies never;
  }
}

/** From stock Debian to a machine that has tested itself and stopped. */
function build(seen: Seen, run: Run): Step {
  const builder = find(seen, run, 'builder');
  const imageId = run.stockImageId;
  if (!builder)
    return {
      kind: 'launch',
      part: 'builder',
      run,
      imageId,
      why: `Stock Debian, ${imageId}, is launched`,
    };
  const { id: machineId, state } = builder;
  if (isGone(builder)) return fail(run, `${machineId} was ended before it was done`);
  const word = seen.words.find((one) => one.machineId === machineId);
  if (word && !word.good) return fail(run, `${machineId} failed: ${word.sentence}`);
  if (state === 'stopped')
    return word
      ? {
          kind: 'make',
          run,
          machineId,
          why: `${machineId} has passed its test: it becomes an image`,
        }
      : fail(run, `${machineId} stopped without a word; ${toConsole(machineId)}`);
  if (seen.now - builder.launchedAt >= builderMaxMs)
    return fail(
      run,
      `${machineId} was not done after ${toDuration(builderMaxMs)}; ${toConsole(machineId)}`,
    );
  const why = word ? `${machineId} shuts down` : `${machineId} installs, reboots and tests itself`;
  return { kind: 'wait', why };
}

/** It costs more than the image that was made of it. */
function endBuilder(seen: Seen, run: Run): Step | null {
  const builder = find(seen, run, 'builder');
  if (!builder || isGone(builder)) return null;
  return { kind: 'end', machineId: builder.id, why: `${builder.id} has become an image` };
}

/** A canary of the image must serve, with the secrets of today, before any server is launched from it. */
function tryOut(seen: Seen, run: Run, { id: imageId }: Image, { protocols }: BakePolicy): Step {
  const canary = find(seen, run, 'canary');
  if (!canary)
    return { kind: 'launch', part: 'canary', run, imageId, why: `${imageId} is tried out` };
  if (isGone(canary)) return fail(run, `The canary ${canary.id} was ended before it served`);
  const report = seen.reports.find(({ serverId }) => serverId === canary.id);
  if (report && protocols.every((protocol) => report.serving[protocol]))
    return {
      kind: 'promote',
      imageId,
      why: `The canary ${canary.id} serves: ${imageId} is what is launched from now on`,
    };
  if (seen.now - canary.launchedAt < canaryMaxMs)
    return { kind: 'wait', why: `The canary ${canary.id} boots` };
  const said = report?.problem ?? (report ? 'it says no reason' : toConsole(canary.id));
  return fail(
    run,
    `The canary ${canary.id} does not serve after ${toDuration(canaryMaxMs)}: ${said}`,
  );
}

/** Security updates arrive with a new image: after so many days, if somebody has baked the first. */
function refresh(seen: Seen, { refreshDays }: BakePolicy): Step {
  const rest: Step = { kind: 'rest', why: 'Nothing is to be baked' };
  const current = seen.images.find(({ id }) => id === seen.desiredImageId);
  if (!refreshDays || !current || seen.now - current.madeAt < refreshDays * dayMs) return rest;
  const { ending } = seen;
  if (ending && ending.outcome !== 'promoted' && seen.now - ending.at < refreshAgainMs) return rest;
  return { kind: 'begin', why: `${current.id} is older than ${refreshDays} days` };
}

function find({ machines }: Seen, run: Run, part: Part): Machine | undefined {
  return machines.find((one) => one.runId === run.id && one.part === part);
}

function isGone({ state }: Machine): boolean {
  return state === 'shutting-down' || state === 'terminated';
}

function conclude(run: Run, outcome: 'promoted' | 'failed', why: string): Step {
  return { kind: 'conclude', run, outcome, why };
}

function fail(run: Run, why: string): Step {
  return conclude(run, 'failed', why);
}

/** EC2 keeps it for an hour after a machine has ended. */
function toConsole(machineId: string): string {
  return `see aws ec2 get-console-output --instance-id ${machineId} --latest --output text`;
}
