/** Makes the parser of the table, runs what was typed, and ends with the right exit code and sentence. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError, Option, Command as Parser } from 'commander';
import { readClock } from '../../local/clock.ts';
import type { Command, Context, Reach } from './command.ts';
import { Given } from './command.ts';
import { readLocalState } from './places.ts';
import { paintErr, toScreen } from './screen.ts';
import { root } from './settings.ts';
import { toCode, toSentence, Usage } from './trouble.ts';

/** As a shell has it for a program that ^C ended. */
const interrupted = 130;
const usage = 2;

export const globalOptions = [
  new Option('--json', 'answer in JSON'),
  new Option('--direct', 'straight on AWS with your own credentials, not through the HTTP API'),
  new Option('--local', 'the VPN that "npm start" runs on this machine'),
  new Option('--api <url>', 'the address of the HTTP API').env('PERENNIAL_API'),
  new Option('--token-file <file>', 'where the token of the HTTP API is, readable only by you'),
  new Option('--config <file>', 'another perennial.yml'),
];

/** Answers the exit code. */
export async function runProgram(commands: Command[], argv: string[]): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = () => {
    // Who presses it twice does not want to wait for the cleaning up.
    if (interrupt.signal.aborted) process.exit(interrupted);
    interrupt.abort();
  };
  // Whoever reads by head(1) leaves before the end, and that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  let code = 0;
  const parser = toParser(commands, async (command, given, options) => {
    const reach = toReach(options);
    const context: Context = {
      screen: toScreen(options.json === true),
      reach,
      env: process.env,
      signal: interrupt.signal,
      now: reach.local ? () => readClock(readLocalState(process.env).clock)() : Date.now,
    };
    code = (await command.run(context, given)) ?? 0;
  });
  try {
    await parser.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // A question takes ^C for itself.
    const isQuit = error instanceof Error && error.name === 'ExitPromptError';
    if (interrupt.signal.aborted || isQuit) return interrupted;
    // Help and the version are no failure; whatever else commander throws it has said already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usage;
    process.stderr.write(`${paintErr('red', `vpn: ${toSentence(error)}`)}\n`);
    return toCode(error);
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

type Run = (command: Command, given: Given, options: Record<string, unknown>) => Promise<void>;

export function toParser(commands: Command[], run: Run): Parser {
  const parser = new Parser('vpn')
    .description('A personal VPN that grows back: everything that you do with it.')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'vpn: ')),
    })
    .showHelpAfterError('(--help says what there is)')
    .exitOverride();
  for (const option of globalOptions) parser.addOption(option);
  parser.version(readVersion(), '--version', 'which one this is');
  for (const command of commands) add(parser, command, run);
  return parser;
}

function add(root: Parser, command: Command, run: Run): void {
  const words = command.name.split(' ');
  const name = words.at(-1) ?? '';
  const parent = words
    .slice(0, -1)
    .reduce((at, word) => at.commands.find((one) => one.name() === word) ?? at, root);
  const own = parent.command(name).summary(command.summary).description(`${command.summary}.`);
  own.copyInheritedSettings(parent).configureHelp({ showGlobalOptions: true });
  // What is typed wrong below a command that others stand below would be taken for its argument.
  own.allowExcessArguments(!command.takes);
  for (const argument of command.takes ?? []) own.argument(argument);
  for (const option of command.options ?? []) own.addOption(option);
  own.addHelpText('after', () => toExamples(command));
  own.action((...typed: unknown[]) => {
    const self = typed.at(-1) as Parser;
    const options = self.optsWithGlobals();
    if (!command.takes && self.args.length) throw toUnknown(command, self);
    return run(command, new Given(typed.slice(0, -2), options), options);
  });
}

function toUnknown({ name }: Command, { args, commands: below }: Parser): Usage {
  const names = below.map((one) => `vpn ${name} ${one.name()}`);
  const there = names.length ? `; there are ${names.join(', ')}` : '';
  return new Usage(`"vpn ${name}" takes no "${args[0]}"${there}.`);
}

function toExamples({ examples }: Command): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  vpn ${line.padEnd(width)}  ${what}`);
  return ['', examples.length > 1 ? 'Examples:' : 'Example:', ...lines].join('\n');
}

function toReach(options: Record<string, unknown>): Reach {
  return {
    direct: options.direct === true,
    local: options.local === true,
    api: options.api as string | undefined,
    tokenFile: options.tokenFile as string | undefined,
    config: options.config as string | undefined,
  };
}
