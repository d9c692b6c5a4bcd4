/** Times for people. */

/** `2026-11-22T05:00:00.000Z` -> `2026-11-22 05:00 UTC`. */
export function toWhen(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
