/** Images and their snapshots: made of an instance in some minutes, there until somebody removes both. */
import type {
  CreateImageCommandInput,
  DeleteSnapshotCommandInput,
  DeregisterImageCommandInput,
  DescribeImagesCommandInput,
  DescribeSnapshotsCommandInput,
  Image,
  Snapshot,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { AwsFault } from '../fault.ts';
import type { ParameterRecord } from '../ssm/parameters.ts';
import type { World } from '../world.ts';
import { toState } from './instances.ts';
import { fits } from './strays.ts';

export interface ImageRecord {
  id: string;
  name: string;
  /** The account's number. */
  owner: string;
  state: 'pending' | 'available' | 'failed';
  madeAt: number;
  Tags: Tag[];
  snapshotId: string | null;
}

export interface SnapshotRecord {
  id: string;
  madeAt: number;
  Tags: Tag[];
}

/** The image that every world knows, as if it had been baked. */
export const bakedImageId = 'ami-0123456789abcdef0';
const stockImageId = 'ami-0deb1a0000000000d';
const ownAccount = '123456789012';
/** Debian's own, under which it publishes its images. */
const debianAccount = '136693071363';

export function toFirstImages(madeAt: number): Map<string, ImageRecord> {
  const base = { state: 'available' as const, madeAt, Tags: [], snapshotId: null };
  const images = [
    { ...base, id: bakedImageId, name: 'baked', owner: ownAccount },
    { ...base, id: stockImageId, name: 'debian-13-amd64', owner: debianAccount },
  ];
  return new Map(images.map((image) => [image.id, image]));
}

/** Debian's latest image, by architecture. */
export function toPublished(at: number): Map<string, ParameterRecord> {
  const version = { version: 1, value: stockImageId, description: undefined, at };
  const record: ParameterRecord = { type: 'String', versions: [version], busyUntil: 0 };
  const toName = (architecture: string) => `/aws/service/debian/release/13/latest/${architecture}`;
  return new Map(['amd64', 'arm64'].map((architecture) => [toName(architecture), record]));
}

/** Puts one there as if it had been baked before. */
export function addImage(world: World, id: string): void {
  const baked = world.images.get(bakedImageId);
  if (baked) world.images.set(id, { ...baked, id, name: id });
}

export function createImage(world: World, input: CreateImageCommandInput): { ImageId: string } {
  const { InstanceId = '', Name: name = '', TagSpecifications } = input;
  const instance = world.instances.get(InstanceId);
  if (!instance)
    throw new AwsFault(
      'InvalidInstanceID.NotFound',
      `The instance ID '${InstanceId}' does not exist`,
    );
  if (!['running', 'stopped'].includes(toState(instance)))
    throw new AwsFault('IncorrectState', `The instance ${InstanceId} is ${toState(instance)}`);
  if ([...world.images.values()].some((image) => image.name === name))
    throw new AwsFault('InvalidAMIName.Duplicate', `AMI name ${name} is already in use`);
  const madeAt = world.timers.now;
  const ofType = (type: string) => toTags(TagSpecifications, type);
  const snapshot = { id: `snap-${world.random.hex(17)}`, madeAt, Tags: ofType('snapshot') };
  world.snapshots.set(snapshot.id, snapshot);
  const image: ImageRecord = {
    id: `ami-${world.random.hex(17)}`,
    name,
    owner: world.account,
    state: 'pending',
    madeAt,
    Tags: ofType('image'),
    // Which it will be, it tells once it is available.
    snapshotId: null,
  };
  world.images.set(image.id, image);
  const takesMs = world.times.imageMs();
  world.timers.after(takesMs ?? 60_000, () => {
    image.state = takesMs === null ? 'failed' : 'available';
    if (takesMs !== null) image.snapshotId = snapshot.id;
  });
  return { ImageId: image.id };
}

function toTags(specifications: TagSpecification[] = [], type: string): Tag[] {
  return specifications
    .filter(({ ResourceType }) => ResourceType === type)
    .flatMap(({ Tags = [] }) => Tags);
}

export function describeImages(
  { images, account }: World,
  { Owners = [], ImageIds, Filters = [] }: DescribeImagesCommandInput,
): { Images: Image[] } {
  const owners = Owners.map((owner) => (owner === 'self' ? account : owner));
  const chosen = [...images.values()]
    .filter(({ owner }) => owners.length === 0 || owners.includes(owner))
    .filter(({ id }) => !ImageIds || ImageIds.includes(id))
    .filter(({ id, Tags, name, state }) =>
      Filters.every((one) => fits(one, Tags, { 'image-id': id, name, state })),
    );
  return { Images: chosen.map(toImage) };
}

function toImage({ id, name, owner, state, madeAt, Tags, snapshotId }: ImageRecord): Image {
  const Ebs = { VolumeSize: 8, ...(snapshotId && { SnapshotId: snapshotId }) };
  return {
    ImageId: id,
    Name: name,
    OwnerId: owner,
    State: state,
    CreationDate: new Date(madeAt).toISOString(),
    RootDeviceName: '/dev/xvda',
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs }],
    Tags,
  };
}

export function deregisterImage(
  { images }: World,
  { ImageId = '' }: DeregisterImageCommandInput,
): object {
  if (!images.delete(ImageId))
    throw new AwsFault(
      'InvalidAMIID.Unavailable',
      `The image ID '${ImageId}' is no longer available`,
    );
  return {};
}

export function describeSnapshots(
  { snapshots, account }: World,
  { SnapshotIds, Filters = [] }: DescribeSnapshotsCommandInput,
): { Snapshots: Snapshot[] } {
  const chosen = [...snapshots.values()]
    .filter(({ id }) => !SnapshotIds || SnapshotIds.includes(id))
    .filter(({ id, Tags }) => Filters.every((filter) => fits(filter, Tags, { 'snapshot-id': id })));
  return {
    Snapshots: chosen.map(({ id, madeAt, Tags }) => ({
      SnapshotId: id,
      OwnerId: account,
      StartTime: new Date(madeAt),
      VolumeSize: 8,
      Tags,
    })),
  };
}

/** Not while an image is launched from it. */
export function deleteSnapshot(
  { snapshots, images }: World,
  { SnapshotId = '' }: DeleteSnapshotCommandInput,
): object {
  const user = [...images.values()].find(({ snapshotId }) => snapshotId === SnapshotId);
  if (user)
    throw new AwsFault(
      'InvalidSnapshot.InUse',
      `The snapshot ${SnapshotId} is in use by ${user.id}`,
    );
  if (!snapshots.delete(SnapshotId))
    throw new AwsFault('InvalidSnapshot.NotFound', `The snapshot '${SnapshotId}' does not exist.`);
  return {};
}
