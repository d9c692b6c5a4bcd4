/** The instance metadata service, version 2, of one played instance: a page that a door serves to it alone. */
import { randomBytes } from 'node:crypto';
import type { Route } from './door.ts';
import { type InstanceRecord, toState } from './ec2/instances.ts';
import type { WireRequest, WireResponse } from './wire/messages.ts';
import type { World } from './world.ts';

export interface ImdsOptions {
  world: World;
  instanceId: string;
  /** Looks at the world as it is at this moment. */
  look: <T>(run: () => T) => T;
  roleName: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
}

/** AWS's credentials of a role last six hours; the service has new ones in good time. */
const credentialsMs = 6 * 60 * 60_000;
const tokenSecondsMax = 21_600;
const tokenHeader = 'x-aws-ec2-metadata-token';
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';

export function toImds(options: ImdsOptions): Route {
  const { world, instanceId, look } = options;
  const tokens = new Map<string, number>();
  let rebalanceAt: number | null = null;
  world.onEvent(({ 'detail-type': type, detail }) => {
    const isMine = detail['instance-id'] === instanceId;
    if (isMine && type === 'EC2 Instance Rebalance Recommendation')
      rebalanceAt ??= world.timers.now;
  });

  const giveToken = ({ method, headers }: WireRequest): WireResponse => {
    if (method !== 'PUT') return toAnswer(405, 'Not Allowed');
    // A proxy that lets outsiders ask names them in this header.
    if (headers['x-forwarded-for']) return toAnswer(403, 'Forbidden');
    const seconds = Number(headers[ttlHeader]);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > tokenSecondsMax)
      return toAnswer(400, 'Bad Request');
    const token = randomBytes(32).toString('base64url');
    tokens.set(token, world.timers.now + seconds * 1_000);
    return toAnswer(200, token, { [ttlHeader]: String(seconds) });
  };
  const show = ({ method, path, headers }: WireRequest): WireResponse => {
    if (method !== 'GET') return toAnswer(405, 'Not Allowed');
    const ends = tokens.get(headers[tokenHeader] ?? '');
    if (ends === undefined || ends <= world.timers.now) return toAnswer(401, 'Unauthorized');
    const record = world.instances.get(instanceId);
    const pages = record && toPages(options, record, rebalanceAt);
    const text = pages && Object.hasOwn(pages, path) ? pages[path] : null;
    return typeof text === 'string' ? toAnswer(200, text) : toAnswer(404, 'Not Found');
  };
  return {
    prefix: '/latest/',
    handle: (request) =>
      look(() => (request.path === '/latest/api/token' ? giveToken(request) : show(request))),
  };
}

/** By path; null is what is not there just now. */
function toPages(
  { world, roleName, credentials }: ImdsOptions,
  record: InstanceRecord,
  rebalanceAt: number | null,
): Record<string, string | null> {
  const meta = '/latest/meta-data';
  const role = `${meta}/iam/security-credentials`;
  const isTaken = record.takenAt !== null;
  return {
    '/latest/user-data': record.userData || null,
    [`${meta}/instance-id`]: record.id,
    [`${meta}/ami-id`]: record.imageId,
    [`${meta}/instance-type`]: record.pool.type,
    [`${meta}/placement/availability-zone`]: record.pool.zone,
    [`${meta}/placement/region`]: world.region,
    [`${meta}/public-ipv4`]: toState(record) === 'running' ? record.address : null,
    [`${role}/`]: roleName,
    [`${role}/${roleName}`]: toJson({
      Code: 'Success',
      LastUpdated: toIso(world.timers.now),
      Type: 'AWS-HMAC',
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      Token: credentials.sessionToken,
      Expiration: toIso(world.timers.now + credentialsMs),
    }),
    [`${meta}/spot/instance-action`]: isTaken
      ? toJson({ action: 'terminate', time: toIso(record.takenAt ?? 0) })
      : null,
    [`${meta}/events/recommendations/rebalance`]: rebalanceAt
      ? toJson({ noticeTime: toIso(rebalanceAt) })
      : null,
  };
}

/** Whole seconds, as the service writes them. */
function toIso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function toJson(value: object): string {
  return JSON.stringify(value);
}

function toAnswer(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): WireResponse {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body };
}
