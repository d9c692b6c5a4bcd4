/** Reads the security groups of a compiled template: who may reach a machine, rule by rule. */
import type { Lookup } from '../intrinsics.ts';

/** Rules are in CloudFormation's words. */
export interface SecurityGroup {
  logicalId: string;
  description: string;
  ingress: Rule[];
}

type Rule = Partial<
  Record<
    'IpProtocol' | 'FromPort' | 'ToPort' | 'CidrIp' | 'SourceSecurityGroupId' | 'Description',
    string
  >
>;

interface Found {
  logicalId: string;
  properties: Record<string, unknown>;
}

type Find = <T>(type: string, to: (found: Found) => T) => T[];

/** Rules stand in their group, or beside it, as those do that name the group itself. */
export function readSecurityGroups(find: Find, resolve: Lookup): SecurityGroup[] {
  const beside = find(
    'AWS::EC2::SecurityGroupIngress',
    ({ properties }) => properties as Rule & { GroupId?: string },
  );
  return find('AWS::EC2::SecurityGroup', ({ logicalId, properties }) => ({
    logicalId,
    description: String(properties.GroupDescription),
    ingress: [
      ...((properties.SecurityGroupIngress ?? []) as Rule[]),
      ...beside.filter(({ GroupId }) => GroupId === resolve(logicalId, 'GroupId')),
    ],
  }));
}
