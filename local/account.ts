/** What an account is before anything is deployed into it: whose it is, its quotas, and the roles that AWS made in it. */
import type { GetRoleCommandInput, SimulatePrincipalPolicyCommandInput } from '@aws-sdk/client-iam';
import type { GetServiceQuotaCommandInput } from '@aws-sdk/client-service-quotas';
import { AwsFault } from './fault.ts';
import { roleOperations } from './iam/made-roles.ts';
import type { Operations, World } from './world.ts';

/** What a new account may lack. */
export interface Account {
  hasDefaultVpc: boolean;
  /** Names of the roles that AWS's services have made for themselves. */
  serviceRoles: Set<string>;
  /** So many functions run at once. */
  lambdaConcurrency: number;
  /** What whoever comes with keys of their own may not do. */
  forbidden: Set<string>;
}

export function toAccount(): Account {
  return {
    hasDefaultVpc: true,
    serviceRoles: new Set(['AWSServiceRoleForEC2Spot']),
    lambdaConcurrency: 1_000,
    forbidden: new Set(),
  };
}

export const stsOperations: Operations = {
  GetCallerIdentity: (world) => ({
    UserId: 'AIDALOCAL',
    Account: world.account,
    Arn: toUser(world),
  }),
};

export const iamOperations: Operations = {
  GetRole: getRole,
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
  ...roleOperations,
};

export const quotaOperations: Operations = { GetServiceQuota: getServiceQuota };

export const lambdaOperations: Operations = {
  GetAccountSettings: ({ prepared: { lambdaConcurrency: all } }) => ({
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: all,
      UnreservedConcurrentExecutions: all,
    },
    AccountUsage: { TotalCodeSize: 0, FunctionCount: 0 },
  }),
};

function getRole(world: World, { RoleName = '' }: GetRoleCommandInput) {
  const { roles, prepared, account } = world;
  const path = prepared.serviceRoles.has(RoleName) ? '/aws-service-role/spot.amazonaws.com/' : '/';
  if (path === '/' && !roles.has(RoleName))
    throw new AwsFault('NoSuchEntity', `The role with name ${RoleName} cannot be found.`, 404);
  return {
    Role: {
      Path: path,
      RoleName,
      RoleId: 'AROALOCAL',
      Arn: `arn:aws:iam::${account}:role${path}${RoleName}`,
      CreateDate: new Date(0),
    },
  };
}

function simulatePrincipalPolicy(
  { prepared: { forbidden } }: World,
  { ActionNames = [], ResourceArns = ['*'] }: SimulatePrincipalPolicyCommandInput,
) {
  return {
    EvaluationResults: ActionNames.map((EvalActionName) => ({
      EvalActionName,
      EvalResourceName: ResourceArns[0],
      EvalDecision: forbidden.has(EvalActionName) ? 'implicitDeny' : 'allowed',
    })),
    IsTruncated: false,
  };
}

/** EC2 counts vCPUs; the smallest types, which are all there are here, have two each. */
const vcpus = 2;

const quotas: Record<string, { market: 'spot' | 'on-demand'; QuotaName: string }> = {
  'L-34B43A08': {
    market: 'spot',
    QuotaName: 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests',
  },
  'L-1216C47A': {
    market: 'on-demand',
    QuotaName: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
  },
};

function getServiceQuota(
  world: World,
  { ServiceCode, QuotaCode = '' }: GetServiceQuotaCommandInput,
) {
  const quota = ServiceCode === 'ec2' ? quotas[QuotaCode] : undefined;
  if (!quota) throw new AwsFault('NoSuchResourceException', 'The request failed: no such quota.');
  const { market, QuotaName } = quota;
  return {
    Quota: { ServiceCode, QuotaCode, QuotaName, Value: world.quotas[market] * vcpus, Unit: 'None' },
  };
}

function toUser({ account }: World): string {
  return `arn:aws:iam::${account}:user/local`;
}
