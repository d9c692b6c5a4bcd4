/** How it was before a drill, and how it comes back. */
import type { Entry, Status } from '../../../web/data/answers.ts';
import type { Caller } from '../caller.ts';
import type { Context } from '../command.ts';
import { follow, readEntries } from '../commands/watch.ts';
import { connect } from '../connect.ts';
import { toHeadline } from '../words/status.ts';

export interface Before {
  caller: Caller;
  status: Status;
  /** What the journal knew. */
  entries: Entry[];
}

export interface After {
  status: Status;
  /** What the journal has learnt meanwhile, the newest last. */
  entries: Entry[];
}

export async function lookBefore(context: Context): Promise<Before> {
  const caller = await connect(context);
  const status = await caller.ask<Status>('GET', '/status');
  return { caller, status, entries: await readEntries(caller) };
}

/** Until another server serves. Null if nobody wants to see it. */
export async function followOn(
  context: Context,
  { caller, status, entries }: Before,
  follows: boolean,
): Promise<After | null> {
  const { screen } = context;
  if (!follows) {
    screen.show({ drilled: status.server?.id }, 'The drill begins. See it with: vpn watch');
    return null;
  }
  const seen = await follow(context, caller, (now) => isReplaced(status, now), entries);
  screen.note(toHeadline(seen));
  const known = new Set(entries.map((entry) => JSON.stringify(entry)));
  const all = await readEntries(caller);
  return { status: seen, entries: all.filter((entry) => !known.has(JSON.stringify(entry))) };
}

/** Another server serves, and nothing is left to do. */
function isReplaced(before: Status, { state, server, plan }: Status): boolean {
  return state === 'serving' && server?.id !== before.server?.id && !plan.length;
}
