#!/usr/bin/env node
/** `npx vpn`: everything that a person does with Perennial, from a terminal or from a program. */
import { runProgram } from './vpn/program.ts';
import { commands } from './vpn/table.ts';

process.exitCode = await runProgram(commands, process.argv.slice(2));
