/** The server's security group, as it stands, against what the protocols need. */
import {
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import type { Protocol } from '../../../shared/core/model.ts';
import type { Facts } from './facts.ts';
import { bad, good, type Said, unknown, warning } from './model.ts';

interface Need {
  /** As IpPermission has it: `tcp`, `udp`, `icmp` or a protocol's number. */
  protocol: string;
  /** Null for a protocol without ports. */
  port: number | null;
  name: string;
  for: string;
}

const everywhere = '0.0.0.0/0';
const gre = '47';

const needs: Record<Protocol, Need[]> = {
  pptp: [
    { protocol: 'tcp', port: 1723, name: 'TCP 1723', for: 'PPTP connects by it' },
    {
      protocol: gre,
      port: null,
      name: 'GRE (protocol 47)',
      for: 'PPTP carries everything in it: clients hang at "verifying user name"',
    },
  ],
  wireguard: [
    { protocol: 'udp', port: 51_820, name: 'UDP 51820', for: 'WireGuard is nothing else' },
  ],
};
const ping: Need = {
  protocol: 'icmp',
  port: null,
  name: 'ICMP',
  for: 'without it large packets get lost, and some sites hang',
};
const remedy =
  'Deploy again, which mends what was changed by hand: vpn deploy. If nothing in the template has changed since, add the rule in the EC2 console.';

export async function checkGroup(facts: Facts): Promise<Said> {
  await facts.signedIn();
  const { ec2 } = facts.aws.clients;
  const { vpn, protocols } = facts.aws.settings.policy;
  const Filters = [
    { Name: 'tag:aws:cloudformation:stack-name', Values: [`perennial-${vpn}`] },
    { Name: 'tag:aws:cloudformation:logical-id', Values: ['ServerSecurityGroup'] },
  ];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const [group] = SecurityGroups;
  if (!group?.GroupId) return bad('the security group of servers is gone', 'vpn deploy');
  const said = judgeGroup(group.GroupId, group.IpPermissions ?? [], protocols);
  if (said.level === 'bad') return said;
  // Off, or still starting: then the group is all that there is to see.
  const { server } = await facts.seen();
  if (!server) return said;
  const { id } = server.server;
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const groups = Reservations[0]?.Instances?.[0]?.SecurityGroups;
  if (!groups) return unknown(`EC2 does not tell the groups of ${id}`);
  return groups.some(({ GroupId }) => GroupId === group.GroupId)
    ? said
    : bad(`${id} is not in the group ${group.GroupId}`, 'Replace it: vpn drill');
}

export function judgeGroup(
  groupId: string,
  permissions: IpPermission[],
  protocols: readonly Protocol[],
): Said {
  const wanted = protocols.flatMap((protocol) => needs[protocol]);
  const closed = wanted.filter((need) => !permissions.some((one) => lets(one, need)));
  if (closed.length) {
    const each = closed.map((need) => `${need.name} is closed (${need.for})`);
    return bad(`${groupId}: ${each.join('; ')}`, remedy);
  }
  if (!permissions.some((one) => lets(one, ping)))
    return warning(`${groupId}: ${ping.name} is closed (${ping.for})`, remedy);
  const isSelf = ({ UserIdGroupPairs = [] }: IpPermission) =>
    UserIdGroupPairs.some(({ GroupId }) => GroupId === groupId);
  if (!permissions.some(isSelf))
    return warning(`${groupId}: servers can't reach each other, to hand sessions over`, remedy);
  const open = wanted.map(({ name }) => name).join(', ');
  const all = permissions.filter((one) => one.IpProtocol === '-1' && isToAll(one));
  return all.length
    ? warning(
        `${groupId}: everything is open to everybody`,
        'Take that rule away in the EC2 console.',
      )
    : good(`${open} and ${ping.name} are open`);
}

function lets(permission: IpPermission, { protocol, port }: Need): boolean {
  const { IpProtocol, FromPort = -1, ToPort = -1 } = permission;
  if (!isToAll(permission)) return false;
  if (IpProtocol === '-1') return true;
  if (IpProtocol !== protocol) return false;
  return port === null ? FromPort === -1 : FromPort <= port && port <= ToPort;
}

function isToAll({ IpRanges = [] }: IpPermission): boolean {
  return IpRanges.some(({ CidrIp }) => CidrIp === everywhere);
}
