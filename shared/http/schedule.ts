/** When the VPN is on by itself. */

import * as v from 'valibot';
import type { WishPorts } from '../api-ports.ts';
import { setSchedule } from '../commands/power.ts';
import { schedule } from '../documents/desired.ts';
import { Problem } from './problem.ts';
import { checkBody } from './query.ts';
import type { Route } from './service.ts';

const path = '/schedule';

/** Nothing beside what is asked for: a misspelt field would be a wish that nobody hears. */
const asked = v.pipe(
  v.strictObject({
    timeZone: v.unknown(),
    on: v.array(v.strictObject({ days: v.unknown(), from: v.unknown(), to: v.unknown() })),
  }),
  schedule,
);

export function toScheduleRoutes(ports: WishPorts): Route[] {
  return [
    {
      method: 'GET',
      path,
      async handle() {
        const { value } = await ports.wishes.read(null);
        if (!value.schedule)
          throw new Problem(404, 'There is no schedule: PUT one, or start and stop by hand.');
        return { status: 200, body: value.schedule };
      },
    },
    {
      method: 'PUT',
      path,
      async handle({ body }) {
        const wanted = checkBody(body, asked);
        await setSchedule(ports, wanted);
        return { status: 200, body: wanted };
      },
    },
    {
      method: 'DELETE',
      path,
      async handle() {
        await setSchedule(ports, null);
        return { status: 204 };
      },
    },
  ];
}
