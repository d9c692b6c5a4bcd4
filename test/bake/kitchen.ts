/** A played AWS with the template deployed on it, and somebody who bakes there: the function, or a person. */
import { deploy } from '../../local/aws.ts';
import { toDirectClients } from '../../local/direct.ts';
import { type InstanceRecord, isAlive, toState } from '../../local/ec2/instances.ts';
import { toFunctionCredentials } from '../../local/functions.ts';
import { bakedImageId, type ServiceName, type World } from '../../local/world.ts';
import { packImage } from '../../scripts/bundle/image.ts';
import { must } from '../../shared/adapters/answers.ts';
import { type BakePass, type Bakery, bake } from '../../shared/bake/bake.ts';
import { readBakeConfig } from '../../shared/bake/config.ts';
import { readEnding } from '../../shared/bake/documents.ts';
import { drive, type Progress } from '../../shared/bake/drive.ts';
import type { Ending, Step } from '../../shared/bake/model.ts';
import { toBakePorts, toBakery } from '../../shared/bake/wire.ts';
import type { Config } from '../../shared/config.ts';
import { readDesired } from '../../shared/documents/desired.ts';
import { packageTemplate } from '../compiled-template.ts';
import { desire, start } from '../stage.ts';

const template = await packageTemplate();
const pack = packImage();
/** Longer than any bake may take. */
const settleTicksMax = 36;
export const minuteMs = 60_000;

/** What is told of each call before it is made; what it throws the caller meets. */
type Watch = (operation: string) => void;

export interface Kitchen {
  world: World;
  config: Config;
  /** Every call that a role was not allowed. */
  denied: string[];
  toBakery: (options?: { refreshDays?: number; watch?: Watch }) => Bakery;
  /** One pass as the function makes it. */
  tick: (refreshDays?: number) => Promise<BakePass>;
  /** So many minutes of the function's ticks, one every five. */
  ticks: (minutes: number, refreshDays?: number) => Promise<void>;
  /** The same until nothing is to be done any more. */
  settle: () => Promise<void>;
  desired: () => string | null;
  /** What costs money: machines that are there, images, snapshots. */
  left: () => { machines: string[]; images: string[]; snapshots: string[] };
  machine: (part: string) => InstanceRecord;
  ending: () => Ending | null;
}

export function setKitchen(): Kitchen {
  const { world, config, stack } = deploy(template, 1, start);
  const { timers } = world;
  const denied: string[] = [];
  world.onOccurrence((occurrence) => {
    if (occurrence.kind === 'denied') denied.push(occurrence.why);
  });
  Object.assign(world.times, { listLagMs: () => 5_000 });
  desire(world, { power: 'off', imageId: bakedImageId });
  // The loop makes it in its first minute.
  world.call('ssm', 'PutParameter', {
    Name: '/perennial/home/keys/wireguard',
    Type: 'SecureString',
    Value: '{"privateKey":"an-example"}',
    Description: '{"publicKey":"an-example"}',
  });
  const target = must(
    stack.functions.find(({ name }) => name.endsWith('-bake')),
    'the function',
  );
  const { accessKeyId } = toFunctionCredentials(stack, target);
  const env = { ...target.environment, AWS_REGION: 'us-east-1' };
  const toOwn: Kitchen['toBakery'] = ({ refreshDays = 0, watch = () => undefined } = {}) => {
    const read = readBakeConfig({ ...env, PERENNIAL_REFRESH_DAYS: String(refreshDays) });
    const call = async (service: ServiceName, operation: string, input: object) => {
      watch(operation);
      timers.advance(timers.now + 20);
      return world.call(service, operation, input, accessKeyId);
    };
    const pause = async (ms: number) => timers.advance(timers.now + ms);
    return toBakery(
      read,
      pack,
      toBakePorts(read, toDirectClients(call), () => timers.now, pause),
    );
  };
  const textOf = (name: string) => world.parameters.get(name)?.versions.at(-1)?.value;
  const kitchen: Kitchen = {
    world,
    config,
    denied,
    toBakery: toOwn,
    tick: (refreshDays = 0) => bake(toOwn({ refreshDays })),
    async ticks(minutes, refreshDays) {
      for (let minute = 0; minute < minutes; minute += 5) {
        await kitchen.tick(refreshDays);
        timers.advance(timers.now + 5 * minuteMs);
      }
    },
    async settle() {
      for (let count = 0; count < settleTicksMax; count++) {
        const { steps, state } = await kitchen.tick();
        if (!steps.length && state.kind === 'rest') return;
        timers.advance(timers.now + 5 * minuteMs);
      }
      throw new Error('The bake does not come to an end');
    },
    desired: () => readDesired(textOf('/perennial/home/state/desired'), 0).imageId,
    left: () => ({
      machines: [...world.instances.values()]
        .filter((one) => isAlive(one) || toState(one).startsWith('stop'))
        .map(({ id }) => id),
      images: [...world.images.values()]
        .filter(({ owner, id }) => owner === world.account && id !== bakedImageId)
        .map(({ id }) => id),
      snapshots: [...world.snapshots.keys()],
    }),
    machine: (part) =>
      must(
        [...world.instances.values()].find(({ tags }) => tags.get('perennial:part') === part),
        part,
      ),
    ending: () => readEnding(textOf('/perennial/home/bake/ending')),
  };
  return kitchen;
}

/** A person's bake to its end; answers the steps with it. */
export async function bakeByHand(
  bakery: Bakery,
  onStep: Progress['onStep'] = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ ending: Ending; steps: Step[] }> {
  const steps: Step[] = [];
  const progress: Progress = {
    onRun: () => undefined,
    onStep(step) {
      steps.push(step);
      onStep(step);
    },
  };
  return { ending: must(await drive(bakery, progress, signal), 'an ending'), steps };
}
