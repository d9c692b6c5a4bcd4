/** The default VPC, and security groups with what they let in. */
import type {
  DescribeRegionsCommandInput,
  DescribeSecurityGroupsCommandInput,
  DescribeVpcsCommandInput,
  IpPermission,
  Tag,
} from '@aws-sdk/client-ec2';
import { AwsFault } from '../fault.ts';

import type { World } from '../world.ts';
import type { SecurityGroup } from './stack.ts';
import { fits } from './strays.ts';

export interface GroupRecord {
  id: string;
  description: string;
  permissions: IpPermission[];
  tags: Tag[];
}

const vpcId = 'vpc-0default00000000';

export function describeVpcs({ prepared }: World, { Filters = [] }: DescribeVpcsCommandInput) {
  const vpc = {
    VpcId: vpcId,
    IsDefault: true,
    State: 'available' as const,
    CidrBlock: '172.31.0.0/16',
  };
  const isWanted = Filters.every((filter) => fits(filter, [], { 'is-default': 'true' }));
  return { Vpcs: prepared.hasDefaultVpc && isWanted ? [vpc] : [] };
}

/** The one that is played, and one that an account has to ask for. */
export function describeRegions(
  { region }: World,
  { AllRegions = false }: DescribeRegionsCommandInput,
) {
  const all = [
    { RegionName: region, OptInStatus: 'opt-in-not-required' },
    { RegionName: 'me-south-1', OptInStatus: 'not-opted-in' },
  ];
  const Regions = all.filter(({ OptInStatus }) => AllRegions || OptInStatus !== 'not-opted-in');
  return {
    Regions: Regions.map((one) => ({ ...one, Endpoint: `ec2.${one.RegionName}.amazonaws.com` })),
  };
}

/** CloudFormation tags what it makes with where it made it. */
export function addSecurityGroup(
  { securityGroups }: World,
  stack: string,
  { id, logicalId, description, ingress }: SecurityGroup & { id: string },
): void {
  const tags = [
    { Key: 'aws:cloudformation:stack-name', Value: stack },
    { Key: 'aws:cloudformation:logical-id', Value: logicalId },
  ];
  securityGroups.set(id, { id, description, permissions: ingress.map(toPermission), tags });
}

export function describeSecurityGroups(
  world: World,
  { GroupIds, Filters = [] }: DescribeSecurityGroupsCommandInput,
) {
  const chosen = GroupIds
    ? GroupIds.map((id) => find(world, id))
    : [...world.securityGroups.values()];
  return {
    SecurityGroups: chosen
      .filter(({ tags }) => Filters.every((filter) => fits(filter, tags, {})))
      .map(({ id, description, permissions, tags }) => ({
        GroupId: id,
        GroupName: id,
        Description: description,
        OwnerId: world.account,
        VpcId: vpcId,
        IpPermissions: permissions,
        Tags: tags,
      })),
  };
}

/** A protocol without ports, like GRE, has none in the answer either. */
function toPermission(rule: SecurityGroup['ingress'][number]): IpPermission {
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupId, Description } = rule;
  return {
    IpProtocol,
    ...(FromPort !== undefined && { FromPort: Number(FromPort), ToPort: Number(ToPort) }),
    ...(CidrIp && { IpRanges: [{ CidrIp, ...(Description && { Description }) }] }),
    ...(SourceSecurityGroupId && { UserIdGroupPairs: [{ GroupId: SourceSecurityGroupId }] }),
  };
}

function find({ securityGroups }: World, id: string): GroupRecord {
  const record = securityGroups.get(id);
  if (record) return record;
  throw new AwsFault('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
}
