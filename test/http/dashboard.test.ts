/** The dashboard's page: what it is made of, what its policy lets it do, and how it is served. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/bundle/page.ts';
import { type Page, toDashboard } from '../../shared/http/dashboard.ts';
import type { Route } from '../../shared/http/service.ts';

let page: Page;
let html: string;

beforeAll(async () => {
  page = await buildPage();
  html = gunzipSync(Buffer.from(page.gzip, 'base64')).toString();
});

describe('the page', () => {
  it('is the same bytes when built again', async () => {
    expect(await buildPage()).toEqual(page);
  });

  it('is small', () => {
    expect(Buffer.from(page.gzip, 'base64').byteLength).toBeLessThan(100_000);
  });

  it('has one script and one style, which are those that its policy allows', () => {
    for (const [name, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ] as const) {
      const found = [...html.matchAll(new RegExp(`<${name}\\b[^>]*>([^]*?)</${name}>`, 'g'))];
      const hashes = found.map(([, text = '']) =>
        createHash('sha256').update(text).digest('base64'),
      );
      expect(page.policy).toContain(`${directive} 'sha256-${hashes.join("' 'sha256-")}';`);
      expect(found).toHaveLength(1);
    }
  });

  it('asks nobody but the API, and can be put into no frame', () => {
    const { policy } = page;
    expect(policy).toContain("default-src 'none';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    // Names of XML are not addresses that anybody goes to.
    const addresses = html.match(/(?:https?:)?\/\/[\w.-]+\.[a-z]{2,}\/?[\w/.#-]*/g) ?? [];
    expect(addresses.filter((one) => !one.startsWith('http://www.w3.org/'))).toEqual([]);
  });
});

describe('its route', () => {
  const get = (headers: Record<string, string>) => {
    const route: Route = toDashboard(page);
    return route.handle({ headers, params: {}, rawQueryString: '', body: undefined, now: 0 });
  };

  it('sends it compressed to whoever takes that', async () => {
    const { status, headers, body } = await get({ 'accept-encoding': 'br, gzip' });
    expect([status, headers?.['content-encoding']]).toEqual([200, 'gzip']);
    expect(gunzipSync(body as Buffer).toString()).toBe(html);
  });

  it('sends it plain to whoever does not', async () => {
    const { headers, body } = await get({});
    expect(headers?.['content-encoding']).toBeUndefined();
    expect(body).toBe(html);
  });

  it('sends nothing to whoever has it', async () => {
    const { etag = '' } = (await get({})).headers ?? {};
    const { status, body } = await get({ 'if-none-match': `"other", W/${etag}` });
    expect([status, body]).toEqual([304, undefined]);
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('lets it do what its policy says, and asks for no token', async () => {
    const { headers } = await get({});
    expect(headers?.['content-security-policy']).toBe(page.policy);
    expect(headers?.['content-type']).toBe('text/html; charset=utf-8');
    expect(toDashboard(page).open).toBe(true);
  });
});
