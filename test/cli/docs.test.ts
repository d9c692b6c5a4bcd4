/** docs/cli.md says what the commands are, and what it and their help show can be typed. */
import { globSync, readFileSync } from 'node:fs';
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
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];

/** Each line of a block that begins with it, and what stands in the middle of a sentence, is whole and no pattern. */
const shown = pages.flatMap((file) =>
  [
    ...text(file).matchAll(/^ *(?:\$ )?(?:npx )?vpn (.*?)(?: +#.*)?$|`(?:npx )?vpn ([^`…<[]+)`/gm),
  ].map(([, line, inline = '']) => [file, line ?? inline.replace(/\s+/g, ' ')]),
);

/** Which commands the parser takes it for. */
async function parse(line: string): Promise<string[]> {
  const ran: string[] = [];
  const parser = toParser(commands, async (command) => {
    ran.push(command.name);
  });
  const [words = ''] = line.split(' > ');
  await parser.parseAsync(words.split(' '), { from: 'user' });
  return ran;
}

test.each(examples)('the help of %s: vpn %s', async (name, line = '') => {
  expect(await parse(line)).toEqual([name]);
});

test.each(shown)('%s: vpn %s', async (_, line = '') => {
  expect(await parse(line)).toHaveLength(1);
});
