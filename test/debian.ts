/** A stock Debian in a folder, with what a test adds to it: fetched once, kept for a week. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const cache = resolve(import.meta.dirname, '../.cache/install');

/** A folder of its own, which whoever asks for it removes. */
export function unpackDebian(suite: string, packages: string[]): string {
  const dir = mkdtempSync(join(tmpdir(), `perennial-${suite}-`));
  execFileSync('tar', ['xpf', fetchDebian(suite, packages), '-C', dir]);
  return dir;
}

/** Answers the archive. Made once, and again in another week, so that it does not fall far behind its updates. */
export function fetchDebian(suite: string, packages: string[]): string {
  const week = Math.floor(Date.now() / (7 * 24 * 3_600_000));
  const what = createHash('sha256').update(packages.join()).digest('hex').slice(0, 8);
  const path = join(cache, `${suite}-${what}-${week}.tar`);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  console.log(`Fetching a stock Debian (${suite}); it takes a minute or two`);
  const made = `${path}.new.tar`;
  // With no mirror named it takes Debian's own, with its updates and security updates.
  const args = ['--variant=minbase', `--include=${packages.join()}`, suite, made];
  execFileSync('mmdebstrap', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(made, path);
  return path;
}
