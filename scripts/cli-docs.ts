/** Writes the part of docs/cli.md that is made of the table of commands. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toMarkdown } from './vpn/docs.ts';
import { root } from './vpn/settings.ts';
import { commands } from './vpn/table.ts';

const file = join(root, 'docs/cli.md');
const mark = '<!-- made of the table of commands by: npm run docs:cli -->';
const [head] = readFileSync(file, 'utf8').split(mark);
writeFileSync(file, `${head}${mark}\n\n${toMarkdown(commands)}\n`);
