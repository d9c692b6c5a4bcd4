/** The promises in every state that a small world can reach; deeper with `npm run explore`. */
import { expect, it } from 'vitest';
import { explore } from './explore.ts';

it.each([
  ['cold', 9],
  ['steady', 5],
] as const)('hold in every state from %s to depth %i', async (beginning, depth) => {
  const { states, broken } = await explore(beginning, depth, 20);
  const total = states.reduce((sum, count) => sum + count, 0);
  console.log(`${total} states from ${beginning} to depth ${depth}`);
  expect(broken).toBeNull();
  // Fewer would mean that the choices have dried up.
  expect(total).toBeGreaterThan(400);
});
