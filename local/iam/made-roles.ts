/** Roles that somebody makes by hand, and what acts as them. */
import type {
  CreateRoleCommandInput,
  DeleteRoleCommandInput,
  DeleteRolePolicyCommandInput,
  PutRolePolicyCommandInput,
} from '@aws-sdk/client-iam';
import { AwsFault } from '../fault.ts';
import type { Operations, World } from '../world.ts';
import { type Context, judge, readPolicy, readTrust, type Statement } from './policy.ts';
import { type RoleRecord, toRecord } from './roles.ts';
import { toCredentials } from './session.ts';

export const roleOperations: Operations = {
  CreateRole: createRole,
  PutRolePolicy: putRolePolicy,
  DeleteRolePolicy: deleteRolePolicy,
  DeleteRole: deleteRole,
};

function createRole(
  { roles, account, timers, times }: World,
  { RoleName = '', Path = '/', AssumeRolePolicyDocument }: CreateRoleCommandInput,
) {
  if (roles.has(RoleName))
    throw new AwsFault('EntityAlreadyExists', `Role with name ${RoleName} already exists.`, 409);
  const arn = `arn:aws:iam::${account}:role${Path}${RoleName}`;
  const trust = readDocument(AssumeRolePolicyDocument, readTrust);
  const made = { trust, knownAt: timers.now + times.roleMs() };
  roles.set(
    RoleName,
    toRecord({ name: RoleName, arn, policies: new Map(), profileArns: [], made }),
  );
  const CreateDate = new Date(timers.now);
  return { Role: { Path, RoleName, RoleId: 'AROALOCAL', Arn: arn, CreateDate } };
}

function putRolePolicy(
  world: World,
  { RoleName, PolicyName = '', PolicyDocument }: PutRolePolicyCommandInput,
): object {
  find(world, RoleName).policies.set(PolicyName, readDocument(PolicyDocument, readPolicy));
  return {};
}

function deleteRolePolicy(
  world: World,
  { RoleName, PolicyName = '' }: DeleteRolePolicyCommandInput,
): object {
  if (find(world, RoleName).policies.delete(PolicyName)) return {};
  throw missing(`The role policy with name ${PolicyName} cannot be found.`);
}

function deleteRole(world: World, { RoleName }: DeleteRoleCommandInput): object {
  const { name, policies } = find(world, RoleName);
  if (policies.size)
    throw new AwsFault('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
  world.roles.delete(name);
  return {};
}

/** The key of a service that acts as a role from now on. Throws the AwsFault that it meets if it may not. */
export function assume(
  world: World,
  arn: string,
  service: string,
  session: string,
  context: Context,
): string {
  const role = [...world.roles.values()].find((one) => one.arn === arn);
  const asked = { action: 'sts:AssumeRole', resource: service, context };
  const { made = null, name = '' } = role ?? {};
  if (!made || made.knownAt > world.timers.now || judge(made.trust, asked) !== 'allowed')
    throw new AwsFault('AccessDenied', `${service} is not authorized to assume ${arn}`, 403);
  return toCredentials({ roleName: name, name: session }).accessKeyId;
}

function find({ roles }: World, name = ''): RoleRecord {
  const role = roles.get(name);
  if (role) return role;
  throw missing(`The role with name ${name} cannot be found.`);
}

function missing(why: string): AwsFault {
  return new AwsFault('NoSuchEntity', why, 404);
}

function readDocument(text = '', read: (document: unknown) => Statement[]): Statement[] {
  try {
    return read(JSON.parse(text));
  } catch (error) {
    throw new AwsFault('MalformedPolicyDocument', error instanceof Error ? error.message : '');
  }
}
