/** Bundles every function into one small CommonJS file in build/: the same sources give the same bytes. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build as esbuild } from 'esbuild';
import { packImage } from './bundle/image.ts';
import { buildPage } from './bundle/page.ts';
import { shakeSdk } from './bundle/shake.ts';

export interface Bundle {
  name: string;
  /** Without the dashboard and the packed image, texts that cost nothing until somebody asks for them. */
  bytes: number;
}

/**
 * By the function's name, a little above what each has. Each kB costs 0.04 ms at every cold start; one service's whole
 * table, or a second schema library, goes over it.
 */
const bytesMax: Record<string, number> = {
  api: 360_000,
  bake: 265_000,
  dyndns: 215_000,
  profile: 250_000,
  reconcile: 345_000,
  tell: 195_000,
};

/** What is no function, in tests and measurements, may have as much as the largest. */
export function toBytesMax(name: string): number {
  return bytesMax[name] ?? Math.max(...Object.values(bytesMax));
}

const root = resolve(import.meta.dirname, '..');

/** Throws without writing anything if a bundle can't be made or is too big. */
export async function build(outdir = join(root, 'build')): Promise<Bundle[]> {
  const files = await readdir(join(root, 'functions'));
  const entries = files.filter((file) => file.endsWith('.ts')).sort();
  return bundle(
    entries.map((file) => join(root, 'functions', file)),
    outdir,
  );
}

/** Bundles these TypeScript files as functions are bundled. */
export async function bundle(entries: string[], outdir: string): Promise<Bundle[]> {
  const page = await buildPage();
  const image = packImage();
  const { outputFiles, warnings } = await esbuild({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    // A CommonJS bundle loads 35 ms faster than an ES module: import('node:http') drags undici in.
    format: 'cjs',
    supported: { 'dynamic-import': false },
    // The ES modules of a package, which can be shaken, before its CommonJS, which can't.
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'scripts/bundle/no-credentials.ts'),
      '@smithy/core/event-streams': join(root, 'scripts/bundle/no-event-streams.ts'),
    },
    plugins: [shakeSdk],
    define: { dashboardPage: JSON.stringify(page), imagePack: JSON.stringify(image) },
    // The bundles go to their owner's own account, not to others; the licences are in node_modules.
    legalComments: 'none',
    logLevel: 'silent',
  });
  const warning = warnings[0];
  if (warning) throw new Error(`${warning.location?.file}: ${warning.text}`);
  const bundles = outputFiles.map(({ path, contents, text }) => ({
    name: basename(path, '.js'),
    bytes: contents.length - sizeOf(page.gzip, text) - sizeOf(image.text, text),
  }));
  for (const { name, bytes } of bundles) refuseBig(name, bytes);
  await mkdir(outdir, { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  // The repository's own package.json says that .js files are ES modules.
  await writeFile(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  return bundles;
}

function sizeOf(part: string, whole: string): number {
  return whole.includes(part) ? part.length : 0;
}

function refuseBig(name: string, bytes: number): void {
  if (bytes <= toBytesMax(name)) return;
  throw new Error(
    `${name}.js has ${bytes} bytes, more than the ${toBytesMax(name)} it may have: ` +
      'a new dependency is big, or the SDK no longer shakes (scripts/bundle/shake.ts)',
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const bundles = await build();
  if (values.json) return console.log(JSON.stringify(bundles));
  for (const { name, bytes } of bundles)
    console.log(`build/${name}.js  ${bytes.toLocaleString('en')} bytes`);
}

if (import.meta.main)
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
