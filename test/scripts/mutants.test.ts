/** `npm run mutate` plants each fault by a place in a file, which has to be there after every change. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import mutants from '../../scripts/mutants.json' with { type: 'json' };

test.each(mutants)('$fault', ({ file, find, replace }) => {
  expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2);
  expect(replace).not.toBe(find);
});

test('each has words of its own', () => {
  const words = mutants.map(({ fault }) => fault);
  expect(new Set(words).size).toBe(words.length);
});
