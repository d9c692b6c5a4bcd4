/** docs/cli.md says what the commands are, and what it and their help show can be typed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toMarkdown } from '../../scripts/vpn/docs.ts';
import { toParser } from '../../scripts/vpn/program.ts';
import { commands } from '../../scripts/vpn/table.ts';
import { root } from '../scripts/cli.ts';

const text = (file: string) => readFileSync(join(root, file), 'utf8');

test('docs/cli.md is up to date; else do: npm run docs:cli', () => {
  expect(text('docs/cli.md')).toContain(toMarkdown(commands));
});

const examples = commands.flatMap(({ name, examples: lines }) =>
  lines.map(([line]) => [name, line]),
);
const shown = ['README.md', 'docs/cli.md', 'docs/api.md'].flatMap((file) =>
  [...text(file).matchAll(/^(?:\$ )?npx vpn (.*?)(?: +#.*)?$/gm)].map(([, line]) => [null, line]),
);

test.each([...examples, ...shown])('%s: vpn %s', async (name, line = '') => {
  const ran: string[] = [];
  const parser = toParser(commands, async (command) => {
    ran.push(command.name);
  });
  const [words = ''] = (line ?? '').split(' > ');
  await parser.parseAsync(words.split(' '), { from: 'user' });
  expect(ran).toHaveLength(1);
  if (name) expect(ran).toEqual([name]);
});
