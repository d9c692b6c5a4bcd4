/** `vpn watch`: follows what happens, live, until ^C or until all is as wanted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from 'commander';
import type { Entry, Journal, Status } from '../../../web/data/answers.ts';
import type { Caller } from '../caller.ts';
import type { Command, Context } from '../command.ts';
import { connect } from '../connect.ts';
import { patiently } from '../patience.ts';
import { toHeadline } from '../words/status.ts';
import { toEntryText } from './journal.ts';

/** Route 53 answers an account five times a second, and the loop needs it too. */
const pollMs = 2_000;

export const watch: Command = {
  name: 'watch',
  summary: 'Follows what happens, live: each entry of the journal, and how it is',
  options: [
    new Option('--settled', 'ends once all is as wanted'),
    new Option('--new', 'only what happens from now on'),
  ],
  examples: [
    ['watch', 'until ^C'],
    ['watch --settled', 'until it serves, or is off'],
    ['watch --json', 'a line of JSON for each thing that happens'],
  ],
  async run(context, given) {
    const caller = await connect(context);
    const isOver = given.flag('settled') ? isSettled : () => false;
    const known = given.flag('new') ? await readEntries(caller) : [];
    const seen = await follow(context, caller, isOver, known);
    context.screen.note(toHeadline(seen));
    return undefined;
  },
};

/** Tells each entry once that is not known. Answers how it was at the end. */
export async function follow(
  { screen, signal }: Context,
  caller: Caller,
  isOver: (seen: Status) => boolean,
  known: Entry[],
): Promise<Status> {
  const told = new Set(known.map((entry) => JSON.stringify(entry)));
  const tell = (entries: Entry[]) => {
    for (const entry of entries) {
      const print = JSON.stringify(entry);
      if (!told.has(print)) screen.tell(entry, toEntryText(entry));
      told.add(print);
    }
  };
  return screen.during('Watching', async (say) => {
    for (;;) {
      // The state before the journal: what led to it then stands there already.
      const seen = await patiently(signal, say, () => caller.ask<Status>('GET', '/status'));
      tell(await patiently(signal, say, () => readEntries(caller)));
      say(toHeadline(seen));
      if (isOver(seen)) return seen;
      await sleep(pollMs, undefined, { signal });
    }
  });
}

/** The newest last. */
export async function readEntries(caller: Caller): Promise<Entry[]> {
  return (await caller.ask<Journal>('GET', '/journal')).entries.toReversed();
}

function isSettled({ state, power }: Status): boolean {
  return state === (power.wanted === 'on' ? 'serving' : 'off');
}
