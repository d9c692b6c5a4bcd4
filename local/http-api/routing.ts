/** Finds the route of a request as API Gateway does: the most specific first, `$default` last. */
import type { HttpRoute } from './stack.ts';

export interface RouteMatch {
  route: HttpRoute;
  pathParameters: Record<string, string>;
}

export function findRoute(routes: HttpRoute[], method: string, path: string): RouteMatch | null {
  const matches = routes.flatMap((route) => {
    const parameters = match(route.key, method, path);
    return parameters ? [{ route, pathParameters: parameters }] : [];
  });
  const [first] = matches.toSorted((a, b) => toRank(a.route.key) - toRank(b.route.key));
  return first ?? null;
}

function match(key: string, method: string, path: string): Record<string, string> | null {
  if (key === '$default') return {};
  const [wanted, pattern = ''] = key.split(' ');
  if (wanted !== 'ANY' && wanted !== method) return null;
  const source = pattern
    .replace(/[.*^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) =>
      greedy ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
    );
  const found = new RegExp(`^${source}$`).exec(path);
  return found && { ...found.groups };
}

/** Fewer variables before more, greedy ones after those, and a method before ANY. */
function toRank(key: string): number {
  if (key === '$default') return 1_000;
  const greedy = key.includes('+}') ? 100 : 0;
  const variables = key.split('{').length - 1;
  return greedy + variables * 10 + (key.startsWith('ANY ') ? 1 : 0);
}
