/** What each call asks IAM leave for, after AWS's service authorization reference. */
import type { ServiceName, World } from '../world.ts';
import { ec2Asks } from './ec2.ts';
import type { Asked } from './policy.ts';
import { route53Asks } from './route53.ts';
import { ssmAsks } from './ssm.ts';
import type { Asks } from './wish.ts';

const asks: Record<ServiceName, Asks> = {
  ec2: ec2Asks,
  ssm: ssmAsks,
  route53: route53Asks,
  // Only people call these, and they may do everything here.
  pricing: {},
  sts: {},
  iam: {},
  cloudformation: {},
  servicequotas: {},
  lambda: {},
  logs: {},
  fis: {},
  ecr: {},
  s3: {},
  events: {
    PutEvents: ({ region, account }) => [
      { resource: `arn:aws:events:${region}:${account}:event-bus/default` },
    ],
  },
};

/** All of it must be allowed. Null for an operation that is in no table. */
export function toAsked(
  world: World,
  service: ServiceName,
  operation: string,
  input: object,
): Asked[] | null {
  const ask = Object.hasOwn(asks[service], operation) ? asks[service][operation] : undefined;
  if (!ask) return null;
  const ofEc2 = { 'ec2:Region': world.region };
  const own = `${service}:${operation}`;
  return ask(world, input).map(({ action = own, resource, context }) => ({
    action,
    resource,
    context: { ...(action.startsWith('ec2:') && ofEc2), ...context },
  }));
}
