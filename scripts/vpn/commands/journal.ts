/** `vpn journal`: what happened and was done, with reasons. */
import { Option } from 'commander';
import type { Entry, Journal } from '../../../web/data/answers.ts';
import { type Command, whole } from '../command.ts';
import { connect } from '../connect.ts';
import { paint } from '../screen.ts';

const usual = 20;

export const journal: Command = {
  name: 'journal',
  summary: 'What happened and was done, with reasons, the newest last',
  options: [
    new Option('--last <n>', 'how many entries').argParser(whole(1, 500)).default(usual),
    new Option('--before <time>', 'only what is older'),
  ],
  examples: [
    ['journal', 'the last entries'],
    ['journal --last 100 --json', 'for programs'],
  ],
  async run(context, given) {
    const { screen } = context;
    const last = given.number('last') ?? usual;
    const entries = await screen.during('Reading the journal', async () => {
      const caller = await connect(context);
      const all: Entry[] = [];
      let before = given.text('before');
      do {
        const query = { ...(before && { before }) };
        const page: Journal = await caller.ask('GET', '/journal', { query });
        all.push(...page.entries);
        before = page.before ?? undefined;
      } while (before && all.length < last);
      return all.slice(0, last).toReversed();
    });
    screen.show(entries, entries.map(toEntryText).join('\n') || 'Nothing has happened yet.');
    return undefined;
  },
};

export function toEntryText({ at, kind, why }: Entry): string {
  return `${paint('dim', at.slice(0, 19).replace('T', ' '))}  ${paint('cyan', kind.padEnd(10))}  ${why}`;
}
