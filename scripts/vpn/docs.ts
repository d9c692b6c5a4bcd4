/** docs/cli.md's part that is made of the table of commands. */
import type { Command } from './command.ts';
import { globalOptions } from './program.ts';

type Flag = NonNullable<Command['options']>[number];

/** Markdown: what holds for all commands, then each with its options and examples. */
export function toMarkdown(commands: Command[]): string {
  const head = ['| command | what it does |', '|---|---|'];
  const rows = commands.map(
    ({ name, summary }) => `| [\`${name}\`](#vpn-${toAnchor(name)}) | ${summary} |`,
  );
  const everywhere = ['With every command:', '', ...globalOptions.map(toLine)];
  return [[...head, ...rows].join('\n'), everywhere.join('\n'), ...commands.map(toSection)].join(
    '\n\n',
  );
}

function toSection({ name, summary, takes = [], options = [], examples }: Command): string {
  const examplesWidth = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `npx vpn ${line.padEnd(examplesWidth)}  # ${what}`);
  return [
    `## vpn ${name}`,
    takes.length ? `${summary}: \`vpn ${[name, ...takes].join(' ')}\`.` : `${summary}.`,
    ...(options.length ? [options.map(toLine).join('\n')] : []),
    ['```sh', ...lines, '```'].join('\n'),
  ].join('\n\n');
}

function toLine({ flags, description, argChoices, envVar }: Flag): string {
  const more = [
    ...(argChoices ? [argChoices.join(', ')] : []),
    ...(envVar ? [`or \`${envVar}\` in the environment`] : []),
  ];
  return `- \`${flags}\`: ${description}${more.length ? ` (${more.join('; ')})` : ''}`;
}

/** As GitHub makes it of the heading. */
function toAnchor(name: string): string {
  return name.replaceAll(' ', '-');
}
