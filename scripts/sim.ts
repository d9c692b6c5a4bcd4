/** Simulates the loop over many hours and seeds, and says which promises broke, if any. */
import { parseArgs, styleText } from 'node:util';
import { simulate } from '../test/sim/simulation.ts';
import { weathers } from '../test/sim/weather.ts';
import { toNumber } from './story.ts';

const help = `Runs the real loop against the played AWS in virtual time, with faults by chance from a seed.

  npm run sim -- [--weather ${Object.keys(weathers).join('|')}] [--seeds N] [--hours H] [--seed S] [--trace]

  --weather W   what goes wrong (default storm)
  --seeds N     how many stories (default 20)
  --hours H     simulated hours of each, before all trouble stops (default 50)
  --seed S      the first seed (default 1); alone it means this one story
  --trace       prints everything that happens

Exits 1 if a promise broke.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      weather: { type: 'string', default: 'storm' },
      seeds: { type: 'string' },
      hours: { type: 'string', default: '50' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const weather = weathers[values.weather];
  if (!weather) throw new Error(`--weather is one of ${Object.keys(weathers).join(', ')}`);
  const hours = toNumber('hours', values.hours, 1, 100_000);
  const first = toNumber('seed', values.seed ?? '1', 0, 2 ** 31);
  const seeds = toNumber('seeds', values.seeds ?? (values.seed ? '1' : '20'), 1, 1_000_000);

  let broken = 0;
  let outageMs = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    const outcome = await simulate(seed, hours, weather, values.trace);
    for (const line of outcome.trace) console.log(line);
    for (const { at, promise } of outcome.broken)
      console.log(styleText('red', `seed ${seed}: ${new Date(at).toISOString()} ${promise}`));
    broken += outcome.broken.length;
    outageMs += outcome.outageMs;
    const { passes, interruptions, launches, longestOutageMs } = outcome;
    console.log(
      `seed ${seed}: ${passes} passes, ${interruptions} interruptions, ${launches} launches, ` +
        `out for ${(outcome.outageMs / 1_000).toFixed(0)} s, at most ${(longestOutageMs / 1_000).toFixed(0)} s at once`,
    );
  }
  const share = 1 - outageMs / (seeds * hours * 3_600_000);
  console.log(
    `${seeds * hours} h in ${weather.name} weather: the name pointed to a serving server ` +
      `${(share * 100).toFixed(3)} % of the time it was wanted; ${broken} promises broken`,
  );
  return broken ? 1 : 0;
}

process.exitCode = await main().catch((error: Error) => {
  console.error(`sim: ${error.message}`);
  return 2;
});
