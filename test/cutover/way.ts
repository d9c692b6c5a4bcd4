/**
 * One way, in a network of its own: a process that `run.ts` starts, and that answers a line of JSON for each
 * interruption. Arguments: the way, what machines are (`namespace` or `vm`), how long a namespace takes to boot in
 * milliseconds, and a letter for each interruption: `n` with notice, `u` without.
 */
import { toLineText } from '../../scripts/story.ts';
import { setup as setupNamespaces } from '../handover/setup.ts';
import { setup as setupMachines } from '../vm/setup.ts';
import { connect, toStage, turnOn } from '../vm/story-rounds.ts';
import { setStory } from '../vm/story-stage.ts';
import { type Round, runRounds, type Stage, type Way, ways } from './rounds.ts';
import { setWay } from './stage.ts';

const [, , asked, machines, bootMs, plan = ''] = process.argv;
const way = ways.find((one): one is Way => one === asked);
if (!way) throw new Error(`${asked} is none of ${ways.join(', ')}`);
const letters = Array.from(plan, (letter) => letter === 'n');
const cutOff = 130;
const cut = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cut.abort());
const tell = (round: Round) => console.log(JSON.stringify(round));

async function setMachines(of: Way): Promise<Stage> {
  await setupMachines();
  const from = Date.now();
  const story = await setStory((line) => console.error(toLineText(line, from)), {
    signal: cut.signal,
    way: of,
  });
  try {
    await turnOn(story);
    return toStage(story, await connect(story, of));
  } catch (error) {
    await story.close();
    throw error;
  }
}

function setNamespaces(of: Way): Promise<Stage> {
  setupNamespaces();
  return setWay(of, Number(bootMs), cut.signal);
}

let stage: Stage | undefined;
try {
  stage = await (machines === 'vm' ? setMachines(way) : setNamespaces(way));
  await runRounds(stage, way, letters, tell);
} catch (error) {
  // Cut off, it has nothing more to say.
  if (!cut.signal.aborted) throw error;
  process.exitCode = cutOff;
} finally {
  await stage?.close();
}
// Connections of machines whose plug was pulled never end by themselves.
process.exit();
