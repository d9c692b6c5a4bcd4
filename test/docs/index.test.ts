/** docs/README.md leads to every document, and each stands there once. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('the index leads to every page', () => {
  const index = readFileSync('docs/README.md', 'utf8');
  const links = [...index.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  const pages = globSync('*.md', { cwd: 'docs' }).filter((page) => page !== 'README.md');
  expect(links.toSorted()).toEqual(
    ['../README.md', '../CHANGELOG.md', 'clients/README.md', ...pages].toSorted(),
  );
});
