/** The role of a drill: for its time Fault Injection Service may interrupt that one server, and nothing else. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  type IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { isCode, must } from '../../../shared/adapters/answers.ts';
import { vpnTag } from '../../../shared/adapters/looks.ts';

/** Where the server is, and whose. */
export interface Place {
  vpn: string;
  region: string;
  account: string;
  /** `aws`, of China `aws-cn`. */
  partition: string;
}

type Iam = Pick<IAMClient, 'send'>;

const policyName = 'interrupt';

/** Roles are of the account, not of a region, in which there may be a VPN of the same name. At most 64 characters. */
export function roleNameOf({ vpn, region }: Pick<Place, 'vpn' | 'region'>): string {
  return `perennial-${vpn}-drill-${region}`;
}

/** Only experiments of this account and region. */
export function toTrust({ partition, region, account }: Place) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'LetExperimentsActAsIt',
        Effect: 'Allow',
        Principal: { Service: 'fis.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:fis:${region}:${account}:experiment/*` },
        },
      },
    ],
  };
}

/** What the action says that it needs (https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html). */
export function toPolicy(place: Place, serverId: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'FindTheServer',
        Effect: 'Allow',
        Action: 'ec2:DescribeInstances',
        Resource: '*',
        Condition: { StringEquals: { 'ec2:Region': place.region } },
      },
      {
        Sid: 'InterruptTheServer',
        Effect: 'Allow',
        Action: 'ec2:SendSpotInstanceInterruptions',
        Resource: toInstanceArn(place, serverId),
        Condition: { StringEquals: { [`aws:ResourceTag/${vpnTag}`]: place.vpn } },
      },
    ],
  };
}

export function toInstanceArn({ partition, region, account }: Place, serverId: string): string {
  return `arn:${partition}:ec2:${region}:${account}:instance/${serverId}`;
}

/** Answers its ARN. Nothing can act as it before it has its policy. */
export async function makeRole(iam: Iam, place: Place, serverId: string): Promise<string> {
  const RoleName = roleNameOf(place);
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      Description: `A drill of the VPN ${place.vpn}; removed at its end`,
      AssumeRolePolicyDocument: JSON.stringify(toTrust(place)),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: policyName,
      PolicyDocument: JSON.stringify(toPolicy(place, serverId)),
    }),
  );
  return must(Role?.Arn, 'Arn');
}

export async function hasRole(iam: Iam, place: Pick<Place, 'vpn' | 'region'>): Promise<boolean> {
  return unlessMissing(iam.send(new GetRoleCommand({ RoleName: roleNameOf(place) })));
}

/** One that is not there is as good as removed. */
export async function removeRole(iam: Iam, place: Pick<Place, 'vpn' | 'region'>): Promise<void> {
  const RoleName = roleNameOf(place);
  const policy = new DeleteRolePolicyCommand({ RoleName, PolicyName: policyName });
  await unlessMissing(iam.send(policy));
  await unlessMissing(iam.send(new DeleteRoleCommand({ RoleName })));
}

/** Whether there was something. */
async function unlessMissing(done: Promise<unknown>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch (error) {
    if (isCode(error, 'NoSuchEntity') || isCode(error, 'NoSuchEntityException')) return false;
    throw error;
  }
}
