/** Imports go downwards only: core <- ports <- adapters, reconcile, users <- wire <- functions, local, scripts. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Each layer may import from itself and from what is named here. The first pattern that fits a file is its layer. */
const layers: { layer: string; files: RegExp; from: RegExp[] }[] = [
  { layer: 'core', files: /^shared\/core\//, from: [] },
  { layer: 'ports', files: /^shared\/(api-)?ports\.ts$/, from: [/^shared\/core\//] },
  {
    layer: 'documents and configuration',
    files: /^shared\/(documents\/|(config|environment)\.ts$)/,
    from: [/^shared\/(core\/|(api-)?ports\.ts)/, /^valibot$/],
  },
  {
    layer: 'the telling',
    files: /^shared\/tell\/(?!wire)/,
    from: [/^shared\/(core\/|(ports|documents\/json|environment)\.ts)/, /^valibot$/],
  },
  {
    layer: 'dynamic DNS',
    files: /^shared\/dyndns\/(?!wire)/,
    from: [
      /^shared\/(core\/|environment\.ts)/,
      /^node:(crypto|net)$/,
      /^(valibot|aws-lambda|@middy\/core)$/,
    ],
  },
  {
    layer: 'baking',
    files: /^shared\/bake\/(?!wire)/,
    from: [
      /^shared\/(core\/|commands\/|(ports|api-ports|documents\/json|config|environment)\.ts)/,
      /^valibot$/,
    ],
  },
  {
    layer: 'adapters',
    files: /^shared\/adapters\//,
    from: [
      /^shared\/(core\/|documents\/|(ports|api-ports|config)\.ts|(tell|dyndns|bake)\/(?!wire))/,
      /^@aws-sdk\/client-/,
      /^node:(crypto|https?)$/,
    ],
  },
  { layer: 'look', files: /^shared\/look\.ts$/, from: [/^shared\/(core\/|ports\.ts)/] },
  {
    layer: 'the loop',
    files: /^shared\/(reconcile|record|address)\.ts$/,
    from: [/^shared\/(core\/|users\/|(ports|documents\/state|record|look|address)\.ts)/],
  },
  {
    layer: 'commands',
    files: /^shared\/commands\//,
    from: [/^shared\/(core\/|(api-)?ports\.ts)/],
  },
  {
    layer: 'users',
    files: /^shared\/users\//,
    from: [/^shared\/(core\/|ports\.ts)/, /^node:crypto$/],
  },
  { layer: 'log', files: /^shared\/log\.ts$/, from: [/^@middy\//] },
  {
    layer: 'HTTP',
    files: /^shared\/http\//,
    from: [
      /^shared\/(core\/|users\/|commands\/|(ports|api-ports|documents\/desired|look)\.ts)/,
      /^(node:(crypto|zlib)|valibot|aws-lambda)$/,
      /^@middy\//,
    ],
  },
  {
    layer: 'wire',
    files: /^shared\/(.*\/)?wire(-http|-profile)?\.ts$/,
    from: [/^shared\//, /^node:timers\/promises$/],
  },
  { layer: 'the dashboard', files: /^web\//, from: [/^(preact(\/hooks)?|uplot|uqr)$/] },
  {
    layer: 'functions',
    files: /^functions\//,
    from: [/^shared\//, /^(@middy\/|aws-lambda$|dns-packet$)/],
  },
  {
    layer: 'local',
    files: /^local\//,
    from: [
      /^shared\//,
      /^node:/,
      /^(@aws-sdk\/client-|@smithy\/core|valibot$|fflate$|aws-lambda$|dns-packet$)/,
    ],
  },
];

const files = globSync('{shared,functions,local,web}/**/*.{ts,tsx}', { cwd: root });

it.each(files)('%s imports only from below', (file) => {
  const found = layers.find((layer) => layer.files.test(file));
  expect(found, `${file} is in no layer`).toBeDefined();
  const upward = importsOf(file).filter(
    (target) => !found?.files.test(target) && !found?.from.some((from) => from.test(target)),
  );
  expect(upward, `the layer "${found?.layer}" may not import these`).toEqual([]);
});

it('core, the telling and baking take neither time nor chance from the machine', () => {
  const impure =
    /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\b|\bperformance\b|\bcrypto\b|\bset(Timeout|Interval|Immediate)\b/;
  const guilty = files
    .filter((file) => /^shared\/(core|tell|bake)\/(?!wire)/.test(file))
    .filter((file) => impure.test(readFileSync(join(root, file), 'utf8')));
  expect(guilty).toEqual([]);
});

it('files hold one idea: under 250 lines', () => {
  const lines = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length;
  const all = [...files, ...globSync('scripts/**/*.ts', { cwd: root })];
  expect(all.filter((file) => lines(file) > 251)).toEqual([]);
});

/** Files by their path from the root, packages by their name. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import\(|import) ?'([^']+)'/g)].map(
    ([, s = '']) => s,
  );
  return specifiers.map((specifier) =>
    specifier.startsWith('.')
      ? relative(root, join(root, dirname(file), specifier)).replaceAll('\\', '/')
      : specifier,
  );
}
