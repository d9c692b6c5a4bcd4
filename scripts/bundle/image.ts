/** Packs the folder `image/` for the builder, the same way each time. */
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Pack } from '../../shared/bake/pack.ts';

const imageDir = resolve(import.meta.dirname, '../../image');
const library = 'usr/local/lib/perennial';

/** What the first script needs to ask Parameter Store. */
const modules = ['imds', 'sigv4', 'store', 'web'].map((name) => `server/${name}.py`);

export function packImage(): Pack {
  const paths = globSync('**', { cwd: imageDir }).filter((path) => isNeeded(path));
  const packed = pack(imageDir, paths);
  return {
    text: packed.toString('base64'),
    sum: createHash('sha256').update(packed).digest('hex'),
    first: readFileSync(join(imageDir, 'bake/first.py'), 'utf8'),
    modules: pack(join(imageDir, library), modules).toString('base64'),
  };
}

function isNeeded(path: string): boolean {
  return (
    statSync(join(imageDir, path)).isFile() && !/\.pyc$|^README\.md$|^bake\/first\.py$/.test(path)
  );
}

/** Paths with mode and text. A checkout's modes differ by its umask: only who may run a file counts. */
function pack(dir: string, paths: string[]): Buffer {
  const files = paths.toSorted().map((path) => {
    const isProgram = (statSync(join(dir, path)).mode & 0o100) !== 0;
    return [path, [isProgram ? 0o755 : 0o644, readFileSync(join(dir, path), 'utf8')]];
  });
  return gzipSync(JSON.stringify(Object.fromEntries(files)), { level: 9 });
}
