/** Whether the name has come to rest somewhere. */
import { addressSettleMs, nameSettleMs } from './limits.ts';
import type { Observed } from './model.ts';

/** Whether the name points there, and has for so long (plus `extraMs`) that clients went along. */
export function hasSettled(
  { name, memory, now }: Observed,
  address: string | null,
  extraMs = 0,
): boolean {
  if (!address || name?.address !== address) return false;
  const { named, moved } = memory;
  if (moved?.address === address && now - moved.at < addressSettleMs) return false;
  return named?.address !== address || now - named.at >= nameSettleMs + extraMs;
}
