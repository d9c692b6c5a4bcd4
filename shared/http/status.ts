/** How it is and what the loop is about to do, waited for if need be; and what a person says of power. */
import * as v from 'valibot';
import type { WishPorts } from '../api-ports.ts';
import { drill, start, stop, stopWhenIdle, VainWish } from '../commands/power.ts';
import { statusLookMs, statusPollMs, statusWaitMaxSeconds } from '../core/limits.ts';
import type { Policy } from '../core/model.ts';
import { isOn } from '../core/power.ts';
import { type Foreseen, foresee } from '../core/status.ts';
import { look } from '../look.ts';
import type { LookPorts, State } from '../ports.ts';
import { future, whole, wholeText } from './fields.ts';
import { Problem, retryAfter } from './problem.ts';
import { checkBody, readQuery } from './query.ts';
import type { Route } from './service.ts';
import { type StatusView, toStatus } from './status-view.ts';

export interface StatusNeeds {
  ports: LookPorts & WishPorts & { sleep: (ms: number) => Promise<void> };
  policy: Policy;
  /** The DNS name. */
  name: string;
}

export function toStatusRoutes(needs: StatusNeeds): Route[] {
  const { ports } = needs;
  const taken = async () => ({ status: 202, body: (await see(needs)).view });
  return [
    {
      method: 'GET',
      path: '/status',
      async handle({ rawQueryString, now }) {
        const wait = v.optional(wholeText(0, statusWaitMaxSeconds), '0');
        const { wait: seconds } = readQuery(rawQueryString, { wait });
        return { status: 200, body: await waitUntil(needs, now + seconds * 1_000) };
      },
    },
    {
      method: 'POST',
      path: '/start',
      async handle({ body = {}, now: at }) {
        const asked = v.strictObject({ until: v.optional(future(at)) });
        const { until = null } = checkBody(body, asked);
        await possible(() => start(ports, until));
        return taken();
      },
      again: taken,
    },
    {
      method: 'POST',
      path: '/stop',
      async handle({ body = {}, now: at }) {
        const asked = v.strictObject({
          until: v.optional(future(at)),
          afterIdleMinutes: v.optional(whole(5, 10_080)),
        });
        const { until, afterIdleMinutes } = checkBody(body, asked);
        if (until !== undefined && afterIdleMinutes !== undefined)
          throw new Problem(422, 'Give until or afterIdleMinutes, not both.');
        if (afterIdleMinutes === undefined) await stop(ports, until ?? null);
        else await stopWhenIdle(ports, afterIdleMinutes);
        return taken();
      },
      again: taken,
    },
    {
      method: 'POST',
      path: '/drill',
      async handle({ body }) {
        if (body !== undefined) checkBody(body, v.strictObject({}));
        const { foreseen } = await see(needs);
        if (foreseen.state !== 'serving')
          throw new Problem(409, 'No server serves just now: start it and drill once one does.', {
            headers: retryAfter(60),
          });
        await drill(ports);
        return taken();
      },
      again: taken,
    },
  ];
}

async function possible(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (error) {
    throw error instanceof VainWish ? new Problem(409, error.message) : error;
  }
}

interface Seen {
  foreseen: Foreseen;
  view: StatusView;
  print: string;
}

export async function see({ ports, policy, name }: StatusNeeds): Promise<Seen> {
  const { observed, journal, unread } = await look(ports, policy);
  const foreseen = foresee(observed, policy);
  const view = toStatus(foreseen, journal.value, unread, policy, name);
  return { foreseen, view, print: toPrint({ ...observed, journal }) };
}

/** Reads the state each second, and looks at everything once that has changed or some time has passed. */
async function waitUntil(needs: StatusNeeds, deadline: number): Promise<StatusView> {
  const { ports } = needs;
  let seen = await see(needs);
  let lookedAt = ports.now();
  while (!isSettled(seen.foreseen) && ports.now() + statusPollMs <= deadline) {
    await ports.sleep(statusPollMs);
    const isOld = ports.now() - lookedAt >= statusLookMs;
    if (!isOld && toPrint(await ports.state.read()) === seen.print) continue;
    seen = await see(needs);
    lookedAt = ports.now();
  }
  return seen.view;
}

/** The same text for the same state. */
function toPrint({
  desired,
  reports,
  journal,
}: Pick<State, 'desired' | 'reports' | 'journal'>): string {
  return JSON.stringify([desired, reports, journal.version]);
}

/** Whether things are as they are wanted. */
function isSettled({ state, observed }: Foreseen): boolean {
  return state === (isOn(observed) ? 'serving' : 'off');
}
