/**
 * One way, in a network of its own: a process that `run.ts` starts, and that answers a line of JSON for each
 * interruption. Arguments: the way, how long a boot takes in milliseconds, and a letter for each interruption: `n` with
 * notice, `u` without.
 */
import { type Round, runWay } from './rounds.ts';
import { type Way, ways } from './stage.ts';

const [, , asked, bootMs, plan = ''] = process.argv;
const way = ways.find((one): one is Way => one === asked);
if (!way) throw new Error(`${asked} is none of ${ways.join(', ')}`);
const letters = Array.from(plan, (letter) => letter === 'n');
const cutOff = 130;
const cut = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cut.abort());
const tell = (round: Round) => console.log(JSON.stringify(round));
try {
  await runWay({ way, plan: letters, bootMs: Number(bootMs), signal: cut.signal }, tell);
} catch (error) {
  // Cut off, it has nothing more to say.
  if (!cut.signal.aborted) throw error;
  process.exitCode = cutOff;
}
