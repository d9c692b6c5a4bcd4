/** The HTTP API's own routes, run here on AWS with the credentials of whoever sits at the terminal. */
import { Problem } from '../../shared/http/problem.ts';
import { findRoute } from '../../shared/http/routes.ts';
import { toHttpPorts, toRoutes } from '../../shared/wire-http.ts';
import { toProfileWired } from '../../shared/wire-profile.ts';
import type { Aws } from './aws.ts';
import { type Asking, type Caller, type Method, toRefusal } from './caller.ts';

export function toDirectCaller({ settings, clients, now }: Aws): Caller {
  const ports = toHttpPorts(settings, clients, now);
  const profile = toProfileWired(settings, clients, now);
  const routes = [...toRoutes(settings, ports), ...profile.routes];
  return {
    async ask<T>(method: Method, path: string, { query = {}, body }: Asking = {}) {
      const search = new URLSearchParams();
      for (const [key, value] of Object.entries(query)) search.set(key, String(value));
      try {
        const { route, params } = findRoute(routes, method, path);
        const answer = await route.handle({
          headers: {},
          params,
          rawQueryString: String(search),
          body,
          now: now(),
        });
        return answer.body as T;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        throw toRefusal(error.status, error.toAnswer().body);
      }
    },
  };
}
