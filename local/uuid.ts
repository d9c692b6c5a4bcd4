/** Ids that count up, so that a story that is told twice has the same ids twice. */
export function toUuid(count: number): string {
  return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
}
