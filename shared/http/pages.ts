/** What anybody may see: whether the API answers, and its contract. */
import { openapi } from './openapi.ts';
import type { Route } from './service.ts';

export const pages: Route[] = [
  {
    method: 'GET',
    path: '/health',
    open: true,
    handle: () => ({ status: 200, body: { ok: true } }),
  },
  {
    method: 'GET',
    path: '/openapi.json',
    open: true,
    handle: () => ({
      status: 200,
      headers: { 'cache-control': 'public, max-age=300' },
      body: openapi,
    }),
  },
];
