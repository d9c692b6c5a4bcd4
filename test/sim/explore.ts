/** Visits every state of the small world that can be reached within a depth, each once, by replaying choices. */
import { type Beginning, toSmallWorld } from './small-world.ts';

export interface Exploration {
  /** States visited, by depth. */
  states: number[];
  /** The first story that breaks a promise, and which; null if none does. */
  broken: { story: string[]; why: string[] } | null;
}

/** From every state of the last depth, and from each `restShare`-th before, all must come to rest. */
export async function explore(
  beginning: Beginning,
  address: 'elastic' | 'dynamic',
  depth: number,
  restShare: number,
): Promise<Exploration> {
  const seen = new Set<string>();
  const states: number[] = [];
  let frontier: string[][] = [[]];
  for (let level = 0; level <= depth && frontier.length; level++) {
    const next: string[][] = [];
    let visited = 0;
    for (const story of frontier) {
      const world = await replay(beginning, address, story);
      if (world.broken.length) return { states, broken: { story, why: world.broken } };
      const fingerprint = world.fingerprint();
      if (seen.has(fingerprint)) continue;
      seen.add(fingerprint);
      visited++;
      if (level < depth) next.push(...world.choices().map((choice) => [...story, choice]));
      if (level === depth || visited % restShare === 0) {
        const why = [...(await world.comeToRest()), ...world.broken];
        if (why.length) return { states, broken: { story, why } };
      }
    }
    states.push(visited);
    frontier = next;
  }
  return { states, broken: null };
}

async function replay(beginning: Beginning, address: 'elastic' | 'dynamic', story: string[]) {
  const world = await toSmallWorld(beginning, address);
  for (const choice of story) await world.choose(choice);
  return world;
}
