/** The roles that were deployed, and the one that a server has through its instance profile. */
import type { RequestLaunchTemplateData, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { InstanceRecord } from '../ec2/instances.ts';
import { AwsFault } from '../fault.ts';
import type { Role } from '../template.ts';
import type { ServiceName, World } from '../world.ts';
import { readPolicy, type Statement } from './policy.ts';
import { type Credentials, toCredentials } from './session.ts';

export interface RoleRecord {
  name: string;
  arn: string;
  /** By name. */
  policies: Map<string, Statement[]>;
  /** Of all of them. */
  readonly statements: Statement[];
  /** The instance profiles that hand it out. */
  profileArns: string[];
  /** Of one that was made by hand: whom it lets act as it, and since when that is known everywhere. */
  made: { trust: Statement[]; knownAt: number } | null;
}

/** Throws an Error that names the role when its policies can't be judged here. */
export function addRole({ roles }: World, role: Role): void {
  const { name, arn, profileArns } = role;
  roles.set(name, toRecord({ name, arn, profileArns, policies: toPolicies(role), made: null }));
}

export function toRecord(role: Omit<RoleRecord, 'statements'>): RoleRecord {
  return {
    ...role,
    get statements() {
      return [...role.policies.values()].flat();
    },
  };
}

function toPolicies({ logicalId, managedPolicies, policies }: Role): RoleRecord['policies'] {
  try {
    if (managedPolicies.length > 0) throw new Error('managed policies are not known here');
    return new Map(policies.map(({ name, document }) => [name, readPolicy(document)]));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${logicalId}: ${why}`, { cause: error });
  }
}

type Profiled = Pick<RunInstancesCommandInput | RequestLaunchTemplateData, 'IamInstanceProfile'>;

/** The ARN of the profile that a launch asks for, or null. */
export function toProfileArn({ account }: World, ...wishes: Profiled[]): string | null {
  const wish = wishes.find(({ IamInstanceProfile }) => IamInstanceProfile)?.IamInstanceProfile;
  if (!wish) return null;
  return wish.Arn ?? `arn:aws:iam::${account}:instance-profile/${wish.Name}`;
}

/** Throws the AwsFault that EC2 answers to a profile that is not there. */
export function roleOfProfile({ roles }: World, profileArn: string): RoleRecord {
  const role = [...roles.values()].find(({ profileArns }) => profileArns.includes(profileArn));
  if (role) return role;
  throw new AwsFault(
    'InvalidParameterValue',
    `Value (${profileArn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN`,
  );
}

/** What an instance's metadata hands out: a session of its profile's role, under its own id. Null without a profile. */
export function toServerCredentials(
  world: World,
  { id, profileArn }: InstanceRecord,
): Credentials | null {
  if (!profileArn) return null;
  return toCredentials({ roleName: roleOfProfile(world, profileArn).name, name: id });
}

/** A call that a server makes as its role. In a world where nobody has a role everybody may call. */
export function callAsServer(
  world: World,
  record: InstanceRecord,
  service: ServiceName,
  operation: string,
  input: object,
): object {
  if (world.roles.size === 0) return world.call(service, operation, input);
  const credentials = toServerCredentials(world, record);
  if (!credentials)
    throw new AwsFault('MissingAuthenticationToken', 'Missing Authentication Token', 403);
  return world.call(service, operation, input, credentials.accessKeyId);
}
