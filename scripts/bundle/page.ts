/** Builds the dashboard: one HTML page with all in it, and the policy that lets it do no more than it must. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Page } from '../../shared/http/dashboard.ts';

const web = resolve(import.meta.dirname, '../../web');

/** On a phone with a bad line a kilobyte is some milliseconds. */
const pageGzipBytesMax = 100_000;

export async function buildPage(): Promise<Page> {
  const [frame, script, style] = await Promise.all([
    readFile(join(web, 'page.html'), 'utf8'),
    bundle('main.tsx'),
    bundle('main.css'),
  ]);
  const html = frame
    .replace(/\n(?=<)/g, '')
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script type="module"></script>', () => `<script type="module">${script}</script>`);
  const gzip = gzipSync(html, { level: 9 });
  if (gzip.byteLength > pageGzipBytesMax)
    throw new Error(
      `The dashboard has ${gzip.byteLength} bytes gzipped, more than the ${pageGzipBytesMax} it may have`,
    );
  const tag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`;
  return { gzip: gzip.toString('base64'), policy: toPolicy(script, style), tag };
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: web,
    entryPoints: [join(web, entry)],
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text.trim() ?? '';
  if (/<\/(script|style)/i.test(text)) throw new Error(`${entry} would end its own element`);
  return text;
}

/** Only this script and this style, nothing from elsewhere, and nothing that a text could be made to run by. */
function toPolicy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${toHash(script)}'`,
    `style-src '${toHash(style)}'`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function toHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
