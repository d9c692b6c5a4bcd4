/** When a server says that its clock is wrong. */
import { expect, test } from 'vitest';
import { askPython } from './python.ts';

test.each([
  [3600, "The clock is 3600 s behind AWS's."],
  [-3600, "The clock is 3600 s ahead of AWS's."],
  [0.4, undefined],
  [-2, undefined],
])('%f s off', (skewSeconds, sentence) => {
  const script = 'from server import clock\nanswer = clock.to_fault(asked)';
  const said = askPython<string | null>(script, skewSeconds);
  // Whether this very machine is synchronised is none of this test's business.
  expect(said?.match(/^The clock is \d.*/)?.[0]).toBe(sentence);
});
