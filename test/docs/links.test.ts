/** What the documents point to is there: links between them, files and folders that they name, and npm scripts. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};
const pages = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md')];

/** Folders at the top: what begins like one is meant as a path, unless it is a pattern. */
const path = /`((?:functions|shared|test|scripts|local|image|web|data|docs)\/[\w./-]*)`/g;

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('links only to what is there', () => {
    const links = all(text, /\]\((?!https?:|mailto:)([^)#]+)(?:#[^)]*)?\)/g);
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  it('names only files and folders that are there', () => {
    expect(all(text, path).filter((name) => !existsSync(name))).toEqual([]);
  });

  it('names only npm scripts that are there', () => {
    const named = all(text, /npm run (?:--silent )?([\w:-]+)/g);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
