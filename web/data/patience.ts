/** How long to wait before asking again what failed: longer each time, and never shorter than the API wants. */
import { Refusal } from './api.ts';

const firstMs = 5_000;
const longestMs = 60_000;

/** `failures` in a row, this one among them. */
export function toPauseMs(failure: unknown, failures: number): number {
  const usual = Math.min(firstMs * 2 ** (failures - 1), longestMs);
  return Math.max(usual, failure instanceof Refusal ? failure.afterMs : 0);
}

/** Calls back once this device is online again, or somebody looks at the page again. */
export function onAwake(callback: () => void): () => void {
  const onVisible = () => {
    if (!document.hidden) callback();
  };
  window.addEventListener('online', callback);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    window.removeEventListener('online', callback);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
