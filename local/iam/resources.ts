/** The resources of EC2's calls, by the tags that they have and those that they are to get. */
import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { describe } from '../ec2/instances.ts';
import type { World } from '../world.ts';
import type { Context } from './policy.ts';
import type { Wish } from './wish.ts';

/** Images and snapshots can be shared: their ARNs name no account. */
const shared = new Set(['image', 'snapshot']);

export function toEc2Arn({ region, account }: World, type: string, id: string): string {
  return `arn:aws:ec2:${region}:${shared.has(type) ? '' : account}:${type}/${id}`;
}

/** The tags of an instance that has not been there for a while are gone, and with them what they allow. */
export function toResourceTags(world: World, id: string, prefix = 'aws:ResourceTag/'): Context {
  const instance = world.instances.get(id);
  const found =
    (instance && describe(instance, world.timers.now, 0)) ??
    world.volumes.get(id) ??
    world.images.get(id) ??
    world.snapshots.get(id) ??
    world.addresses.get(id) ??
    world.spotRequests.get(id);
  return toContext(prefix, found?.Tags);
}

export function toRequestTags(tags: Tag[] = []): Context {
  const TagKeys = tags.map(({ Key = '' }) => Key);
  return { ...toContext('aws:RequestTag/', tags), 'aws:TagKeys': TagKeys };
}

/** Who makes something with tags asks once to make it and once to tag it. */
export function toMade(
  world: World,
  operation: string,
  type: string,
  specifications: TagSpecification[] = [],
  context: Context = {},
): Wish[] {
  const tags = specifications
    .filter(({ ResourceType }) => ResourceType === type)
    .flatMap(({ Tags = [] }) => Tags);
  const resource = toEc2Arn(world, type, '*');
  const requestTags = toRequestTags(tags);
  const made = { resource, context: { ...context, ...requestTags } };
  const creating = { 'ec2:CreateAction': operation, ...requestTags };
  return tags.length === 0
    ? [made]
    : [made, { action: 'ec2:CreateTags', resource, context: creating }];
}

function toContext(prefix: string, tags: Tag[] = []): Context {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`${prefix}${Key}`, Value]));
}
