/** What a launch asks leave for: every resource that it uses, makes and tags, and the role that it hands out. */
import type { LaunchTemplateSpecification, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { findTemplate } from '../ec2/templates.ts';
import type { World } from '../world.ts';
import type { Context } from './policy.ts';
import { toEc2Arn, toMade } from './resources.ts';
import { roleOfProfile, toProfileArn } from './roles.ts';
import type { Wish } from './wish.ts';

export function runInstances(world: World, input: RunInstancesCommandInput): Wish[] {
  const template = input.LaunchTemplate ? findTemplate(world, input.LaunchTemplate) : {};
  const templateArn = input.LaunchTemplate && toTemplateArn(world, input.LaunchTemplate);
  const context: Context = templateArn ? { 'ec2:LaunchTemplate': templateArn } : {};
  const tags = [...(template.TagSpecifications ?? []), ...(input.TagSpecifications ?? [])];
  const groups = input.SecurityGroupIds ?? template.SecurityGroupIds ?? ['sg-default'];
  const market = input.InstanceMarketOptions ?? template.InstanceMarketOptions;
  const profileArn = toProfileArn(world, input, template);
  const make = (type: string, known: Context) => toMade(world, 'RunInstances', type, tags, known);
  return [
    ...(templateArn ? [{ resource: templateArn, context }] : []),
    ...toImage(world, input.ImageId ?? template.ImageId ?? '', context),
    ...groups.map((id) => ({ resource: toEc2Arn(world, 'security-group', id), context })),
    // The default VPC's subnet in the zone, of which only EC2 knows the id.
    { resource: toEc2Arn(world, 'subnet', input.SubnetId ?? 'subnet-default'), context },
    ...['instance', 'volume', 'network-interface'].flatMap((type) => make(type, context)),
    // A spot request does not know ec2:LaunchTemplate.
    ...(market?.MarketType === 'spot' ? make('spot-instances-request', {}) : []),
    ...(profileArn ? [toPassing(world, profileArn)] : []),
  ];
}

function toTemplateArn(world: World, wanted: LaunchTemplateSpecification): string {
  const found = [...world.templates.values()].find(
    ({ id, name }) => id === wanted.LaunchTemplateId || name === wanted.LaunchTemplateName,
  );
  return toEc2Arn(world, 'launch-template', found?.id ?? '');
}

/** One that is not there has no owner, and the launch says so. */
function toImage({ region, images }: World, id: string, context: Context): Wish[] {
  const image = images.get(id);
  if (!image) return [];
  const resource = `arn:aws:ec2:${region}::image/${id}`;
  return [{ resource, context: { ...context, 'ec2:Owner': image.owner } }];
}

function toPassing(world: World, profileArn: string): Wish {
  return {
    action: 'iam:PassRole',
    resource: roleOfProfile(world, profileArn).arn,
    context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
  };
}
