/** Reads AWS's answers: what must be there, and which error it is. */

/** Takes what AWS's types allow to be missing, and what we cannot do without. */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`AWS answered without ${what}`);
  return value;
}

/** Whether this is AWS's error of that code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && error.name === code;
}
