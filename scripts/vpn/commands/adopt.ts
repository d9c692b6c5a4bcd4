/** `vpn adopt`: takes over from a PPTP server that was set up by hand: its users, and the spot request that kept it. */
import { Option } from 'commander';
import { toAdoption } from '../adopt/plan.ts';
import { isAnything, toEndText, toPlanText, toShown } from '../adopt/say.ts';
import { toAsking } from '../asking.ts';
import { type Command, whole } from '../command.ts';

/** A server serves after a minute or two, if one can be had. */
const waitMinutes = 15;

const unless = { says: 'Nothing was done.', usual: true };

export const adopt: Command = {
  name: 'adopt',
  summary: 'Takes over from a PPTP server set up by hand: its users, then its spot request',
  options: [
    new Option(
      '--from <folder>',
      'where its files are: / on the server itself, or copies of them',
    ).makeOptionMandatory(),
    new Option('--request <id>', 'its spot request, cancelled once the new server serves'),
    new Option('--image <id>', 'its image, if no request says which'),
    new Option('--end-server', 'end the old server too, after its request is cancelled'),
    new Option('--dry-run', 'only show what would be done'),
    new Option('--yes', 'do it without asking'),
    new Option('--minutes <n>', 'how long to wait for the new server at the most')
      .argParser(whole(1, 60))
      .default(waitMinutes),
  ],
  examples: [
    ['adopt --from old --dry-run', 'of files copied into the folder old: what it would do'],
    ['adopt --from old --request sir-1a2b3c4d', 'users, new server, request; may be done again'],
  ],
  async run(context, given) {
    // The SDK takes its time to load, and who has typed it wrong need not wait.
    const [{ toAws }, { toMeans }, { carryOut }, { look }, { readPieces }] = await Promise.all([
      import('../aws.ts'),
      import('../adopt/means.ts'),
      import('../adopt/carry-out.ts'),
      import('../adopt/look.ts'),
      import('../adopt/pieces.ts'),
    ]);
    const { screen, signal } = context;
    const pieces = readPieces(given.text('from') ?? '');
    const means = toMeans(toAws(context), given.number('minutes') ?? waitMinutes);
    const old = { requestId: given.text('request') ?? null, imageId: given.text('image') ?? null };
    const seen = await screen.during('Looking at what there is', () => look(means, old));
    const adoption = toAdoption(pieces, seen, given.flag('endServer'));
    const plan = toPlanText(pieces.files, adoption, seen);
    if (given.flag('dryRun')) {
      screen.show(toShown(pieces.files, adoption, false), plan);
      return undefined;
    }
    screen.note(plan);
    if (isAnything(adoption) && !given.flag('yes'))
      await toAsking(signal).agree('--yes', 'Do that?', unless);
    const served = await carryOut(context, adoption, means);
    screen.show(toShown(pieces.files, adoption, true), toEndText(adoption, seen, served));
    return undefined;
  },
};
