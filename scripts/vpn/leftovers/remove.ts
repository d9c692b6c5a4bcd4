/** Removes what nobody needs any more, in the order in which AWS lets it go. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteVolumeCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { toAddresses } from '../../../shared/adapters/addresses.ts';
import { allPages, isCode } from '../../../shared/adapters/answers.ts';
import { toBakes } from '../../../shared/adapters/bakes.ts';
import { toStrays } from '../../../shared/adapters/strays.ts';
import type { Aws } from '../aws.ts';
import { Trouble, toSentence } from '../trouble.ts';
import type { Holding, Kind } from './model.ts';

export interface Outcome {
  kind: Kind;
  id: string;
  /** Null if it is gone. */
  fault: string | null;
}

export interface Removing {
  signal: AbortSignal;
  /** Told before each. */
  say: (words: string) => void;
  pauseMs?: number;
}

/** A request would launch anew; a disk or an address is free once its machine is gone, a snapshot once its image is. */
const order: Kind[] = [
  'spot request',
  'instance',
  'address',
  'volume',
  'image',
  'snapshot',
  'log group',
];
const pauseUsualMs = 3_000;
/** Twenty minutes: EC2 ends most machines within one. */
const looksMax = 400;

/** One that can't be removed keeps no other from going. After ^C nothing more is begun. */
export async function removeAll(
  aws: Aws,
  holdings: Holding[],
  removing: Removing,
): Promise<Outcome[]> {
  const remove = toRemover(aws);
  const outcomes: Outcome[] = [];
  for (const kind of order) {
    const some = holdings.filter((one) => one.kind === kind && !goesByItself(one, holdings));
    for (const { id } of some) {
      removing.signal.throwIfAborted();
      removing.say(`Removing the ${kind} ${id}`);
      outcomes.push({ kind, id, fault: await toFault(remove[kind](id)) });
    }
    const ended = outcomes.filter((one) => one.kind === kind && one.fault === null);
    if (kind === 'instance' && ended.length)
      await waitUntilGone(
        aws,
        ended.map(({ id }) => id),
        removing,
      );
  }
  return outcomes;
}

/** The disk of a machine that is ended with it. */
function goesByItself({ kind, goesWith }: Holding, all: Holding[]): boolean {
  return kind === 'volume' && goesWith !== null && all.some(({ id }) => id === goesWith);
}

async function toFault(done: Promise<unknown>): Promise<string | null> {
  try {
    await done;
    return null;
  } catch (error) {
    return toSentence(error);
  }
}

/** What has gone meanwhile is no fault. */
function toRemover({
  settings,
  clients,
  options,
}: Aws): Record<Kind, (id: string) => Promise<unknown>> {
  const { policy } = settings;
  const bakes = toBakes(clients, policy.vpn);
  const addresses = toAddresses(clients, { policy });
  const strays = toStrays(clients, { policy });
  return {
    'spot request': (id) => strays.remove({ kind: 'spot-request', id }),
    instance: (id) => bakes.end(id),
    address: (id) => addresses.release(id),
    image: (id) => bakes.deregister(id),
    snapshot: (id) => bakes.delete(id),
    volume: (VolumeId) => unlessGone(clients.ec2.send(new DeleteVolumeCommand({ VolumeId }))),
    async 'log group'(logGroupName) {
      const { CloudWatchLogsClient, DeleteLogGroupCommand } = await import(
        '@aws-sdk/client-cloudwatch-logs'
      );
      const logs = new CloudWatchLogsClient(options);
      await unlessGone(logs.send(new DeleteLogGroupCommand({ logGroupName })));
    },
  };
}

async function unlessGone(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    const gone = ['InvalidVolume.NotFound', 'ResourceNotFoundException'];
    if (!gone.some((code) => isCode(error, code))) throw error;
  }
}

/** Until then a security group of theirs can't go, nor a disk. */
export async function waitUntilGone(
  { clients: { ec2 } }: Aws,
  ids: string[],
  { signal, say, pauseMs = pauseUsualMs }: Removing,
): Promise<void> {
  for (let look = 0; look < looksMax; look++) {
    const found = await allPages(async (NextToken) => {
      const Filters = [{ Name: 'instance-id', Values: ids }];
      const page = await ec2.send(new DescribeInstancesCommand({ Filters, NextToken }));
      const items = (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
      return { items, next: page.NextToken };
    });
    const left = found.filter(({ State }) => State?.Name !== 'terminated');
    if (!left.length) return;
    say(`Waiting for ${left.map(({ InstanceId }) => InstanceId).join(', ')} to end`);
    await sleep(pauseMs, undefined, { signal });
  }
  throw new Trouble(
    `EC2 has not ended ${ids.join(', ')} for long: look again with "vpn leftovers".`,
  );
}
