/** Finds what a request asks for, and says what else could be asked for there. */
import { Problem } from './problem.ts';

/** `path` is like `/users/{user}`. */
export interface Target {
  method: string;
  path: string;
}

/** Throws a Problem if there is no such path, or no such method there. */
export function findRoute<R extends Target>(
  routes: R[],
  method: string,
  path: string,
): { route: R; params: Record<string, string> } {
  const there = routes.flatMap((route) => {
    const params = match(route.path, path);
    return params ? [{ route, params }] : [];
  });
  // HEAD is GET whose answer stays without its body.
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = there.find(({ route }) => route.method === wanted);
  if (found) return found;
  if (!there.length)
    throw new Problem(404, 'There is nothing here; /openapi.json says what there is.');
  const methods = there.map(({ route }) => route.method);
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  throw new Problem(405, `Use ${allow}.`, { headers: { allow } });
}

function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{') && value) params[part.slice(1, -1)] = value;
    else if (part !== value) return null;
  }
  return params;
}
