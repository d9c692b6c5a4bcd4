/** What is waited for is said in one line, of waits within waits the innermost. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toScreen } from '../../scripts/vpn/screen.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a wait within another is shown alone, and then the outer one again', async () => {
  const written: string[] = [];
  const stream = {
    isTTY: false,
    columns: 80,
    write(text: string) {
      written.push(text);
      return true;
    },
  };
  const screen = toScreen(false, stream as never, stream as never);
  const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  await screen.during('outer', async (sayOuter) => {
    await wait(1_500);
    await screen.during('inner', async (sayInner) => {
      await wait(1_500);
      sayOuter('not now');
      sayInner('further in');
      await wait(500);
    });
    await wait(500);
  });
  expect(written).toEqual(['outer …\n', 'inner …\n', 'further in …\n', 'not now …\n']);
});
