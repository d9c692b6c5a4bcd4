/** How much guessing a password of somebody's own can take at the most, by its length and its kinds of characters. */

const kinds: [pattern: RegExp, characters: number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9]/, 33],
];

/** Whoever has recorded a login tries billions a second without the server. */
export const weakBits = 64;

/** As if each character were chance; what people make up has less. */
export function toBits(password: string): number {
  const characters = kinds.reduce((sum, [kind, more]) => sum + (kind.test(password) ? more : 0), 0);
  return characters ? Math.floor(password.length * Math.log2(characters)) : 0;
}
