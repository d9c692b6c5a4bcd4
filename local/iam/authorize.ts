/** Lets a role's session do what the role's policies allow, and answers all else as AWS does. */
import { AwsFault } from '../fault.ts';
import type { ServiceName, World } from '../world.ts';
import { toAsked } from './asked.ts';
import { type Asked, judge, type Verdict } from './policy.ts';
import type { RoleRecord } from './roles.ts';
import { readSession } from './session.ts';

/** Each service's own code and status for a call that is not allowed, and for keys of nobody. */
type Refusals = Record<'denied' | 'nobody', [code: string, status: number]>;
const inXml: Refusals = { denied: ['AccessDenied', 403], nobody: ['InvalidClientTokenId', 403] };
const inJson: Refusals = {
  denied: ['AccessDeniedException', 400],
  nobody: ['UnrecognizedClientException', 400],
};
const refusals: Record<ServiceName, Refusals> = {
  ec2: { denied: ['UnauthorizedOperation', 403], nobody: ['AuthFailure', 401] },
  ssm: inJson,
  route53: inXml,
  events: inJson,
  pricing: inJson,
  sts: inXml,
  iam: inXml,
  cloudformation: inXml,
  servicequotas: inJson,
  lambda: inJson,
  logs: inJson,
  fis: inJson,
  ecr: inJson,
  s3: inXml,
};

/** Throws the AwsFault that the caller meets, if any. Who comes with keys of their own may do everything. */
export function authorize(
  world: World,
  service: ServiceName,
  operation: string,
  input: object,
  accessKeyId: string,
): void {
  const session = readSession(accessKeyId);
  if (!session) return;
  const role = world.roles.get(session.roleName);
  if (!role)
    throw refuse(service, 'nobody', 'The security token included in the request is invalid.');
  const user = `arn:aws:sts::${world.account}:assumed-role/${role.name}/${session.name}`;
  const all = toAsked(world, service, operation, input);
  const why = all
    ? whyDenied(user, role, all)
    : `No table in local/iam/ says what ${service}:${operation} asks leave for`;
  if (!why) return;
  world.tell({ kind: 'denied', why });
  const before = service === 'ec2' ? 'You are not authorized to perform this operation. ' : '';
  throw refuse(service, 'denied', `${before}${why}`);
}

/** As AWS words it; null if all is allowed. */
function whyDenied(user: string, { statements }: RoleRecord, all: Asked[]): string | null {
  for (const asked of all) {
    const verdict = judge(statements, asked);
    if (verdict !== 'allowed') return toSentence(user, asked, verdict);
  }
  return null;
}

function toSentence(user: string, { action, resource }: Asked, verdict: Verdict): string {
  const where = resource === '*' ? '' : ` on resource: ${resource}`;
  const why =
    verdict === 'denied explicitly'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${user} is not authorized to perform: ${action}${where} ${why}`;
}

function refuse(service: ServiceName, how: 'denied' | 'nobody', message: string): AwsFault {
  const [code, status] = refusals[service][how];
  return new AwsFault(code, message, status);
}
