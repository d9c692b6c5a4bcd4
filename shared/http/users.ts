/** Who may connect: listed without secrets; new secrets are shown once, in the answer to who asked for them. */
import * as v from 'valibot';
import { tunnelDns } from '../core/limits.ts';
import type { Report } from '../core/model.ts';
import { isUserName, type User } from '../core/users.ts';
import type { Ports } from '../ports.ts';
import { addUser, listUsers, removeUser, type UserPorts } from '../users/commands.ts';
import { UserError } from '../users/errors.ts';
import { rotateAll, rotateUser } from '../users/rotation.ts';
import type { Shown } from '../users/shown.ts';
import { toWireGuardConf } from '../users/wireguard.ts';
import { future, toIso, toIsoOrNull, whole } from './fields.ts';
import { Problem, retryAfter } from './problem.ts';
import { checkBody } from './query.ts';
import type { Route } from './service.ts';

export interface UserNeeds {
  ports: UserPorts & { state: Pick<Ports['state'], 'read'> };
  /** The DNS name. */
  name: string;
}

const graceMinutesMax = 10_080;
const rotation = v.strictObject({ graceMinutes: v.exactOptional(whole(0, graceMinutesMax)) });

export function toUserRoutes({ ports, name }: UserNeeds): Route[] {
  const show = (shown: Shown) => toShownView(shown, name);
  const routes: Route[] = [
    {
      method: 'GET',
      path: '/users',
      async handle() {
        const [users, { reports }] = await Promise.all([listUsers(ports), ports.state.read()]);
        return { status: 200, body: { users: users.map((user) => toUserView(user, reports)) } };
      },
    },
    {
      method: 'POST',
      path: '/users',
      async handle({ body, now }) {
        const asked = v.strictObject({
          name: v.string('is the user’s name'),
          expires: v.optional(future(now)),
          publicKey: v.exactOptional(v.string('is a WireGuard public key in base64')),
        });
        const { expires: expiresAt = null, ...user } = checkBody(body, asked);
        const shown = await addUser(ports, { ...user, expiresAt });
        return { status: 201, headers: { location: `/users/${user.name}` }, body: show(shown) };
      },
    },
    {
      method: 'DELETE',
      path: '/users/{user}',
      async handle({ params }) {
        await removeUser(ports, toUserName(params));
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: '/users/{user}/rotate',
      async handle({ params, body = {} }) {
        const shown = await rotateUser(ports, toUserName(params), checkBody(body, rotation));
        return { status: 200, body: show(shown) };
      },
    },
    {
      method: 'POST',
      path: '/rotate',
      async handle({ body = {} }) {
        const { rotated, failed } = await rotateAll(ports, checkBody(body, rotation));
        return { status: 200, body: { rotated: rotated.map(show), failed } };
      },
    },
  ];
  return routes.map((route) => ({
    ...route,
    handle: (asked) => refused(() => route.handle(asked)),
  }));
}

/** A name that none can have is nobody's. */
export function toUserName({ user = '' }: Record<string, string>): string {
  if (isUserName(user)) return user;
  throw new Problem(404, 'There is no such user; the list of users says who there is.');
}

const statuses = {
  invalid: 422,
  exists: 409,
  unknown: 404,
  full: 409,
  busy: 503,
  overtaken: 409,
} as const;
const busySeconds = 60;

/** What can't be is a problem, in the words that people get everywhere. */
export async function refused<T>(command: () => T | Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const headers = error.code === 'busy' ? retryAfter(busySeconds) : {};
    throw new Problem(statuses[error.code], error.says, { headers });
  }
}

function toUserView(user: User, reports: Report[]) {
  const { name, version, rotatedAt, expiresAt, publicKey, address, ownKey, old } = user;
  const [newest] = reports.toSorted((a, b) => b.at - a.at);
  return {
    name,
    version,
    rotated: toIso(rotatedAt),
    expires: toIsoOrNull(expiresAt),
    publicKey,
    address,
    ownKey,
    grace: old && { version: old.version, until: toIso(old.until) },
    applied: newest?.applied.users[name] === version,
  };
}

function toShownView({ user, version, password, wireguard }: Shown, name: string) {
  const config = wireguard && toWireGuardConf(wireguard, { name, dns: tunnelDns });
  return { user, version, password, wireguard: wireguard && { ...wireguard, config } };
}
