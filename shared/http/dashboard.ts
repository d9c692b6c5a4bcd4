/** The dashboard: one page, the same for everybody. What it shows it asks the API for, with the token. */
import { gunzipSync } from 'node:zlib';
import type { Route } from './service.ts';

/** As the build makes it. */
export interface Page {
  /** The HTML, compressed, in base64. */
  gzip: string;
  /** Its Content-Security-Policy. */
  policy: string;
  /** Its ETag. */
  tag: string;
}

export function toDashboard({ gzip, policy, tag }: Page): Route {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    // A page from before a deployment must not meet the API of after it.
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    etag: tag,
  };
  return {
    method: 'GET',
    path: '/',
    open: true,
    handle({ headers: asked }) {
      if (asked['if-none-match']?.includes(tag)) return { status: 304, headers };
      const bytes = Buffer.from(gzip, 'base64');
      if (!/\bgzip\b/.test(asked['accept-encoding'] ?? ''))
        return { status: 200, headers, body: gunzipSync(bytes).toString() };
      return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: bytes };
    },
  };
}
