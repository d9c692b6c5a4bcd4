/** Says of each thing in the account what it costs a month, and whether anything still needs it. */

import { imagesKept } from '../../../shared/bake/limits.ts';
import { addressPerHour } from '../../../shared/core/ledger.ts';
import type { Holding, Seen } from './model.ts';

/** 365.25 days. */
const hoursPerMonth = 730.5;
/** Dollars a gigabyte and month, us-east-1; other regions cost up to a half more (https://aws.amazon.com/ebs/pricing/). */
const diskPerMonth = 0.08;
const snapshotPerMonth = 0.05;
/** The same for logs (https://aws.amazon.com/cloudwatch/pricing/). */
const logPerMonth = 0.03;

/** The dearest kind of trouble first: what launches anew, what runs, what lies there. */
export function judge(seen: Seen): Holding[] {
  return [
    ...toRequests(seen),
    ...toInstances(seen),
    ...toAddresses(seen),
    ...toVolumes(seen),
    ...toImages(seen),
    ...toSnapshots(seen),
    ...toLogGroups(seen),
  ];
}

/** Never of use: it launches behind the loop's back. */
function toRequests({ requests }: Seen): Holding[] {
  return requests.map(({ id, dollarsPerHourMax, instanceId }) => ({
    kind: 'spot request',
    id,
    what: [
      'persistent',
      ...(dollarsPerHourMax === null ? [] : [`up to $${dollarsPerHourMax}/h`]),
      ...(instanceId ? [`has ${instanceId}`] : []),
    ].join(', '),
    // What it has launched is a row of its own, and has its price there.
    dollarsPerMonth: 0,
    use: null,
    goesWith: null,
  }));
}

/** One that has ended is listed for an hour, and costs nothing. */
function toInstances({ instances, addresses, isDeployed, runId }: Seen): Holding[] {
  const elastic = new Set(addresses.map(({ address }) => address));
  const running = (one: Seen['instances'][number]) =>
    one.state === 'pending' || one.state === 'running';
  return instances
    .filter(({ state }) => state !== 'terminated' && state !== 'shutting-down')
    .map((one) => {
      const own = one.address !== null && !elastic.has(one.address) ? addressPerHour : 0;
      const perHour = one.dollarsPerHour === null ? null : one.dollarsPerHour + own;
      const use = one.runId === null ? 'a server, kept or ended by the loop' : 'the bake under way';
      const isOfUse = isDeployed && (one.runId === null || one.runId === runId);
      return {
        kind: 'instance',
        id: one.id,
        what: [one.type, one.state, ...(own ? ['with an address'] : [])].join(', '),
        dollarsPerMonth: running(one) ? perHour && perHour * hoursPerMonth : 0,
        use: isOfUse ? use : null,
        goesWith: null,
      };
    });
}

function toAddresses({ addresses, isDeployed }: Seen): Holding[] {
  return addresses.map(({ id, address, instanceId }) => ({
    kind: 'address',
    id,
    what: instanceId ? `${address}, of ${instanceId}` : `${address}, of nobody`,
    dollarsPerMonth: addressPerHour * hoursPerMonth,
    use: isDeployed ? "the VPN's own, kept or given back by the loop" : null,
    goesWith: null,
  }));
}

function toVolumes(seen: Seen): Holding[] {
  const used = new Map(toInstances(seen).map(({ id, use }) => [id, use]));
  return seen.volumes.map(({ id, gigabytes, instanceId }) => ({
    kind: 'volume',
    id,
    what: `${gigabytes} GB, ${instanceId ? `of ${instanceId}` : 'of nobody'}`,
    dollarsPerMonth: gigabytes * diskPerMonth,
    use: instanceId && used.get(instanceId) ? `the disk of ${instanceId}` : null,
    goesWith: instanceId,
  }));
}

function toImages(seen: Seen): Holding[] {
  return seen.images.map((image) => ({
    kind: 'image',
    id: image.id,
    what: `of ${new Date(image.madeAt).toISOString().slice(0, 10)}, ${image.state}`,
    // What costs is its snapshots.
    dollarsPerMonth: 0,
    use: toImageUse(seen, image),
    goesWith: null,
  }));
}

/** A person's own image is theirs, whatever becomes of the VPN. */
function toImageUse(seen: Seen, { id, runId, isBaked }: Seen['images'][number]): string | null {
  const { isDeployed, desiredImageId, images } = seen;
  if (!isBaked) return isDeployed ? 'what is launched' : 'yours: no bake has made it';
  if (!isDeployed) return null;
  if (id === desiredImageId) return 'what is launched';
  if (runId !== null && runId === seen.runId) return 'the bake under way';
  const latest = images
    .filter((one) => one.isBaked && one.id !== desiredImageId)
    .toSorted((a, b) => b.madeAt - a.madeAt)
    .slice(0, images.some((one) => one.id === desiredImageId) ? imagesKept - 1 : imagesKept);
  return latest.some((one) => one.id === id) ? 'kept, to go back to' : null;
}

function toSnapshots(seen: Seen): Holding[] {
  return seen.snapshots.map(({ id, gigabytes, runId }) => {
    const image = seen.images.find(({ snapshotIds }) => snapshotIds.includes(id));
    const isMaking = seen.isDeployed && runId !== null && runId === seen.runId;
    return {
      kind: 'snapshot',
      id,
      what: `at most ${gigabytes} GB, ${image ? `of ${image.id}` : 'of no image'}`,
      dollarsPerMonth: gigabytes * snapshotPerMonth,
      use: image ? toImageUse(seen, image) : isMaking ? 'the bake under way' : null,
      goesWith: image?.id ?? null,
    };
  });
}

function toLogGroups({ logGroups, isDeployed }: Seen): Holding[] {
  return logGroups.map(({ name, bytes }) => ({
    kind: 'log group',
    id: name,
    what: `${(bytes / 1e6).toFixed(1)} MB`,
    dollarsPerMonth: (bytes / 1e9) * logPerMonth,
    use: isDeployed ? "a function's log" : null,
    goesWith: null,
  }));
}
