/** Visits every state of a small world to a depth, and says how many there are, or how a promise breaks. */
import { parseArgs } from 'node:util';
import { explore } from '../test/sim/explore.ts';
import { type Beginning, beginnings } from '../test/sim/small-world.ts';
import { toNumber } from './story.ts';

const help = `Visits every state that a small world can reach: one type in two zones, up to two passes of the loop at once,
their calls in every order, with interruptions, silent deaths, prices, lost signals and passes that die anywhere.

  npm run explore -- [--from cold|steady|successor] [--address elastic|dynamic] [--depth N]

  --from F      from the first turning on, from a server that serves, or from one that AWS takes while another
                serves (default steady)
  --address A   with one address that moves and may not be had, or one for each server (default elastic)
  --depth N     how many choices long the stories are (default 8)

Exits 1 with the shortest story that breaks a promise.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: 'steady' },
      address: { type: 'string', default: 'elastic' },
      depth: { type: 'string', default: '8' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const { from, address } = values;
  if (!isBeginning(from)) throw new Error(`--from is one of ${beginnings.join(', ')}`);
  if (address !== 'elastic' && address !== 'dynamic')
    throw new Error('--address is elastic or dynamic');
  const { states, broken } = await explore(
    from,
    address,
    toNumber('depth', values.depth, 1, 30),
    20,
  );
  const total = states.reduce((sum, count) => sum + count, 0);
  console.log(`${total} states from ${from}, ${address}, by depth: ${states.join(' ')}`);
  if (!broken) return 0;
  console.error(`${broken.why.join('; ')}, after:\n  ${broken.story.join('\n  ')}`);
  return 1;
}

function isBeginning(text: string): text is Beginning {
  return beginnings.some((beginning) => beginning === text);
}

process.exitCode = await main().catch((error: Error) => {
  console.error(`explore: ${error.message}`);
  return 2;
});
