/** Reads AWS's answers: what must be there, which error it is, and page after page. */

/** Takes what AWS's types allow to be missing, and what we cannot do without. */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`AWS answered without ${what}`);
  return value;
}

/** Whether this is AWS's error of that code. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && error.name === code;
}

/** What is asked for here fits on a page or two; AWS may send empty ones in between. */
const pagesMax = 10;

export async function allPages<T>(
  read: (token: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const { items, next } = await read(token);
    all.push(...items);
    if (!next) return all;
    token = next;
  }
  throw new Error(`AWS sent more than ${pagesMax} pages`);
}
