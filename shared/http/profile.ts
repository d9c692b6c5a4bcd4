/** What a user needs on a system: the one answer that reads secrets, which only its own function may. */
import * as v from 'valibot';
import { tunnelDns } from '../core/limits.ts';
import type { Policy } from '../core/model.ts';
import { readProfile, type UserPorts } from '../users/commands.ts';
import { systems, toProfile } from '../users/profiles.ts';
import { readQuery } from './query.ts';
import type { Route } from './service.ts';
import { refused, toUserName } from './users.ts';

export interface ProfileNeeds {
  ports: UserPorts;
  policy: Policy;
  /** The DNS name. */
  name: string;
}

export function toProfileRoutes({ ports, policy, name }: ProfileNeeds): Route[] {
  const { vpn, protocols, address } = policy;
  const asked = {
    for: v.picklist(systems, `is one of ${systems.join(', ')}`),
    killSwitch: v.optional(v.picklist(['true', 'false'], 'is true or false'), 'false'),
  };
  return [
    {
      method: 'GET',
      path: '/users/{user}/profile',
      async handle({ params, rawQueryString }) {
        const user = toUserName(params);
        const query = readQuery(rawQueryString, asked);
        const killSwitch = query.killSwitch === 'true';
        const shown = await refused(() => readProfile(ports, user));
        const context = { vpn, protocols, name, address, dns: tunnelDns, killSwitch };
        return { status: 200, body: toProfile(query.for, shown, context) };
      },
    },
  ];
}
