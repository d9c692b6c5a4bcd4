/** The promises in every state that a small world can reach; deeper in `.ci/run`, and with `npm run explore`. */
import { expect, it } from 'vitest';
import { explore } from './explore.ts';

/** Some seconds of a processor, which others may want as well. */
const patienceMs = 10 * 60_000;

it.each([
  ['cold', 'dynamic', 8],
  ['steady', 'dynamic', 4],
  ['cold', 'elastic', 7],
  ['successor', 'elastic', 3],
] as const)(
  'hold in every state from %s, address %s, to depth %i',
  async (beginning, address, depth) => {
    const { states, broken } = await explore(beginning, address, depth, 20);
    const total = states.reduce((sum, count) => sum + count, 0);
    console.log(`${total} states from ${beginning}, ${address}, to depth ${depth}`);
    expect(broken).toBeNull();
    // Fewer would mean that the choices have dried up.
    expect(total).toBeGreaterThan(300);
  },
  patienceMs,
);
