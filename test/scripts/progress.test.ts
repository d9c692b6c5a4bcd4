/** The progress line: there for who looks, silent for everybody else. */
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { startProgress } from '../../scripts/progress.ts';

function setUp(terminal: { isTTY?: boolean; columns?: number }, env = {}) {
  const written: string[] = [];
  let now = 0;
  const screen = { ...terminal, write: (text: string) => written.push(text) };
  const progress = startProgress(200, screen, () => now, env);
  return { written, progress, wait: (ms: number) => (now += ms) };
}

it('shows how far it is and how long it takes, and leaves a clean line', () => {
  const { written, progress, wait } = setUp({ isTTY: true, columns: 80 });
  wait(10_000);
  progress.show(50, 'seed 50');
  progress.clear();
  const [shown = '', cleared] = written;
  expect(stripVTControlCharacters(shown).trim()).toBe(
    `${'█'.repeat(6)}${'░'.repeat(18)} 25 %  seed 50  0:30 left`,
  );
  expect(cleared).toBe('\r\x1b[2K');
});

it('is not shown more often than eyes follow, and never wraps', () => {
  const { written, progress, wait } = setUp({ isTTY: true, columns: 20 });
  for (let done = 1; done <= 100; done++) {
    wait(10);
    progress.show(done, 'a long word'.repeat(9));
  }
  expect(written.length).toBe(10);
  for (const line of written)
    expect(stripVTControlCharacters(line).replace('\r', '').length).toBeLessThan(20);
});

it.each([
  ['a file', {}, {}],
  ['a terminal that can do nothing', { isTTY: true }, { TERM: 'dumb' }],
  ["a build server's log", { isTTY: true }, { CI: 'true' }],
])('%s sees nothing of it', (_, terminal, env) => {
  const { written, progress } = setUp(terminal, env);
  progress.show(1, 'seed 1');
  progress.clear();
  expect(written).toEqual([]);
});
